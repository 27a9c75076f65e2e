"""Messages that callers leave."""

from __future__ import annotations

import fcntl
import json
import resource
import shutil
import time
import wave
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ivr.engine.effects import Answer, Effect, HangUp, Record, Stop
from ivr.engine.events import Answered, Digit, Event, HungUp, Offered, RecordDone
from ivr.sip.recordings import repair

from . import audio
from .conftest import Line, Script, StartLine
from .peer import Dialog

pytestmark = pytest.mark.line


def records(silence: float = 0, most: float = 60, least: float = 0) -> Callable[[], Script]:
    """Answers and records; any key stops it, and when it is done the call is over."""

    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Answered():
                return [Record(1, "box 1", most, silence, least)]
            case Digit():
                return [Stop(1)]
            case RecordDone():
                return [HangUp()]
        return []

    return lambda: script


def speaking(phone: Line, seconds: float, hertz: int = 500) -> Dialog:
    call = phone.peer.up("box")
    phone.expect(Answered)
    say(phone, call, seconds, hertz)
    return call


def say(phone: Line, call: Dialog, seconds: float, hertz: int = 500) -> None:
    """Packet by packet: none is left out where the machine has no time for us."""
    call.says += [audio.ulaw(hertz)] * round(seconds * 50)
    phone.peer.expect(lambda: not call.says, "all is said")


def seconds_of(file: str, hertz: int = 500) -> float:
    """How long the tone is in a message, and that there is nothing but it and some silence."""
    with wave.open(file) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 8000)
        data = sound.readframes(sound.getnframes())
    payloads = [
        bytes(map(audio.nearest, memoryview(data)[n : n + 320].cast("h")))
        for n in range(0, len(data) - 319, 320)
    ]
    return sum(count for tone, count in audio.runs(payloads) if tone in (hertz, -1)) / 50


def has_all(done: RecordDone, seconds: float) -> bool:
    """Whether all that was said is in a message; where packets were late, some are made up."""
    return seconds - 0.1 <= seconds_of(done.file) <= seconds + 0.4


def silence_at_the_end(done: RecordDone) -> float:
    tone, packets = audio.tones_of(Path(done.file))[-1]
    return 0 if tone else packets / 50


def check_message(phone: Line, done: RecordDone, reason: str) -> None:
    file = Path(done.file)
    facts = json.loads(file.with_suffix(".json").read_text())
    assert facts["reason"] == reason
    assert facts["seconds"] == done.seconds
    assert facts["label"] == "box 1"
    assert (facts["caller"], facts["dialled"]) == ("alice", "box")
    assert facts["call"] == phone.events[0][0]
    assert facts["time"].endswith("Z")
    assert sorted(p.suffix for p in file.parent.iterdir()) == [".json", ".wav"]
    with wave.open(done.file) as sound:
        assert sound.getnframes() / 8000 == pytest.approx(done.seconds, abs=0.01)


def test_a_key_ends_a_message(line: StartLine) -> None:
    phone = line(records())
    call = speaking(phone, 1.0)
    say(phone, call, 0.6, 0)
    call.press("5")
    done = phone.expect(RecordDone)
    assert (done.id, done.reason) == (1, "stopped")
    assert has_all(done, 1.0)
    assert silence_at_the_end(done) == pytest.approx(0.2, abs=0.04)
    phone.expect(HungUp)
    check_message(phone, done, "stopped")


def test_the_stop_keys_tone_is_no_part_of_the_message(line: StartLine) -> None:
    phone = line(records())
    call = speaking(phone, 0.6)
    call.speaks = None
    tone = [audio.mixed(n, 697, 1209) for n in range(10)]
    for payload in tone:
        call.send_audio(payload)
        phone.peer.run(None, 0.02)
    call.info("1")
    done = phone.expect(RecordDone)
    assert has_all(done, 0.6)
    rest = [count for tone, count in audio.tones_of(Path(done.file)) if tone in (700, 1200)]
    assert sum(rest) < 8, "of ten packets of the tone; none, where the machine has time for us"


def test_silence_ends_a_message(line: StartLine) -> None:
    phone = line(records(silence=1.0))
    speaking(phone, 0.8)
    done = phone.expect(RecordDone)
    assert done.reason == "silence"
    assert has_all(done, 0.8)
    assert silence_at_the_end(done) == pytest.approx(0.2, abs=0.04)
    phone.expect(HungUp)
    check_message(phone, done, "silence")


