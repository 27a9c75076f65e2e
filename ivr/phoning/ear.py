"""Is a prompt in what was heard, where does it begin, and how much of it is there?  Pure.

What is compared by normalised cross-correlation are spectra, not waves: a voice that says the same
words again makes other waves.  It is 0.97 like itself or more, and less than 0.8 like other words;
waves of the same words may be no more alike than those of others.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..sip.rtp import MAGNITUDE
from ..sip.sound import FRAME, LOUD, RATE

Samples = npt.NDArray[np.float64]

ALIKE = 0.87
HEAD = 1.2  # seconds at the beginning of a prompt by which it is recognised
PIECE = 0.3  # seconds: a prompt is followed piece by piece
PIECE_ALIKE = 0.9
SWAY = (
    0.06  # seconds that a piece may be off its place: a busy line skips a frame, or waits for one
)
HOP = RATE // 100  # samples from one spectrum to the next
WINDOW = RATE // 40
POINTS = 256
EDGES = (100, 250, 400, 550, 700, 900, 1100, 1350, 1600, 1900, 2250, 2650, 3100, 3600)  # hertz
FLOOR = 1e7  # the energy below which a band is silent: noise does not matter

_PCMU = np.array([m if code & 0x80 else -m for code, m in enumerate(MAGNITUDE)], dtype=np.float64)


def of_pcmu(sound: bytes | bytearray) -> Samples:
    """PCMU as numbers."""
    return _PCMU[np.frombuffer(bytes(sound), dtype=np.uint8)]


def of_pcm(sound: bytes) -> Samples:
    """PCM16 little-endian as numbers."""
    return np.frombuffer(sound, dtype="<i2").astype(np.float64)


def loud(sound: Samples) -> npt.NDArray[np.bool_]:
    """Which frames of 20 ms are not silent."""
    frames = sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME)
    return np.asarray(np.abs(frames).mean(axis=1) > LOUD)


def seconds_loud(sound: Samples) -> float:
    """How much of it is not silent."""
    return float(loud(sound).sum()) * FRAME / RATE


def trimmed(sound: Samples) -> Samples:
    """Without the silence at both ends; empty: there is nothing else."""
    frames = np.flatnonzero(loud(sound))
    return sound[frames[0] * FRAME : (frames[-1] + 1) * FRAME] if len(frames) else sound[:0]


def find(prompt: Samples, sound: Samples) -> int | None:
    """Where the head of a trimmed *prompt* begins first in *sound*; None: nowhere, or not yet."""
    head = _spectra(prompt[: round(HEAD * RATE)])
    alike = _likeness(head, _spectra(sound))
    places = np.flatnonzero(alike > ALIKE)
    if not len(places):
        return None
    first = int(places[0])
    return (first + int(np.argmax(alike[first : first + max(1, len(head) // 2)]))) * HOP


def heard(prompt: Samples, sound: Samples) -> int:
    """How many samples of a trimmed *prompt* there are in *sound*, which begins where it does."""
    whole, there = _spectra(prompt), _spectra(sound)
    size, sway = round(PIECE * RATE) // HOP, round(SWAY * RATE) // HOP
    end = off = 0
    for first in range(0, max(1, len(whole) - size // 2), size):
        piece = whole[first : first + size]
        begin = max(0, first + off - sway)
        alike = _likeness(piece, there[begin : first + off + len(piece) + sway])
        if len(alike) and alike.max() > PIECE_ALIKE:
            off = begin + int(alike.argmax()) - first
            end = (first + size) * HOP
        elif seconds_loud(prompt[first * HOP : (first + size) * HOP]) >= 0.1:
            return end  # what is less is a pause, or what is left at the end
    return len(prompt)


def _spectra(sound: Samples) -> Samples:
    """The loudness of each band, a row every 10 ms."""
    count = (len(sound) - WINDOW) // HOP + 1
    if count < 1:
        return np.empty((0, len(EDGES) - 1))
    places = np.arange(WINDOW) + HOP * np.arange(count)[:, None]
    power = np.abs(np.fft.rfft(sound[places] * np.hanning(WINDOW), POINTS)) ** 2
    edges = np.searchsorted(np.fft.rfftfreq(POINTS, 1 / RATE), EDGES)
    bands = np.add.reduceat(power, edges, axis=1)[:, :-1]
    return np.asarray(np.log(bands + FLOOR))


def _likeness(part: Samples, sound: Samples) -> Samples:
    """How alike *part* and *sound* are, from -1 to 1, for each place of *part* in it."""
    count, number = len(sound) - len(part) + 1, part.size
    if not len(part) or count < 1:
        return np.empty(0)
    part = part - part.mean()
    columns = zip(sound.T, part.T, strict=True)
    product = np.sum([np.correlate(there, own, "valid") for there, own in columns], axis=0)
    sums, squares = (_sliding(each.sum(axis=1), len(part)) for each in (sound, sound * sound))
    spread = np.maximum(squares - sums * sums / number, number * 1e-3)
    return np.asarray(product / np.sqrt(spread * max(number * 1e-3, float((part * part).sum()))))


def _sliding(values: Samples, size: int) -> Samples:
    """The sum of each *size* values in a row."""
    sums = np.concatenate(([0.0], np.cumsum(values)))
    return np.asarray(sums[size:] - sums[:-size])
