"""Sound as numbers: read any WAV, bring it to the phone's format.

For the children only: numpy and soxr cost some 30 MB, which a serving process does not need.
"""

from __future__ import annotations

import struct
import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soxr

from .wav import RATE

__all__ = ["LARGEST", "RATE", "Sound", "polish", "read", "to_phone_rate", "write"]

Sound = npt.NDArray[np.float32]
"""Mono, full scale is 1.0."""

LARGEST = 200_000_000
"""Bytes; twenty minutes of the best studio format."""

_EXTENSIBLE = 0xFFFE
_STREAMED = (0, 0x7FFFFFFF, 0xFFFFFFFF)


def read(file: Path) -> tuple[Sound, int]:
    """The sound of a WAV file, its channels mixed, and its rate in hertz.

    Understood: PCM of 8, 16, 24 and 32 bit, float of 32 and 64 bit, A-law and mu-law.  Raises
    `ValueError` for everything else and for files that are damaged or empty.
    """
    if file.stat().st_size > LARGEST:
        raise ValueError(f"larger than {LARGEST // 1_000_000} MB")
    form, samples = _chunks(file.read_bytes())
    if len(form) < 16:
        raise ValueError("no format chunk before the samples")
    kind, channels, rate, _, block, bits = struct.unpack("<HHIIHH", form[:16])
    if kind == _EXTENSIBLE and len(form) >= 26:
        kind = int.from_bytes(form[24:26], "little")
    if not 1 <= channels <= 64 or not 1000 <= rate <= 768_000:
        raise ValueError(f"{channels} channels at {rate} Hz")
    if block != channels * bits // 8 or not block:
        raise ValueError("its header contradicts itself")
    if len(samples) < block:
        raise ValueError("no sound in it")
    sound = _decode(kind, bits, samples[: len(samples) // block * block])
    mono = sound.reshape(-1, channels).mean(axis=1, dtype=np.float32)
    return np.nan_to_num(mono, posinf=1.0, neginf=-1.0), rate


def to_phone_rate(sound: Sound, rate: int, phone: int = RATE) -> Sound:
    """`sound` at 8000 Hz, or another `phone`, without what would fold back from above its half."""
    if rate == phone:
        return sound
    return np.asarray(soxr.resample(sound, rate, phone, quality="HQ"), np.float32)


def polish(sound: Sound, rate: int = RATE) -> Sound:
    """Speech without the silence around it.

    20 ms stay before it and 80 ms after it, so that prompts in a row have room to breathe.
    Raises `ValueError` where nothing can be heard.
    """
    peak = float(np.abs(sound).max(initial=0.0))
    if peak < 0.003:
        raise ValueError("nothing can be heard")
    heard = np.flatnonzero(np.abs(sound) > 0.01 * peak)
    start = max(0, int(heard[0]) - rate // 50)
    end = int(heard[-1]) + rate * 8 // 100
    return sound[start:end]


def write(file: Path, sound: Sound, rate: int = RATE) -> None:
    """Write `sound`, which is at 8000 Hz, PCM 16 bit; what exceeds full scale is clipped."""
    samples = np.rint(np.clip(sound, -1.0, 1.0) * 32767).astype("<i2")
    with wave.open(str(file), "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(rate)
        target.writeframes(samples.tobytes())


def _chunks(content: bytes) -> tuple[bytes, bytes]:
    """The format chunk and the samples."""
    if content[:4] != b"RIFF" or content[8:12] != b"WAVE":
        raise ValueError("not a WAV file")
    form = b""
    at = 12
    while at + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        at += 8
        if name == b"data":
            if size in _STREAMED:
                return form, content[at:]
            if size > len(content) - at:
                raise ValueError(f"cut off: {len(content) - at} bytes of sound instead of {size}")
            return form, content[at : at + size]
        if name == b"fmt ":
            form = content[at : at + size]
        at += size + size % 2
    raise ValueError("no sound in it")


def _decode(kind: int, bits: int, samples: bytes) -> Sound:
    match kind, bits:
        case (1, 8):  # PCM; 8 bit is unsigned, everything wider signed
            return (np.frombuffer(samples, np.uint8).astype(np.float32) - 128) / np.float32(128)
        case (1, 16):
            return np.frombuffer(samples, "<i2").astype(np.float32) / np.float32(2**15)
        case (1, 24):
            wide = np.zeros((len(samples) // 3, 4), np.uint8)
            wide[:, 1:] = np.frombuffer(samples, np.uint8).reshape(-1, 3)
            return wide.view("<i4")[:, 0].astype(np.float32) / np.float32(2**31)
        case (1, 32):
            return np.frombuffer(samples, "<i4").astype(np.float32) / np.float32(2**31)
        case (3, 32):  # IEEE float
            return np.frombuffer(samples, "<f4").astype(np.float32)
        case (3, 64):
            return np.frombuffer(samples, "<f8").astype(np.float32)
        case (6, 8):
            return _a_law(np.frombuffer(samples, np.uint8))
        case (7, 8):
            return _mu_law(np.frombuffer(samples, np.uint8))
    raise ValueError(f"encoding {kind} with {bits} bit is not supported; save it as PCM")


def _mu_law(codes: npt.NDArray[np.uint8]) -> Sound:
    """ITU-T G.711, table 2: sign, 3 bits of segment, 4 bits of step, all inverted."""
    codes = ~codes
    segment = (codes >> 4) & 7
    magnitude = (((codes & 15).astype(np.int32) << 3) + 132 << segment) - 132
    return _signed(magnitude, codes & 0x80 != 0)


def _a_law(codes: npt.NDArray[np.uint8]) -> Sound:
    """ITU-T G.711, table 1: every other bit inverted; a set sign bit is positive."""
    codes = codes ^ np.uint8(0x55)
    segment = ((codes >> 4) & 7).astype(np.int32)
    step = ((codes & 15).astype(np.int32) << 4) + 8
    magnitude = np.where(segment == 0, step, step + 256 << np.maximum(segment - 1, 0))
    return _signed(magnitude, codes & 0x80 == 0)


def _signed(magnitude: npt.NDArray[np.int32], negative: npt.NDArray[np.bool_]) -> Sound:
    return np.where(negative, -magnitude, magnitude).astype(np.float32) / np.float32(2**15)
