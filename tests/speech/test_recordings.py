"""Recordings of every kind, through the real converter in its own process."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from ivr.speech import wav
from ivr.speech.recordings import BrokenRecording, Converter

from .fakes import pitch, seconds, sound
from .wavs import recording, riff

USUAL_PEAK = 0.1 * 2**0.5
"""Of a sine at -20 dBFS."""


@pytest.fixture(scope="module")
def converter() -> Iterator[Converter]:
    converter = Converter()
    yield converter
    converter.close()


@pytest.mark.parametrize("rate", [6000, 8000, 11025, 16000, 22050, 44100, 48000, 96000])
def test_every_rate_keeps_pitch_and_length(converter: Converter, tmp_path: Path, rate: int) -> None:
    source, file = tmp_path / "in.wav", tmp_path / "out.wav"
    source.write_bytes(recording(rate))
    converter.convert(source, file, 10)
    assert seconds(file) == pytest.approx(0.5, abs=0.002)
    assert pitch(file) == pytest.approx(700, abs=3)
    assert np.abs(sound(file)).max() == pytest.approx(USUAL_PEAK, abs=0.01)


@pytest.mark.parametrize(
    ("kind", "bits"), [(1, 8), (1, 16), (1, 24), (1, 32), (3, 32), (3, 64), (6, 8), (7, 8)]
)
@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize("extensible", [False, True])
def test_every_encoding_and_channel_count(
    converter: Converter, tmp_path: Path, kind: int, bits: int, channels: int, extensible: bool
) -> None:
    source, file = tmp_path / "in.wav", tmp_path / "out.wav"
    content = recording(16000, kind=kind, bits=bits, channels=channels, extensible=extensible)
    source.write_bytes(content)
    converter.convert(source, file, 10)
    heard = sound(file)
    expected = USUAL_PEAK * np.sin(2 * np.pi * 700 * np.arange(len(heard)) / 8000)
    assert seconds(file) == pytest.approx(0.5, abs=0.002)
    assert np.abs(heard - expected)[400:-400].max() < 0.02


def test_what_a_telephone_cannot_carry_does_not_fold_back(
    converter: Converter, tmp_path: Path
) -> None:
    source, file = tmp_path / "in.wav", tmp_path / "out.wav"
    source.write_bytes(recording(44100, frequency=5000))
    converter.convert(source, file, 10)
    assert np.abs(sound(file)[400:-400]).max() < 0.005


def test_a_file_whose_length_was_not_known_when_it_was_begun(
    converter: Converter, tmp_path: Path
) -> None:
    source, file = tmp_path / "in.wav", tmp_path / "out.wav"
    content = bytearray(recording(16000))
    at = content.index(b"data") + 4
    content[at : at + 4] = b"\xff\xff\xff\xff"
    source.write_bytes(content)
    converter.convert(source, file, 10)
    assert seconds(file) == pytest.approx(0.5, abs=0.002)


def change(at: int, new: bytes) -> Callable[[bytes], bytes]:
    return lambda content: content[:at] + new + content[at + len(new) :]


FORM = 12 + 12 + 8  # after RIFF and the LIST chunk


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda content: b"", "not a WAV file"),
        (lambda content: b"ID3 mp3 in disguise" * 50, "not a WAV file"),
        (lambda content: content[:40], "no sound in it"),
        (lambda content: content[:-500], "cut off"),
        (lambda content: riff((b"data", b"1234")), "no format chunk"),
        (lambda content: riff((b"fmt ", b"12"), (b"data", b"1234")), "no format chunk"),
        (lambda content: recording(16000, length=0), "no sound in it"),
        (change(FORM, b"\x55\0"), "encoding 85 with 16 bit is not supported; save it as PCM"),
        (change(FORM + 2, b"\0\0"), "0 channels"),
        (change(FORM + 4, b"\0\0\0\0"), "at 0 Hz"),
        (change(FORM + 12, b"\0\0"), "contradicts itself"),
        (change(FORM + 14, b"\7\0"), "contradicts itself"),
    ],
)
def test_a_broken_recording_is_named_so(
    converter: Converter, tmp_path: Path, damage: Callable[[bytes], bytes], message: str
) -> None:
    source, file = tmp_path / "in.wav", tmp_path / "out.wav"
    source.write_bytes(damage(recording(16000)))
    with pytest.raises(BrokenRecording, match=message):
        converter.convert(source, file, 10)
    assert not file.exists()


def test_a_recording_that_is_not_there(converter: Converter, tmp_path: Path) -> None:
    with pytest.raises(BrokenRecording, match="No such file"):
        converter.convert(tmp_path / "in.wav", tmp_path / "out.wav", 10)


def test_numbers_that_are_none_are_silence(converter: Converter, tmp_path: Path) -> None:
    source, file = tmp_path / "in.wav", tmp_path / "out.wav"
    samples = np.array([0.1, np.nan, np.inf, -np.inf] * 400, "<f4")
    form = struct.pack("<HHIIHH", 3, 1, 8000, 32000, 4, 32)
    source.write_bytes(riff((b"fmt ", form), (b"data", samples.tobytes())))
    converter.convert(source, file, 10)
    heard = sound(file)[:4]
    assert list(np.round(heard / heard.max(), 1)) == [0.1, 0.0, 1.0, -1.0]
    assert len(wav.read(file)) == 3200
