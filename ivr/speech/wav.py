"""The one audio format of the phone, with the standard library alone.

PCM 16 bit, mono, 8000 Hz; the same at other rates is for elsewhere.  Files written here carry a
chunk with a check sum before their samples; readers of WAV skip chunks that they do not know
(Multimedia Programming Interface 1.0, chapter 2).
"""

from __future__ import annotations

import contextlib
import math
import os
import struct
import threading
import wave
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

RATE = 8000
SHORTEST = RATE // 10
"""Samples.  Shorter files are padded: a player may reach the end before it has begun."""


@dataclass(frozen=True, slots=True)
class Standard:
    """What all sounds of a project have in common: hertz, and how loud they are, in dBFS.

    The line plays 8000 Hz; others are for elsewhere.
    """

    rate: int = RATE
    loudness: float = -20.0


USUAL = Standard()
_HEADER = struct.Struct("<4sI4s 4sIHHIIHH 4sII 4sI")


def read(file: Path, rate: int = RATE) -> bytes:
    """The samples of `file`.  Raises `ValueError` unless it is complete and in our format."""
    try:
        with wave.open(str(file), "rb") as source:
            form = source.getnchannels(), source.getsampwidth() * 8, source.getframerate()
            if form != (1, 16, rate):
                found = "{} channel(s), {} bit, {} Hz".format(*form)
                raise ValueError(f"{found} instead of 1, 16, {rate}")
            expected = source.getnframes() * 2
            samples = source.readframes(source.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        raise ValueError(f"not a WAV file: {error}") from error
    if not samples or len(samples) != expected:
        raise ValueError(f"{len(samples)} bytes of sound instead of {expected}")
    return samples


def write(file: Path, samples: bytes, rate: int = RATE) -> None:
    """Put `samples` in place as `file`, whole or not at all.  Raises `OSError`."""
    samples += bytes(max(0, _least(rate) - len(samples)))
    part = file.with_name(f".{file.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        part.write_bytes(_header(samples, rate) + samples)
        part.replace(file)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()
        raise


def is_intact(file: Path, rate: int = RATE) -> bool:
    """Whether `file` is what `write` wrote, to the last bit."""
    try:
        content = file.read_bytes()
    except OSError:
        return False
    samples = content[_HEADER.size :]
    return len(samples) >= _least(rate) and content[: _HEADER.size] == _header(samples, rate)


def _least(rate: int) -> int:
    return 2 * SHORTEST * rate // RATE


def tone(frequency: int, seconds: float, rate: int = RATE) -> bytes:
    """A sine of -15 dBFS with ramps of 5 ms, which keep it from clicking.

    Held to what a telephone carries and a caller bears: 20 to 3800 Hz, 0.05 to 60 s.
    """
    return _sines((min(max(frequency, 20), 3800),), _bearable(seconds), rate)


def silence(seconds: float, rate: int = RATE) -> bytes:
    """Nothing, for 0.05 to 60 s."""
    return bytes(2 * round(_bearable(seconds) * rate))


def rhythm(
    turn: Sequence[tuple[tuple[int, ...], float]], seconds: float, rate: int = RATE
) -> bytes:
    """Tones of several frequencies each, and of none, one after the other, for so many seconds.

    Again and again the same *turn*; 0 seconds: once.  The loudness is that of a `tone`.
    """
    once = b"".join(
        _sines(frequencies, each, rate) if frequencies else bytes(2 * round(each * rate))
        for frequencies, each in turn
    )
    if not seconds:
        return once
    length = 2 * round(_bearable(seconds) * rate)
    return (once * (length // len(once) + 1))[:length]


def _bearable(seconds: float) -> float:
    return min(max(seconds, 0.05), 60.0) if math.isfinite(seconds) else 0.05


def _sines(frequencies: tuple[int, ...], seconds: float, rate: int) -> bytes:
    steps = [2 * math.pi * frequency / rate for frequency in frequencies]
    loud, ramp = 5800 / len(steps), rate // 200
    moments = range(round(seconds * rate))
    wave_form = array("h", (round(loud * sum(math.sin(s * i) for s in steps)) for i in moments))
    for i in range(ramp):
        wave_form[i] = wave_form[i] * i // ramp
        wave_form[-1 - i] = wave_form[-1 - i] * i // ramp
    return wave_form.tobytes()


def _header(samples: bytes, rate: int) -> bytes:
    check = zlib.crc32(samples)
    return _HEADER.pack(
        *(b"RIFF", _HEADER.size - 8 + len(samples), b"WAVE"),
        *(b"fmt ", 16, 1, 1, rate, 2 * rate, 2, 16),
        *(b"crc ", 4, check),
        *(b"data", len(samples)),
    )
