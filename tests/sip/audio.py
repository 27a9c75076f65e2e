"""Tones: made for prompts, and recognised in what a caller hears."""

from __future__ import annotations

import math
import wave
from array import array
from functools import lru_cache
from itertools import groupby
from pathlib import Path

RATE = 8000
PACKET = 160
TONES = (300, 400, 425, 500, 600, 700, 800, 900, 1000, 1100, 1200, 1300, 1400)


@lru_cache
def sine(frequency: int, samples: int, loud: int = 8000) -> array[int]:
    step = 2 * math.pi * frequency / RATE
    return array("h", (round(loud * math.sin(step * n)) for n in range(samples)))


def write_wav(path: Path, samples: array[int], rate: int = RATE) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path


def prompt(folder: Path, name: str) -> Path:
    """`400x0.5` is 400 Hz for half a second; any other name a file that may not exist."""
    path = folder / f"{name}.wav"
    frequency, by, seconds = name.partition("x")
    if by and not path.exists():
        # Renamed into place: several lines may share the folder.
        scratch = folder / f".{name}.{id(path)}"
        write_wav(scratch, sine(int(frequency), round(float(seconds) * RATE))).rename(path)
    return path


def _linear(code: int) -> int:
    code = ~code & 0xFF
    magnitude = (((code & 0x0F) << 3) + 0x84) << ((code >> 4) & 7)
    return 0x84 - magnitude if code & 0x80 else magnitude - 0x84


ULAW = [_linear(code) for code in range(256)]


@lru_cache
def ulaw(frequency: int) -> bytes:
    """One packet of a tone that goes on from packet to packet (multiples of 50 Hz)."""
    if not frequency:
        return b"\xff" * PACKET
    return bytes(map(nearest, sine(frequency, PACKET)))


def mixed(packet: int, *frequencies: int) -> bytes:
    """The `packet`-th packet of some tones at once."""
    first = packet * PACKET
    waves = [sine(frequency, first + PACKET)[first:] for frequency in frequencies]
    return bytes(map(nearest, map(sum, zip(*waves, strict=True))))


@lru_cache(maxsize=65536)
def nearest(sample: int) -> int:
    """The mu-law code nearest to a sample."""
    return min(range(256), key=lambda code: abs(ULAW[code] - sample))


@lru_cache(maxsize=4096)
def tone(payload: bytes) -> int:
    """The tone in a packet: 0 for silence, -1 for what is neither."""
    samples = [ULAW[code] for code in payload]
    energy = sum(sample * sample for sample in samples)
    if energy < 100 * 100 * len(samples):
        return 0
    best = max(TONES, key=lambda frequency: _power(samples, frequency))
    return best if _power(samples, best) > 0.4 * energy * len(samples) / 2 else -1


def _power(samples: list[int], frequency: int) -> float:
    turn = 2 * math.pi * frequency / RATE
    real = sum(sample * math.cos(turn * n) for n, sample in enumerate(samples))
    imaginary = sum(sample * math.sin(turn * n) for n, sample in enumerate(samples))
    return real * real + imaginary * imaginary


def runs(payloads: list[bytes]) -> list[tuple[int, int]]:
    """(tone, packets) in the order heard."""
    return [(key, len(list(group))) for key, group in groupby(map(tone, payloads))]


def tones_of(file: Path) -> list[tuple[int, int]]:
    """(tone, packets) in a WAV file, which may still be written to."""
    data = file.read_bytes()[44:]
    samples = array("h", data[: len(data) // (2 * PACKET) * 2 * PACKET])
    firsts = range(0, len(samples), PACKET)
    return runs([bytes(map(nearest, samples[first : first + PACKET])) for first in firsts])
