"""What may happen to the audio of a call in the middle of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ivr.engine.effects import Answer, Effect, HangUp, Play, Stop
from ivr.engine.events import Answered, Digit, Event, HungUp, Offered, PlayDone

from . import audio
from .conftest import Prompts, Script, StartLine

pytestmark = pytest.mark.line


def plays(*prompts: str) -> Callable[[], Script]:
    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Answered():
                return [Play(1, prompts)]
            case Digit():
                return [Stop(1)]
            case PlayDone():
                return [HangUp()]
        return []

    return lambda: script


def test_the_prompt_goes_on_after_hold(line: StartLine) -> None:
    phone = line(plays("400x9"))
    call = phone.peer.up()
    phone.peer.expect(lambda: call.tones(), "sound")
    call.reinvite("sendonly")
    phone.peer.expect(lambda: call.answered, "hold")
    phone.peer.run(None, 0.2)
    call.heard.clear()
    assert not phone.peer.run(lambda: call.tones(), 0.2)
    call.reinvite("sendrecv")
    phone.peer.expect(lambda: call.tones() and call.tones()[0][1] > 5, "the prompt goes on")


def test_the_prompt_goes_on_through_a_reinvite(line: StartLine) -> None:
    phone = line(plays("400x0.6"))
    call = phone.peer.up()
    phone.peer.expect(lambda: call.tones(), "sound")
    call.reinvite("sendrecv")
    phone.expect(HungUp)
    assert sum(count for hertz, count in call.tones() if hertz == 400) >= 27
    assert len(phone.of(Answered)) == 1


def test_files_that_cannot_be_played_are_left_out(line: StartLine, tones: Path) -> None:
    (tones / "broken.wav").write_bytes(b"RIFF nonsense")
    audio.write_wav(tones / "fast.wav", audio.sine(500, 11025), 11025)
    audio.write_wav(tones / "short.wav", audio.sine(500, 100))
    phone = line(plays("missing", "broken", "400x0.1", "fast", "short", "600x0.1"))
    call = phone.peer.up()
    phone.expect(HungUp)
    assert call.tones() == [(400, 5), (600, 5)]


def test_nothing_to_play_is_done_at_once(line: StartLine) -> None:
    phone = line(plays("missing"))
    phone.peer.up()
    assert phone.expect(PlayDone) == PlayDone(1)
    phone.expect(HungUp)


def test_a_list_longer_than_the_stack_takes(line: StartLine) -> None:
    phone = line(plays(*["400x0.02", "500x0.02"] * 50))
    call = phone.peer.up()
    phone.expect(HungUp)
    assert call.tones() == [(400, 1), (500, 1)] * 50


def test_more_playbacks_in_a_row_than_the_stack_has_players(line: StartLine) -> None:
    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Answered():
                return [*(Play(n, ("400x1",)) for n in range(80)), Play(80, ("500x0.1",))]
            case PlayDone():
                return [HangUp()]
        return []

    phone = line(lambda: script)
    call = phone.peer.up()
    phone.expect(HungUp)
    assert call.tones()[-1] == (500, 5)  # before it, at most a packet at a tick of the clock
    assert phone.of(PlayDone) == [PlayDone(80)]


def slow(ready: Callable[[], None]) -> None:
    timer = threading.Timer(0.3, ready)
    timer.daemon = True
    timer.start()


def test_prompts_may_come_late_and_from_another_thread(
    line: StartLine, prompts_of: Prompts
) -> None:
    phone = line(plays("400x0.1"), prompts=prompts_of(slow))
    call = phone.peer.up()
    phone.expect(HungUp)
    assert call.tones() == [(400, 5)]


def test_a_stop_before_the_prompts_are_there(line: StartLine, prompts_of: Prompts) -> None:
    wanted: list[Callable[[], None]] = []

    def script(event: Event) -> Sequence[Effect]:
        if event == Digit("2"):
            wanted.pop()()
            return []
        return plays("400x1")()(event)

    phone = line(lambda: script, prompts=prompts_of(wanted.append))
    call = phone.peer.up()
    phone.expect(Answered)
    call.press("1")
    call.press("2")  # they are there
    phone.expect(Digit, count=2)
    phone.peer.run(None, 0.5)
    assert call.tones() == []
    assert phone.of(PlayDone) == []


def test_prompts_that_raise_do_not_leave_the_caller_waiting(
    line: StartLine, prompts_of: Prompts
) -> None:
    def broken(ready: Callable[[], None]) -> None:
        raise RuntimeError("the voice is gone")

    phone = line(plays("400x1"), prompts=prompts_of(broken))
    phone.peer.up()
    assert phone.expect(PlayDone) == PlayDone(1)
