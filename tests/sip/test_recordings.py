"""Messages on disk, and what is trimmed from them, without a line."""

from __future__ import annotations

import json
import os
from array import array
from pathlib import Path

import pytest

from ivr.sip import sound
from ivr.sip.recordings import HEADER, Part, repair

from .audio import sine

QUIET = array("h", [30, -30] * 4000)  # a second of line noise


def part(folder: Path, samples: array[int], name: str = "m") -> Part:
    made = Part.begin(folder, name, {"call": "c", "label": "ü"})
    made.wav_part.write_bytes(bytes(HEADER) + samples.tobytes())
    return made


def test_silence_is_trimmed_from_the_end(tmp_path: Path) -> None:
    kept = part(tmp_path, QUIET + sine(400, 8000) + QUIET * 3).deliver("stopped")
    assert kept.seconds == 2.2
    facts = json.loads((tmp_path / "m.json").read_text())
    assert facts == {"call": "c", "label": "ü", "seconds": 2.2, "reason": "stopped"}
    assert sorted(os.listdir(tmp_path)) == ["m.json", "m.wav"]


def test_nothing_but_silence(tmp_path: Path) -> None:
    assert part(tmp_path, QUIET * 2).deliver("silence").seconds == 0


@pytest.mark.parametrize("pause", [0, 3000])
def test_the_key_that_ended_it(tmp_path: Path, pause: int) -> None:
    key = array("h", map(sum, zip(sine(941, 900), sine(1477, 900), strict=True)))
    spoken = sine(400, 8000) + array("h", bytes(2 * pause)) + key + array("h", bytes(400))
    kept = part(tmp_path, spoken).deliver("stopped", stop_key=True)
    assert kept.seconds == pytest.approx(1.0 + min(pause / 8000, 0.2), abs=0.041)


def test_speech_is_no_key(tmp_path: Path) -> None:
    assert part(tmp_path, sine(400, 8000)).deliver("stopped", stop_key=True).seconds == 1.0
    assert not sound.is_key(sine(697, 160))
    assert not sound.is_key(array("h", bytes(320)))


def test_a_name_that_is_taken(tmp_path: Path) -> None:
    first = part(tmp_path, sine(400, 800))
    second = part(tmp_path, sine(400, 800))
    kept = {first.deliver("stopped").file.name, second.deliver("stopped").file.name}
    assert kept == {"m.wav", "m-2.wav"}
    assert part(tmp_path, sine(400, 800)).deliver("stopped").file.name == "m-3.wav"


def test_repair(tmp_path: Path) -> None:
    living = part(tmp_path, sine(400, 800), "living")
    for name in ("dead", "torn", "empty", "half"):
        part(tmp_path, sine(400, 8000), name).release()
    (tmp_path / "torn.json.part").write_text('{"call": "c')
    (tmp_path / "empty.wav.part").write_bytes(bytes(HEADER))
    (tmp_path / "half.wav.part").rename(tmp_path / "half.wav")
    kept = repair(tmp_path)
    assert [message.file.name for message in kept] == ["dead.wav", "half.wav", "torn.wav"]
    assert json.loads((tmp_path / "dead.json").read_text())["reason"] == "crash"
    assert json.loads((tmp_path / "torn.json").read_text())["call"] == "torn"
    assert sorted(p.name for p in tmp_path.glob("*.part")) == [
        "living.json.part",
        "living.wav.part",
    ]
    assert living.deliver("stopped").seconds == 0.1
    assert repair(tmp_path) == []


def test_a_message_that_cannot_be_repaired_harms_no_other(tmp_path: Path) -> None:
    (tmp_path / "a.json.part").mkdir()
    part(tmp_path, sine(400, 8000), "b").release()
    assert [message.file.name for message in repair(tmp_path)] == ["b.wav"]
