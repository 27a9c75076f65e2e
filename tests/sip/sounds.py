"""What a far end may send: keys, beeps, voices, music, noise.  PCM at 8000 Hz as numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from ivr.sip.tones import COLUMNS, KEYS, ROWS

from .audio import PACKET, ULAW

RATE = 8000

Sound = npt.NDArray[np.float64]

_CODES = np.array(sorted(range(256), key=lambda code: ULAW[code]))
_VALUES = np.array(ULAW, float)[_CODES]
_BETWEEN = (_VALUES[1:] + _VALUES[:-1]) / 2


def silence(seconds: float) -> Sound:
    return np.zeros(round(seconds * RATE))


def tone(frequency: float, seconds: float, loud: float = 6000, phase: float = 0) -> Sound:
    n = np.arange(round(seconds * RATE))
    return loud * np.sin(2 * np.pi * frequency * n / RATE + phase)


def key(
    name: str, seconds: float, loud: float = 6000, twist: float = 0,
    row_off: float = 0, column_off: float = 0, phase: float = 0,
) -> Sound:  # fmt: skip
    """The tone of a key; `twist` in dB, the row's level over the column's; frequencies may be off
    by a share of them.  `loud` is the amplitude of the stronger tone."""
    row, column = divmod(KEYS.index(name), 4)
    low = tone(ROWS[row] * (1 + row_off), seconds, loud * 10 ** (min(0, twist) / 20), phase)
    high = tone(COLUMNS[column] * (1 + column_off), seconds, loud * 10 ** (-max(0, twist) / 20))
    return low + high


def noise(sound: Sound, below: float, loud: float, seed: int = 1) -> Sound:
    """`sound` with white noise, so many dB below two tones of amplitude `loud`."""
    deviation = loud * 10 ** (-below / 20)
    return sound + np.random.default_rng(seed).normal(0, deviation, len(sound))


def voice(seconds: float, seed: int = 1, loud: float = 9000) -> Sound:
    """What looks like speech: syllables of a gliding pitch with formants, and stops between."""
    rng = np.random.default_rng(seed)
    parts: list[Sound] = []
    while sum(map(len, parts)) < seconds * RATE:
        n = round(rng.uniform(0.12, 0.28) * RATE)
        ends = rng.uniform(85, 260, 2)
        pitch = np.linspace(ends[0], ends[1], n) + 3 * np.sin(np.arange(n) / 200)
        turn = 2 * np.pi * np.cumsum(pitch) / RATE
        formants = rng.uniform((270, 850, 2200), (800, 2200, 3000))
        part = rng.normal(0, 0.05, n)
        for harmonic in range(1, 30):
            near = harmonic * pitch[:, None] - formants
            part += (0.05 + np.exp(-((near / 220) ** 2)) @ (1, 0.5, 0.25)) * np.sin(harmonic * turn)
        parts.append(part / np.abs(part).max() * loud * np.hanning(n) ** 0.3)
        parts.append(rng.normal(0, 0.01 * loud, round(rng.uniform(0.02, 0.09) * RATE)))
    return np.concatenate(parts)[: round(seconds * RATE)]


def music(seconds: float, seed: int = 1) -> Sound:
    """A melody with harmonics over a bass."""
    rng = np.random.default_rng(seed)
    parts = []
    for _ in range(round(seconds / 0.25)):
        melody, bass = rng.choice([262, 294, 330, 349, 392, 440, 494, 523, 659, 784, 880]), 131
        parts.append(
            sum(tone(k * melody, 0.25, 3000 / k) for k in range(1, 4)) + tone(bass, 0.25, 2000)
        )
    return np.concatenate(parts)


def pcm(sound: Sound) -> bytes:
    """As the line decodes it from PCMU."""
    samples: bytes = _VALUES[np.searchsorted(_BETWEEN, sound)].astype(np.int16).tobytes()
    return samples


def packets(sound: Sound) -> list[bytes]:
    """PCMU, 20 ms each."""
    codes: bytes = _CODES[np.searchsorted(_BETWEEN, sound)].astype(np.uint8).tobytes()
    codes = codes.ljust(-len(codes) // PACKET * -PACKET, b"\xff")
    return [codes[at : at + PACKET] for at in range(0, len(codes), PACKET)]


def frames(sound: Sound) -> Iterator[bytes]:
    """PCM16, 20 ms each."""
    data = pcm(sound)
    for at in range(0, len(data) - 2 * PACKET + 1, 2 * PACKET):
        yield data[at : at + 2 * PACKET]
