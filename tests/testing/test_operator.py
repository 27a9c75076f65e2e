"""What an operator does to a simulated call."""

import pytest

from ivr import Flow
from ivr.testing import SimulatedCall, StoryError

from . import samples
from .samples import DESK


def test_a_caller_is_moved() -> None:
    call = SimulatedCall(samples.menu).hears("welcome").is_asked("menu")
    call.is_moved_to("sorry_").hears("place in the queue").is_over(by="flow")
    assert call.path == ["greet", "choose", "sorry_", "bye"]
    assert "is moved to sorry_ by an operator" in call.transcript
    assert {"at": 2.32, "event": "moved", "state": "sorry_"} in call.journal


def test_a_state_must_be_one_of_the_flow() -> None:
    with pytest.raises(StoryError, match=r"to be moved to nowhere; the flow has no such state"):
        SimulatedCall(samples.menu).is_moved_to("nowhere")


@pytest.mark.parametrize("result", ["ringing", "talking"])
def test_a_transfer_is_given_up_for_a_move(result: str) -> None:
    call = SimulatedCall(samples.menu).hears("welcome").presses("1")
    call.is_transferred_to(DESK, result=result)  # type: ignore[arg-type]
    call.is_moved_to("choose").is_asked("menu").presses("1").hears("connecting")


def test_a_message_is_kept_when_its_caller_is_moved() -> None:
    call = SimulatedCall(samples.voicemail).hears("leave_message").waits(1)
    call.says("one two three four five").is_moved_to("thanks").hears("goodbye")
    [message] = call.messages
    assert message.seconds == pytest.approx(2.7)
    assert "is moved to thanks by an operator" in call.transcript


def test_what_plays_waits_for_an_operators_prompt() -> None:
    call = SimulatedCall(samples.menu, durations={"welcome": 4, "news": 3}).waits(1)
    call.is_interrupted_with("news").hears("news")
    assert call.now == pytest.approx(1 + 3)
    call.hears("welcome")
    assert call.now == pytest.approx(0.32 + 4 + 3)
    call.is_asked("menu")
    assert "is interrupted by an operator with news" in call.transcript


def test_what_begins_meanwhile_waits_too() -> None:
    call = SimulatedCall(samples.menu, durations={"news": 9, "more": 2}).hears("welcome")
    call.is_asked("menu").is_interrupted_with("news").presses("2").waits(1)
    call.is_interrupted_with("more").waits(2).hears("connecting")
    assert call.now == pytest.approx(2.32 + 1 + 2 + 2)


def test_a_caller_has_as_long_for_an_answer_as_without_it() -> None:
    call = SimulatedCall(samples.menu).hears("welcome", "menu").waits(4)
    call.is_interrupted_with("news").hears("news").waits(0.9).presses("1").hears("connecting")


def test_a_prompt_of_no_end_is_cut_off() -> None:
    call = SimulatedCall(samples.menu, durations={"news": 1000}).hears("welcome", "menu")
    call.is_interrupted_with("news").waits(606)
    assert ("entry", "no_input") in call.notes
    assert "hears news (cut off after 600.0 s)" in call.transcript


@pytest.mark.parametrize("flow", [samples.menu, samples.voicemail])
def test_a_caller_is_dismissed(flow: Flow) -> None:
    call = SimulatedCall(flow).waits(0.5).is_interrupted_with("news").is_dismissed()
    call.is_over(by="operator")
    assert call.journal[-1]["event"] == "hung_up"
    assert call.journal[-1]["by"] == "operator"
    assert "is dismissed by an operator" in call.transcript


@pytest.mark.parametrize("what", ["is_moved_to", "is_interrupted_with", "is_dismissed"])
def test_nothing_is_done_to_a_call_that_is_over(what: str) -> None:
    call = SimulatedCall(samples.full)
    with pytest.raises(StoryError, match="the call is over: the caller is rejected with 486"):
        getattr(call, what)(*["no"] * (what != "is_dismissed"))
