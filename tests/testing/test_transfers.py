"""Transfers in a simulated call."""

import pytest

from ivr.engine.effects import SendDigit
from ivr.testing import SimulatedCall, StoryError

from . import samples
from .samples import DESK


@pytest.mark.parametrize(
    ("result", "code"),
    [("busy", 486), ("no_answer", 408), ("rejected", 603), ("unreachable", 404), ("failed", 400)],
)
def test_a_transfer_that_fails_comes_back(result: str, code: int) -> None:
    call = SimulatedCall(samples.menu).presses("2").is_transferred_to(DESK, result)  # type: ignore[arg-type]
    assert f"transfer: {result} {code}" in call.transcript
    call.hears("queue").is_over(by="flow")


def test_a_transfer_has_the_code_and_the_time_that_are_told() -> None:
    call = SimulatedCall(samples.menu).presses("2").hears("connecting")
    then = call.now
    call.is_transferred_to(DESK, "busy", code=600, after=7)
    assert call.now == then + 7
    assert "transfer: busy 600" in call.transcript


def test_a_transfer_rings_as_long_as_the_flow_lets_it() -> None:
    call = SimulatedCall(samples.menu).presses("2").hears("connecting")
    then = call.now
    call.is_transferred_to(DESK, "ringing")
    assert call.now == then
    call.waits(19.9)
    assert call.state == "desk"
    call.waits(0.2)
    assert call.state == "sorry_"
    with pytest.raises(StoryError, match="21 s is too late for busy: it rings for 20 s"):
        SimulatedCall(samples.menu).presses("2").is_transferred_to(DESK, "busy", after=21)


def test_while_two_talk_keys_are_for_the_far_end() -> None:
    call = SimulatedCall(samples.menu).presses("2").is_transferred_to(DESK, "talking")
    call.presses("123").waits(600).is_in("desk").hangs_up().is_over(by="caller")
    assert [thing for _, thing in call.log if isinstance(thing, SendDigit)] == [
        SendDigit(key, leg=1) for key in "123"
    ]


def test_a_caller_may_leave_while_it_rings() -> None:
    call = SimulatedCall(samples.menu).presses("2").is_transferred_to(DESK, "ringing")
    call.hangs_up().is_over(by="caller")


def test_another_address() -> None:
    with pytest.raises(StoryError, match="expected to be transferred to sip:x; it is sip:601"):
        SimulatedCall(samples.menu).presses("2").is_transferred_to("sip:x")


def test_a_transfer_must_be_spoken_of() -> None:
    call = SimulatedCall(samples.menu).presses("2").hears("connecting")
    with pytest.raises(StoryError, match=f"hear queue; the caller is transferred to {DESK}"):
        call.hears("queue")
    with pytest.raises(StoryError, match=f"to be over; the caller is transferred to {DESK}"):
        call.is_over()


def test_a_key_that_could_grow_is_waited_for() -> None:
    call = SimulatedCall(samples.menu).hears("welcome").presses("1")  # 12 exists, too
    then = call.now
    call.is_transferred_to(DESK, "ringing")
    assert call.now == then + 3 + 2  # the inter-digit time, "connecting"
