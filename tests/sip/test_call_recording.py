"""Recordings of whole calls: both directions, without gaps, and silent where a secret is typed."""

from __future__ import annotations

import json
import resource
import time
import wave
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path

import pytest

from ivr.engine.effects import (
    Answer,
    Dial,
    Effect,
    HangUp,
    Join,
    Mask,
    Play,
    RecordCall,
    Stop,
    Text,
)
from ivr.engine.events import (
    Answered,
    Digit,
    Event,
    HungUp,
    LegAnswered,
    Offered,
    PlayDone,
    RecordDone,
)
from ivr.sip.recordings import repair

from ..ports import free_port
from . import audio
from .conftest import Line, Script, StartLine
from .peer import Dialog

pytestmark = pytest.mark.line

TAPE = RecordCall(9, "orders", ("notice", Text("is recorded")))
OURS, HIS, THEIRS = 300, 500, 700  # hertz
FRAME = 0.02


def scripted(*at_once: Effect, **keys: Sequence[Effect]) -> Callable[[], Script]:
    """Answers and records; then does what belongs to each key."""

    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Answered():
                return [TAPE, *at_once]
            case Digit(key):
                return keys[f"on_{key}"]
            case LegAnswered(leg):
                return [Join(leg)]
        return []

    return lambda: script


def speaking(phone: Line, hertz: int | None = HIS) -> Dialog:
    call = phone.peer.call("box")
    call.speaks = hertz
    phone.expect(Answered)
    return call


def heard(file: str) -> list[tuple[frozenset[int], float]]:
    """The tones in a recording, and for how many seconds each of them, or silence."""
    with wave.open(file) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 8000)
        data = memoryview(sound.readframes(sound.getnframes())).cast("h")
    frames = [data[n : n + 160].tolist() for n in range(0, len(data) - 159, 160)]
    return [(found, len(list(group)) * FRAME) for found, group in groupby(map(tones, frames))]


def tones(samples: list[int]) -> frozenset[int]:
    return frozenset(
        hertz
        for hertz in (OURS, 400, HIS, 600, THEIRS)
        if audio._power(samples, hertz) > (2000 * len(samples) / 2) ** 2
    )


def seconds(sound: list[tuple[frozenset[int], float]], *hertz: int) -> float:
    return sum(length for found, length in sound if found == frozenset(hertz))


def total(sound: list[tuple[frozenset[int], float]]) -> float:
    return sum(length for _, length in sound)


def test_both_directions_are_on_it(line: StartLine) -> None:
    phone = line(scripted(Play(1, (f"{OURS}x0.5",))))
    began = time.monotonic()
    call = speaking(phone)
    phone.peer.run(None, 1.0)
    call.bye()
    over = phone.expect(HungUp)
    [done] = phone.of(RecordDone)
    assert [event for _, event in phone.events][-2:] == [done, over]
    assert (done.id, done.reason) == (9, "hang_up")
    sound = heard(done.file)
    assert seconds(sound, OURS, HIS) + seconds(sound, OURS) == pytest.approx(0.5, abs=0.06)
    assert seconds(sound, OURS, HIS) > 0.2
    assert seconds(sound, HIS) > 0.2
    assert 0.8 < done.seconds < time.monotonic() - began
    assert done.seconds == pytest.approx(total(sound), abs=FRAME)


def test_what_is_known_of_it_stands_beside_it(line: StartLine) -> None:
    phone = line(scripted())
    speaking(phone).bye()
    file = Path(phone.expect(RecordDone).file)
    facts = json.loads(file.with_suffix(".json").read_text())
    call_id = phone.events[0][0]
    assert file == phone.settings.recordings.parent / "recordings" / f"{call_id}-call.wav"
    assert facts["consent"] == ["notice", "is recorded"]
    assert (facts["kind"], facts["label"], facts["reason"]) == ("call", "orders", "hang_up")
    assert (facts["call"], facts["caller"], facts["dialled"]) == (call_id, "alice", "box")
    assert not list(phone.settings.recordings.iterdir())


def test_it_is_silent_while_it_is_masked_and_its_time_goes_on(line: StartLine) -> None:
    asking: list[Effect] = [Mask(True), Play(1, (f"{OURS}x5",))]
    phone = line(scripted(on_1=asking, on_2=[Mask(False), Stop(1), Mask(True), Mask(False)]))
    call = speaking(phone)
    phone.peer.run(None, 0.5)
    call.press("1")
    phone.peer.run(None, 0.8)
    first = call.pressed_at
    call.press("2")
    phone.expect(Digit, count=2)
    last = call.pressed_at
    phone.peer.run(None, 1.6)
    call.bye()
    ended = time.monotonic()
    sound = heard(phone.expect(RecordDone).file)
    masked = max((part for part in sound if not part[0]), key=lambda part: part[1])
    at = sound.index(masked)
    assert -0.2 < masked[1] - (last - first + 1.0) < 0.5  # with the tone of a last key
    assert seconds(sound[:at], HIS) > 0.2
    assert seconds(sound[at:], HIS) == pytest.approx(ended - last - 1.0, abs=0.5)
    assert seconds(sound, OURS, HIS) == seconds(sound, OURS) == 0


