"""SEMANTICS 11: ringing, and sound that the caller does not pay for."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ivr.engine.call import Call
from ivr.engine.choices import Choices
from ivr.engine.effects import Answer, Early, HangUp, Play, Reject, Ring
from ivr.engine.events import Answered, Dismissed, EarlyMedia, Interjected
from ivr.engine.flow import END, Flow
from ivr.engine.verb import VERBS, Result
from ivr.engine.verbs import answer, ask, collect, early, hang_up, pause, record, reject, ring, say

from .driver import Driver

Walk = Callable[[Call], Awaitable[object]]
MENU = Choices({"sales": ["1"]})


def walk(*verbs: Walk) -> Driver:
    flow = Flow("first", start="first")

    @flow.state(done=END)
    async def first(call: Call) -> str:
        for verb in verbs:
            result = await verb(call)
            assert isinstance(result, Result)
            phone.results.append(result)
        return "done"

    phone = Driver(flow=flow)
    return phone


async def welcome(call: Call) -> Result:
    return await say(call, "welcome")


async def menu(call: Call) -> Result:
    return await ask(call, "menu", choices=MENU)


def test_ringing_takes_no_time() -> None:
    phone = walk(
        ring, lambda call: ring(call, 182, "Queued, {{ caller }}", {"X-Place": "3"}), answer
    )
    assert phone.offered() == [
        Ring(),
        Ring(182, "Queued, alice", {"X-Place": "3"}),
        Answer(),
    ]


def test_a_pause_lets_it_ring() -> None:
    phone = walk(ring, lambda call: pause(call, 4), answer)
    phone.offered()
    assert phone.wait(3.9) == []
    assert phone.wait(0.1) == [Answer()]


@pytest.mark.parametrize("code", [100, 179, 183, 200])
def test_only_these_ring(code: int) -> None:
    phone = walk(lambda call: ring(call, code))
    phone.offered()
    assert "expected 180 to 182, or early for 183" in phone.noted("failed")[0]


def test_nothing_is_played_while_it_only_rings() -> None:
    phone = walk(ring, welcome)
    assert phone.offered() == [Ring(), Reject(500)]
    assert "put answer before it, or early" in phone.noted("failed")[0]


def test_an_announcement_before_the_answer() -> None:
    phone = walk(early, welcome, lambda call: reject(call, "closed"))
    assert phone.offered() == [Early()]
    assert phone.call.phase.name == "RINGING"
    assert phone.take(EarlyMedia()) == [Play(1, ("welcome",))]
    assert phone.call.phase.name == "EARLY"
    assert phone.play_done() == [Reject(480)]


def test_the_answer_comes_after_it() -> None:
    phone = walk(early, welcome, answer, welcome)
    phone.offered()
    phone.take(EarlyMedia())
    assert phone.play_done() == [Answer()]
    phone.take(Answered())
    assert phone.call.phase.name == "ANSWERED"
    assert phone.wait(0.3) == [Play(2, ("welcome",))]


def test_a_hang_up_before_the_answer_is_480() -> None:
    phone = walk(early, welcome, hang_up)
    phone.offered()
    phone.take(EarlyMedia())
    assert phone.play_done() == [Reject(480)]


def test_sound_that_does_not_open_fails() -> None:
    phone = walk(early)
    phone.offered()
    assert phone.wait(5) == [Reject(500)]
    assert "did not open in 5 s" in phone.noted("failed")[0]


def test_it_is_opened_once_and_not_after_the_answer() -> None:
    phone = walk(early, early, answer, early)
    phone.offered()
    phone.take(EarlyMedia())
    phone.take(Answered())
    phone.wait(1)
    assert phone.effects == [Early(), Answer(), HangUp()]
    assert phone.session.ended_by == "flow"


@pytest.mark.parametrize("verb", [menu, lambda call: collect(call, into="x")])
def test_keys_are_not_taken_before_the_answer(verb: Walk) -> None:
    phone = walk(early, verb)
    phone.offered()
    assert phone.take(EarlyMedia()) == [Play(1, ("sorry",)), HangUp(after=1, code=500)]
    assert "no keys are taken before the call is answered" in phone.noted("failed")[0]


def test_unless_the_flow_says_so() -> None:
    phone = walk(early, lambda call: early(call, take_keys=True), menu)
    phone.offered()
    assert phone.take(EarlyMedia()) == [Play(1, ("menu",))]
    phone.press("1")
    assert phone.results[-1].outcome == "sales"


def test_nothing_is_recorded_before_the_answer() -> None:
    phone = walk(early, record)
    phone.offered()
    phone.take(EarlyMedia())
    assert "nothing can be recorded before the call is answered" in phone.noted("failed")[0]


def test_an_operator_is_heard_as_soon_as_the_flow_is() -> None:
    phone = walk(early, welcome)
    phone.offered()
    phone.take(Interjected("news"))
    assert phone.noted("not_played")
    phone.take(EarlyMedia())
    assert phone.take(Interjected("news")) == [Play(2, ("news",), over=True)]
    phone.take(Dismissed())
    assert HangUp(by="operator") in phone.effects


@pytest.mark.parametrize(
    ("name", "arguments", "phase"),
    [
        ("early", {}, "EARLY"),
        ("early", {"take_keys": True}, "EARLY_KEYS"),
        ("answer", {}, "ANSWERED"),
        ("ring", {}, "RINGING"),
        ("branch", {"cases": {}}, "RINGING"),
    ],
)
def test_a_verb_says_how_far_it_takes_a_call(
    name: str, arguments: dict[str, Any], phase: str
) -> None:
    assert VERBS[name].enters(arguments).name == phase
