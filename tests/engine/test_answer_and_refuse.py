"""SEMANTICS 10 and 11: the answer, and what may be said instead of it."""

from typing import Any

import pytest

from ivr.engine.call import Call
from ivr.engine.effects import Answer, Play, Redirect, Reject, Ring
from ivr.engine.events import Answered, Digit
from ivr.engine.flow import END, Flow
from ivr.engine.headers import may_be_sent
from ivr.engine.house import House
from ivr.engine.statuses import CODES, Refusal
from ivr.engine.verb import VERBS, Result
from ivr.engine.verbs import answer, redirect, reject, ring, say

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


def test_what_is_filled_into_headers() -> None:
    headers = {"X-Number": "{{ dialled }}"}
    phone = before_the_answer(lambda call: reject(call, "busy", headers=headers))
    assert phone.offered() == [Reject(486, headers={"X-Number": "100"})]
    phone = before_the_answer(lambda call: redirect(call, "sip:b@c", headers=headers))
    assert phone.offered() == [Redirect(("sip:b@c",), headers={"X-Number": "100"})]
    phone = before_the_answer(lambda call: ring(call, headers=headers))
    assert phone.offered()[0] == Ring(headers={"X-Number": "100"})


@pytest.mark.parametrize(
    ("name", "ours"), [("Warning", True), ("Via", False), ("CONTENT-length", False), ("v", False),
                       ("A B", False), ("", False)],
)  # fmt: skip
def test_which_headers_a_flow_may_add(name: str, ours: bool) -> None:
    assert may_be_sent(name) is ours


def test_a_redirection_can_have_headers_and_preferences() -> None:
    contacts = ("<sip:a@b>;q=0.7", "sip:c")
    phone = before_the_answer(
        lambda call: redirect(call, *contacts, code=300, headers={"Diversion": "<sip:1@a>"})
    )
    assert phone.offered() == [Redirect(contacts, 300, "", {"Diversion": "<sip:1@a>"})]


@pytest.mark.parametrize("code", [200, 299, 400])
def test_a_redirection_is_a_3xx(code: int) -> None:
    phone = before_the_answer(lambda call: redirect(call, "sip:a", code=code))
    phone.offered()
    assert "redirects nothing; expected 300 to 399" in phone.noted("failed")[0]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("busy", 486),
        ("declined", 603),
        ("unavailable", 480),
        ("blocked", 403),
        ("not_found", 404),
        ("closed", 480),
    ],
)
def test_a_refusal_has_a_name(name: Refusal, code: int) -> None:
    phone = before_the_answer(lambda call: reject(call, name))
    assert phone.offered() == [Reject(code)]


def test_who_is_overloaded_says_when_to_come_back() -> None:
    phone = before_the_answer(lambda call: reject(call, "overloaded"))
    assert phone.offered() == [Reject(503, headers={"Retry-After": "5"})]
    phone = before_the_answer(lambda call: reject(call, "overloaded", retry_after=29.2))
    assert phone.offered() == [Reject(503, headers={"Retry-After": "30"})]
    own = {"Retry-After": "60 (at lunch)"}
    phone = before_the_answer(lambda call: reject(call, "overloaded", headers=own))
    assert phone.offered() == [Reject(503, headers=own)]


def test_a_flow_has_codes_of_its_own_for_the_names() -> None:
    flow = Flow("first", start="first")
    flow.house = House(statuses={**CODES, "blocked": 607})

    @flow.state()
    async def first(call: Call) -> str:
        return (await reject(call, "blocked")).outcome

    assert Driver(flow=flow).offered() == [Reject(607)]


@pytest.mark.parametrize(
    ("cause", "value"), [(17, 'Q.850;cause=17;text="User busy"'), (99, "Q.850;cause=99")]
)
def test_a_refusal_can_have_a_cause_of_the_telephone_network(cause: int, value: str) -> None:
    phone = before_the_answer(lambda call: reject(call, "busy", cause=cause))
    assert phone.offered() == [Reject(486, headers={"Reason": value})]


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        (200, "200 is out of range; expected 400 to 699"),
        (302, "302 is out of range; expected 400 to 699; redirect sends the caller elsewhere"),
        (700, "700 is out of range; expected 400 to 699"),
        ("engaged", "unknown status 'engaged'; expected 400 to 699 or busy, declined"),
        ("²", "unknown status"),
    ],
)
def test_a_refusal_that_is_none_fails(code: Any, wrong: str) -> None:
    phone = before_the_answer(lambda call: reject(call, code))
    assert phone.offered() == [Reject(500)]
    assert wrong in phone.noted("failed")[0]


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"retry_after": 3.0, "headers": {"retry-after": "5"}}, "makes the header Retry-After"),
        ({"cause": 17, "headers": {"Reason": "SIP"}}, "makes the header Reason"),
        ({"cause": 17, "retry_after": 3.0, "headers": {"Warning": "x"}}, ""),
    ],
)
def test_a_header_is_given_once(arguments: dict[str, Any], fault: str) -> None:
    found = VERBS["reject"].check(arguments)
    assert fault in found if fault else not found


@pytest.mark.parametrize(
    ("verb", "instead"),
    [
        (reject, "hang up instead"),
        (lambda call: redirect(call, "sip:a"), "transfer it instead"),
        (ring, "rings no more"),
    ],
)
def test_an_answered_call_is_not_refused_any_more(verb: Walk, instead: str) -> None:
    phone = Driver(verb)
    phone.start()
    assert instead in phone.noted("failed")[0]