def test_the_tone_of_the_last_key_is_not_on_it(line: StartLine) -> None:
    phone = line(scripted(Mask(True), on_1=[Mask(False)]))
    call = speaking(phone, None)
    call.info("1")
    for n in range(20):
        call.send_audio(audio.mixed(n % 5, 697, 1209))
        phone.peer.run(None, 0.02)
    call.bye()
    with wave.open(phone.expect(RecordDone).file) as sound:
        assert not any(sound.readframes(sound.getnframes()))


def test_it_ends_by_wish_and_another_one_may_begin(line: StartLine) -> None:
    phone = line(scripted(on_1=[Stop(9)], on_2=[RecordCall(10, "orders")]))
    call = speaking(phone)
    phone.peer.run(None, 0.8)
    call.press("1")
    first = phone.expect(RecordDone)
    call.press("2")
    phone.expect(Digit, count=2)
    phone.peer.run(None, 0.8)
    call.bye()
    second = phone.expect(RecordDone, count=2)
    assert (first.reason, second.reason) == ("stopped", "hang_up")
    assert first.file != second.file
    assert seconds(heard(first.file), HIS) > 0.2
    assert seconds(heard(second.file), HIS) > 0.2


def test_what_waits_for_the_operators_prompt_waits_on_the_recording_too(line: StartLine) -> None:
    operators = Play(2, ("600x0.3",), over=True)
    phone = line(scripted(Play(1, ("400x0.6",)), on_1=[operators]))
    call = speaking(phone, 0)
    phone.peer.expect(lambda: call.tones() and call.tones()[0][1] > 3, "sound")
    call.press("1")
    phone.expect(PlayDone, count=2)
    phone.peer.run(None, 0.1)
    call.bye()
    sound = heard(phone.expect(RecordDone).file)
    assert seconds(sound, 400) == pytest.approx(0.6, abs=0.05)
    assert seconds(sound, 600) == pytest.approx(0.3, abs=0.05)
    assert seconds(sound, 400, 600) == 0


def test_its_time_goes_on_while_the_caller_holds(line: StartLine) -> None:
    phone = line(scripted())
    called = time.monotonic()
    call = speaking(phone)
    began = time.monotonic()
    phone.peer.run(None, 0.5)
    call.reinvite("inactive")
    call.speaks, held = None, time.monotonic()
    phone.peer.run(None, 0.7)
    call.reinvite("sendrecv")
    call.speaks, resumed = HIS, time.monotonic()
    phone.peer.run(None, 0.5)
    call.bye()
    ended = time.monotonic()
    sound = heard(phone.expect(RecordDone).file)
    silence = max(length for found, length in sound if not found)
    assert ended - began - 0.2 < total(sound) < ended - called + 0.1
    assert -0.2 < silence - (resumed - held) < 0.5
    assert seconds(sound, HIS) > held - began + ended - resumed - 0.3


def test_the_far_end_of_a_transfer_is_on_it(line: StartLine) -> None:
    port = free_port()
    phone = line(scripted(Dial(1, f"sip:601@127.0.0.1:{port}")), peer_port=port)
    desks: list[Dialog] = []

    def answer(dialog: Dialog) -> None:
        desks.append(dialog)
        dialog.speaks = THEIRS
        dialog.accept()

    phone.peer.answer = answer
    call = speaking(phone)
    phone.expect(LegAnswered)
    phone.peer.run(None, 1.0)
    call.bye()
    sound = heard(phone.expect(RecordDone).file)
    assert seconds(sound, HIS, THEIRS) > 0.4


def test_a_call_whose_recording_fails_goes_on(line: StartLine) -> None:
    def limited() -> Script:
        resource.setrlimit(resource.RLIMIT_FSIZE, (10000, 10000))
        return scripted(on_1=[Play(1, (f"{OURS}x0.2",)), HangUp(after=1)])()

    phone = line(limited)
    call = speaking(phone)
    done = phone.expect(RecordDone)
    assert done.reason == "error"
    assert done.detail
    call.press("1")
    phone.expect(HungUp)
    phone.peer.expect(lambda: (OURS, 10) in call.tones(), "the prompt is heard")


def test_a_folder_that_cannot_be(line: StartLine, tmp_path: Path) -> None:
    (tmp_path / "recordings").write_text("in the way")
    phone = line(scripted())
    call = speaking(phone)
    assert phone.expect(RecordDone) == RecordDone(9, 0.0, "error", "", "File exists")
    call.bye()
    assert phone.expect(HungUp).by == "caller"


def test_what_a_dead_process_left_is_kept_with_its_silences(line: StartLine) -> None:
    phone = line(scripted())
    call = speaking(phone)
    phone.peer.run(None, 0.6)
    call.speaks = 0
    phone.peer.run(None, 1.6)
    phone.kill()
    folder = phone.settings.recordings.parent / "recordings"
    assert sorted(p.suffix for p in folder.iterdir()) == [".part", ".part"]
    repair(folder)
    facts = json.loads(next(folder.glob("*.json")).read_text())
    assert (facts["reason"], facts["consent"]) == ("crash", ["notice", "is recorded"])
    assert total(heard(str(next(folder.glob("*.wav"))))) > 1.2


def test_a_call_that_is_over_is_not_recorded(line: StartLine) -> None:
    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Answered():
                return [HangUp()]
            case HungUp():
                return [TAPE]
        return []

    phone = line(lambda: script)
    phone.peer.up()
    phone.expect(HungUp)
    assert phone.of(RecordDone) == []
