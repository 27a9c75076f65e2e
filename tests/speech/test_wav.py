from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from ivr.speech import wav

from .fakes import pitch, seconds, sound


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.wav"
    wav.write(path, wav.tone(1000, 0.3))
    return path


def test_a_tone_has_its_pitch_and_length_and_does_not_click(file: Path) -> None:
    samples = sound(file)
    assert seconds(file) == 0.3
    assert pitch(file) == pytest.approx(1000, abs=4)
    assert 0.15 < np.abs(samples).max() < 0.2
    assert np.abs(samples[:4]).max() < 0.03
    assert np.abs(samples[-4:]).max() < 0.03


@pytest.mark.parametrize(
    ("frequency", "length", "heard"),
    [(0, 0.3, 0.3), (-5, 1, 1), (9000, 0.3, 0.3), (1000, 0, 0.1), (1000, -1, 0.1),
     (1000, float("nan"), 0.1), (1000, float("inf"), 0.1), (1000, 1e9, 60)],
)  # fmt: skip
def test_no_tone_is_too_strange(
    tmp_path: Path, frequency: int, length: float, heard: float
) -> None:
    wav.write(tmp_path / "a.wav", wav.tone(frequency, length))
    assert seconds(tmp_path / "a.wav") == heard


def test_other_readers_understand_our_files(file: Path) -> None:
    with wave.open(str(file)) as source:
        assert source.getparams()[:4] == (1, 2, 8000, 2400)
        assert source.readframes(9999) == wav.tone(1000, 0.3)


def test_short_sounds_are_padded(tmp_path: Path) -> None:
    wav.write(tmp_path / "a.wav", b"\1\1")
    assert seconds(tmp_path / "a.wav") == 0.1


def test_only_what_was_written_is_intact(file: Path) -> None:
    assert wav.is_intact(file)
    good = file.read_bytes()
    damaged = bytearray(good)
    damaged[2000] ^= 1
    for content in (b"", good[:30], good[:-2], good + b"\0\0", bytes(len(good)), bytes(damaged)):
        file.write_bytes(content)
        assert not wav.is_intact(file)
    file.unlink()
    assert not wav.is_intact(file)


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    target = tmp_path / "a.wav"
    target.mkdir()
    target.joinpath("in the way").touch()
    with pytest.raises(OSError, match=r"a\.wav"):
        wav.write(target, b"\1\1")
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("channels", "width", "rate", "frames"),
    [(2, 2, 8000, 800), (1, 1, 8000, 800), (1, 2, 11025, 800), (1, 2, 8000, 0)],
)
def test_other_formats_and_silence_are_not_read(
    tmp_path: Path, channels: int, width: int, rate: int, frames: int
) -> None:
    path = tmp_path / "a.wav"
    with wave.open(str(path), "wb") as target:
        target.setnchannels(channels)
        target.setsampwidth(width)
        target.setframerate(rate)
        target.writeframes(bytes(frames * channels * width))
    with pytest.raises(ValueError, match="instead of"):
        wav.read(path)


def test_a_cut_off_file_is_not_read(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1000])
    with pytest.raises(ValueError, match="instead of"):
        wav.read(file)
    file.write_bytes(b"RIFF")
    with pytest.raises(ValueError, match="not a WAV file"):
        wav.read(file)
