"""The sounds of a run: tones for prompts, quiet noise for the caller, and both as mu-law.

A tone's period divides a packet of 160 samples.  So one packet tells which prompt plays, and an
undisturbed prompt is a row of equal payloads.
"""

from __future__ import annotations

import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

RATE = 8000
PACKET = 160  # samples, 20 ms
PROMPTS: Final[dict[str, tuple[int, float]]] = {  # hertz and seconds
    "a": (400, 4.0),
    "b": (1000, 6.0),
    "invalid": (800, 1.0),
    "hold": (500, 30.0),
}
SILENCE, OTHER = "", "?"
LOUD = 8192  # -12 dBFS
QUIET = 150  # about -50 dBFS
AUDIBLE = 200  # root mean square
THERE, ALONE = 0.3, 0.95  # a tone's share of a packet's energy: it is heard, there is nothing else

Samples = npt.NDArray[np.int16]


def _decoded() -> Samples:
    codes = ~np.arange(256) & 0xFF
    size = (((codes & 0x0F) << 3) + 132 << ((codes & 0x70) >> 4)) - 132
    return np.where(codes & 0x80, -size, size).astype(np.int16)


LINEAR = _decoded()  # ITU-T G.711, mu-law
_BY_SIZE = np.argsort(LINEAR, kind="stable")
_LIMITS = (LINEAR[_BY_SIZE][1:].astype(np.int32) + LINEAR[_BY_SIZE][:-1]) / 2


def ulaw(samples: Samples) -> bytes:
    """`samples` as G.711 mu-law, each by the code that is nearest to it."""
    return _BY_SIZE[np.searchsorted(_LIMITS, samples)].astype(np.uint8).tobytes()


def tone(hertz: int, seconds: float) -> Samples:
    turns = 2 * np.pi * hertz / RATE * np.arange(round(seconds * RATE))
    sound: Samples = np.rint(LOUD * np.sin(turns)).astype(np.int16)
    return sound


def noise(packets: int) -> list[bytes]:
    """What a caller's line sounds like who says nothing, in packets.  Always the same."""
    chance = np.random.default_rng(1)
    sound = chance.integers(-QUIET, QUIET + 1, packets * PACKET, dtype=np.int16)
    return [ulaw(packet) for packet in sound.reshape(packets, PACKET)]


def write_prompts(folder: Path) -> None:
    """Make the prompts of both jobs in `folder`, as WAV files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (hertz, seconds) in PROMPTS.items():
        with wave.open(str(folder / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(tone(hertz, seconds).tobytes())


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """A payload: which prompt it is of, and whether it is nothing but that prompt's tone."""

    prompt: str
    whole: bool
    samples: int


def recognise(payload: bytes) -> Sound:
    samples = LINEAR[np.frombuffer(payload, np.uint8)].astype(np.float64)
    count = len(samples)
    energy = float(np.var(samples)) * count if count else 0.0
    if energy < AUDIBLE**2 * count or not count:
        return Sound(SILENCE, True, count)
    shares = {name: _power(samples, hertz) / energy for name, (hertz, _) in PROMPTS.items()}
    best = max(shares, key=lambda name: shares[name])
    if shares[best] < THERE:
        return Sound(OTHER, True, count)
    return Sound(best, shares[best] > ALONE, count)


def _power(samples: npt.NDArray[Any], hertz: int) -> float:
    turns = 2j * np.pi * hertz / RATE * np.arange(len(samples))
    return float(abs(np.exp(turns) @ samples) ** 2 * 2 / len(samples))
