"""SEMANTICS 12: taking a message."""

import pytest

from ivr.engine.call import Call
from ivr.engine.effects import Play, Record, Stop, Tone
from ivr.engine.events import RecordDone, RecordEnd
from ivr.engine.flow import END, Flow
from ivr.engine.verb import Result
from ivr.engine.verbs import record
from ivr.engine.verbs.record import GRACE

from .driver import Driver


def recording(max_seconds: float = 60, stop_keys: str = "#") -> Driver:
    async def message(call: Call) -> Result:
        return await record(
            call, max_seconds=max_seconds, stop_keys=stop_keys, beep=False, silence=4
        )

    phone = Driver(message)
    phone.start()
    assert phone.effects[-1] == Record(1, "message", max_seconds, 4, 1.0)
    return phone


def test_a_beep_comes_first_and_cannot_be_cut() -> None:
    phone = Driver(record)
    phone.start()
    assert phone.playing == Play(1, (Tone(),))
    assert phone.press("1") == []
    assert phone.play_done() == [Record(2, "message", 120.0, 4.0, 1.0)]
    assert not phone.call.keys


def test_a_stop_key_ends_it() -> None:
    phone = recording()
    assert phone.press("#") == [Stop(1)]
    phone.record_done(5)
    assert phone.result == Result("recorded", "message.wav", reason="key")
    assert phone.call.vars["recording"] == "message.wav"
    assert phone.noted("recorded") == ["message.wav 5.0 s, key"]


def test_there_can_be_several_stop_keys() -> None:
    phone = recording(stop_keys="1*")
    assert phone.press("#2") == []
    assert phone.press("*") == [Stop(1)]


def test_a_second_stop_key_changes_nothing() -> None:
    phone = recording()
    phone.press("#")
    assert phone.press("#") == []


def test_silence_ends_it() -> None:
    phone = recording()
    phone.record_done(5, "silence")
    assert phone.result == Result("recorded", "message.wav", reason="silence")


def test_the_longest_time_ends_it() -> None:
    phone = recording(max_seconds=60)
    assert phone.wait(59.9) == []
    assert phone.wait(0.1) == [Stop(1)]
    phone.record_done(60)
    assert phone.result == Result("recorded", "message.wav", reason="max_time")


def test_the_line_may_say_so_first() -> None:
    phone = recording(max_seconds=60)
    phone.record_done(60, "max_time")
    assert phone.result.reason == "max_time"


@pytest.mark.parametrize("reason", ["silence", "stopped"])
def test_what_is_too_short_is_not_kept(reason: RecordEnd) -> None:
    phone = recording()
    phone.press("#")
    phone.record_done(0.4, reason, file="")
    assert phone.result == Result("too_short", reason="key")
    assert "recording" not in phone.call.vars


def test_an_error_fails() -> None:
    phone = recording()
    phone.take(RecordDone(1, 0, "error", detail="disk full"))
    assert phone.result == Result("failed", reason="error")
    assert phone.noted("record_failed") == ["disk full"]


def test_a_file_that_is_never_closed_fails() -> None:
    phone = recording()
    phone.press("#")
    phone.wait(GRACE)
    assert phone.result == Result("failed", reason="error")


def test_the_end_of_another_recording_is_not_its_end() -> None:
    phone = recording()
    phone.take(RecordDone(7, 5, "silence", "other.wav"))
    assert not phone.results


def test_keys_pressed_meanwhile_are_dropped_however_it_ends() -> None:
    ended, given_up = recording(), recording()
    for phone in (ended, given_up):
        phone.press("12#3")
    ended.record_done(5)
    given_up.wait(GRACE)
    assert ended.results and not ended.call.keys
    assert given_up.results and not given_up.call.keys


def test_a_message_is_kept_when_the_caller_hangs_up() -> None:
    phone = recording()
    assert phone.hang_up() == [Stop(1)]


def test_a_message_that_is_already_being_closed_is_not_closed_twice() -> None:
    phone = recording()
    phone.press("#")
    assert phone.hang_up() == []


def test_nothing_is_recorded_before_the_answer() -> None:
    flow = Flow("first", start="first")

    @flow.state(recorded=END, too_short=END, failed=END)
    async def first(call: Call) -> str:
        return (await record(call)).outcome

    phone = Driver(flow=flow)
    phone.offered()
    assert "nothing can be recorded before the call is answered" in phone.noted("failed")[0]


def test_a_hang_up_ends_the_message_and_nothing_follows() -> None:
    phone = recording()
    phone.wait(3)
    assert phone.record_done(3, "hang_up") == []
    assert phone.noted("recorded") == ["message.wav 3.0 s, hang_up"]
    assert phone.call.vars["recording"] == "message.wav"
    assert phone.hang_up() == []
    assert phone.noted("end") == ["caller"]


def test_a_line_that_never_says_that_the_caller_left_is_not_waited_for() -> None:
    phone = recording()
    phone.record_done(3, "hang_up")
    phone.wait(GRACE)
    assert phone.result == Result("failed", reason="error")