def test_a_caller_who_sends_nothing_is_silent(line: StartLine) -> None:
    phone = line(records(silence=1.0))
    call = phone.peer.call("box")
    call.speaks = None
    phone.expect(Answered)
    done = phone.expect(RecordDone)
    assert (done.reason, done.seconds) == ("silence", 0.0)


def test_the_longest_message(line: StartLine) -> None:
    phone = line(records(most=1.0))
    began = time.monotonic()
    call = phone.peer.up("box")
    call.speaks = 500
    done = phone.expect(RecordDone)
    assert done.reason == "max_time"
    assert 0.5 < done.seconds < time.monotonic() - began


def test_what_is_too_short_is_not_kept(line: StartLine) -> None:
    phone = line(records(least=20))
    call = speaking(phone, 0.4)
    call.press("5")
    done = phone.expect(RecordDone)
    assert (done.reason, done.file, done.seconds) == ("stopped", "", 0.0)
    assert list(phone.settings.recordings.iterdir()) == []


def test_a_message_is_kept_when_the_caller_hangs_up(line: StartLine) -> None:
    phone = line(records())
    call = speaking(phone, 0.7)
    say(phone, call, 0.5, 0)  # which may be lost, where we are late
    call.bye()
    over = phone.expect(HungUp)
    done = phone.of(RecordDone)[0]
    assert phone.events[-2:] == [(phone.events[0][0], done), (phone.events[0][0], over)]
    assert done.reason == "hang_up"
    assert has_all(done, 0.7)
    check_message(phone, done, "hang_up")


def test_a_message_is_kept_when_the_line_closes(line: StartLine) -> None:
    phone = line(records())
    speaking(phone, 1.0)
    assert phone.end() == 0
    (kept,) = phone.of(RecordDone)
    assert kept.reason == "hang_up" and phone.events[-2][1] == kept
    assert phone.of(HungUp)[0].by == "drain" and isinstance(phone.events[-1][1], HungUp)
    folder = phone.settings.recordings
    assert sorted(p.suffix for p in folder.iterdir()) == [".json", ".wav"]
    assert json.loads(next(folder.glob("*.json")).read_text())["seconds"] > 0.4


def test_what_a_dead_process_left_is_delivered(line: StartLine) -> None:
    phone = line(records())
    call, folder = speaking(phone, 0.5), phone.settings.recordings
    call.speaks = 500  # until enough of it is on the disk
    phone.peer.expect(lambda: next(folder.glob("*.wav.part")).stat().st_size > 16000, "a second")
    phone.kill()
    assert sorted(p.suffix for p in folder.iterdir()) == [".part", ".part"]
    other = folder / "other.json.part"
    other.write_text("{}")
    (folder / "other.wav.part").write_bytes(bytes(2000))
    with other.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        repair(folder)
    assert other.exists(), "the part of a process that lives is left alone"
    facts = json.loads(next(folder.glob("*.json")).read_text())
    assert (facts["reason"], facts["caller"]) == ("crash", "alice")
    assert seconds_of(str(next(folder.glob("*.wav")))) > 0.7


def test_a_disk_that_is_full(line: StartLine) -> None:
    def limited() -> Script:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10000, 10000))
        return records()()

    phone = line(limited)
    earlier = phone.settings.recordings / "earlier.wav"
    earlier.write_bytes(b"precious")
    call = speaking(phone, 1.0)
    call.speaks = 500
    done = phone.expect(RecordDone)
    assert done.reason == "error"
    assert done.detail
    phone.expect(HungUp)
    assert earlier.read_bytes() == b"precious"
    assert phone.peer.call("box")
    phone.expect(Answered, count=2)


def test_a_folder_that_vanishes(line: StartLine) -> None:
    phone = line(records())
    speaking(phone, 0.3)
    phone.peer.expect(lambda: list(phone.settings.recordings.iterdir()), "it is being written")
    shutil.rmtree(phone.settings.recordings)
    done = phone.expect(RecordDone)
    assert (done.reason, done.file) == ("error", "")
    assert "gone" in done.detail
    phone.expect(HungUp)
    phone.peer.up("box")
    done = phone.expect(RecordDone, count=2)
    assert (done.reason, done.file) == ("error", "")
    assert "No such file" in done.detail
