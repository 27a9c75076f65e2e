"""Messages that a simulated caller leaves."""

import pytest

from ivr.testing import SimulatedCall, StoryError
from ivr.testing.values import Message

from . import samples


@pytest.mark.parametrize("ends_with", ["#", "silence"])
def test_a_message_is_left(ends_with: str) -> None:
    call = SimulatedCall(samples.voicemail).hears("leave_message")
    call.leaves_a_message(9, ends_with=ends_with)  # type: ignore[arg-type]
    call.hears("goodbye").is_over(by="flow").has_left_messages(1)
    (message,) = call.messages
    assert message == Message("message", "message-1.wav", message.seconds)
    assert message.seconds == pytest.approx(9)
    assert call.variables["recording"] == "message-1.wav"


def test_a_message_is_kept_when_its_caller_hangs_up() -> None:
    call = SimulatedCall(samples.voicemail).leaves_a_message(9, ends_with="hang_up")
    call.is_over(by="caller").has_left_messages(1)


def test_a_recording_that_fails() -> None:
    call = SimulatedCall(samples.voicemail).leaves_a_message(9, ends_with="failure")
    call.is_over().has_left_messages(0)
    assert ("outcome", "failed") in call.notes


def test_a_message_can_be_too_short() -> None:
    call = SimulatedCall(samples.voicemail).leaves_a_message(1).is_over(by="flow")
    with pytest.raises(StoryError, match="expected 1 messages to be kept; it is 0"):
        call.has_left_messages(1)


def test_silence_is_no_message() -> None:
    call = SimulatedCall(samples.voicemail).hears("leave_message").waits(5).is_over()
    assert call.messages == []


def test_a_message_ends_where_it_must() -> None:
    call = SimulatedCall(samples.voicemail).leaves_a_message(500).hears("goodbye")
    assert call.messages[0].seconds == 60


def test_a_key_that_does_not_end_a_message() -> None:
    with pytest.raises(StoryError, match=r"the recording to end with \*; it goes on"):
        SimulatedCall(samples.voicemail).leaves_a_message(5, ends_with="*")


def test_nobody_is_recorded_by_a_menu() -> None:
    with pytest.raises(StoryError, match="expected to be recorded; the caller is asked menu"):
        SimulatedCall(samples.menu).hears("welcome").leaves_a_message(5)
