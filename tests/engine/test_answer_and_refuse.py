"""SEMANTICS 10 and 11: the answer, and what may be said instead of it."""

import pytest

from ivr.engine.call import Call
from ivr.engine.effects import Answer, Play, Redirect, Reject
from ivr.engine.events import Answered, Digit
from ivr.engine.flow import END, Flow
from ivr.engine.verb import Result
from ivr.engine.verbs import answer, redirect, reject, say

from .driver import Driver, Walk


def before_the_answer(verb: Walk) -> Driver:
    flow = Flow("first", start="first")

    @flow.state(done=END)
    async def first(call: Call) -> str:
        return (await verb(call)).outcome

    return Driver(flow=flow)


async def answer_and_greet(call: Call) -> Result:
    await answer(call)
    return await say(call, "welcome")


def test_after_the_answer_a_short_silence_saves_the_first_word() -> None:
    phone = before_the_answer(answer_and_greet)
    assert phone.offered() == [Answer()]
    assert phone.take(Answered()) == []
    assert phone.session.deadline == phone.now + 0.3
    assert phone.wait(0.29) == []
    assert phone.wait(0.01) == [Play(1, ("welcome",))]


def test_events_do_not_shorten_that_silence() -> None:
    phone = before_the_answer(answer_and_greet)
    phone.start()
    assert phone.press("1") == []
    phone.wait(0.29)
    assert phone.effects == [Answer()]


def test_the_silence_can_be_set() -> None:
    phone = before_the_answer(lambda call: answer(call, settle=1.5))
    phone.start()
    phone.wait(1.4)
    assert not phone.session.ended
    phone.wait(0.1)
    assert phone.session.ended


def test_nothing_is_said_before_the_caller_has_acknowledged() -> None:
    phone = before_the_answer(answer_and_greet)
    phone.offered()
    phone.take(Digit("1"))
    assert phone.wait(5) == []


def test_an_answered_call_is_left_alone() -> None:
    phone = Driver(answer, answer)
    phone.start()
    assert phone.effects.count(Answer()) == 1
    assert len(phone.results) == 2


@pytest.mark.parametrize("code", [403, 404, 480, 486, 488, 503, 600, 603])
def test_a_call_can_be_refused_with_any_code(code: int) -> None:
    phone = before_the_answer(lambda call: reject(call, code))
    assert phone.offered() == [Reject(code)]
    assert phone.session.ended_by == "flow"


def test_a_refusal_can_have_a_reason_and_headers() -> None:
    headers = {"Retry-After": "30"}
    phone = before_the_answer(lambda call: reject(call, 503, "No {{ dialled }}", headers))
    assert phone.offered() == [Reject(503, "No 100", headers)]


def test_a_call_can_be_redirected() -> None:
    phone = before_the_answer(
        lambda call: redirect(call, "sip:{{ dialled }}@a", "tel:+49", code=301, reason="Gone")
    )
    assert phone.offered() == [Redirect(("sip:100@a", "tel:+49"), 301, "Gone")]
    assert phone.session.ended_by == "flow"


def test_a_redirection_needs_an_address() -> None:
    phone = before_the_answer(redirect)
    phone.offered()
    assert "redirect needs at least one address" in phone.noted("failed")[0]


@pytest.mark.parametrize(
    ("verb", "instead"),
    [(reject, "hang up instead"), (lambda call: redirect(call, "sip:a"), "transfer it instead")],
)
def test_an_answered_call_is_not_refused_any_more(verb: Walk, instead: str) -> None:
    phone = Driver(verb)
    phone.start()
    assert instead in phone.noted("failed")[0]
