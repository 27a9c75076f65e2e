"""Is a prompt in what was heard, where does it begin, and how much of it is there?  Pure.

Sound is compared by normalised cross-correlation, which neither loudness nor the noise of a line
disturbs.  Two prompts of one voice are some 0.2 alike, a prompt and itself behind PCMU nearly 1.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..sip.rtp import MAGNITUDE
from ..sip.sound import FRAME, LOUD, RATE

Samples = npt.NDArray[np.float64]

ALIKE = 0.6
HEAD = 1.2  # seconds at the beginning of a prompt by which it is recognised
PIECE = RATE // 5  # a prompt is followed piece by piece
SWAY = RATE // 100  # that a piece may be off its place: clocks differ, and jitter buffers breathe

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
    head = prompt[: round(HEAD * RATE)]
    if not len(head) or len(sound) < len(head):
        return None
    alike = _likeness(head, sound)
    places = np.flatnonzero(alike > ALIKE)
    if not len(places):
        return None
    first = int(places[0])
    return first + int(np.argmax(alike[first : first + max(1, len(head) // 2)]))


def heard(prompt: Samples, sound: Samples) -> int:
    """How many samples of a trimmed *prompt* there are in *sound*, which begins where it does.

    A piece that is missing in between is forgiven: a packet may be lost.
    """
    end = missed = 0
    for first in range(0, len(prompt), PIECE):
        piece = prompt[first : first + PIECE]
        around = sound[max(0, first - SWAY) : first + len(piece) + SWAY]
        if len(around) < len(piece):
            return end
        if seconds_loud(piece) < 0.1:
            continue  # a pause, or what is left at the end
        if _likeness(piece, around).max() > ALIKE:
            end, missed = first + len(piece), 0
        else:
            missed += 1
        if missed > 1:
            return end
    return end if missed else len(prompt)


def _likeness(part: Samples, sound: Samples) -> Samples:
    """How alike *part* and *sound* are, from -1 to 1, for each place of *part* in it."""
    count = len(sound) - len(part) + 1
    size = 1 << (len(sound) + len(part) - 1).bit_length()
    product = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(part, size)), size)
    sums = np.concatenate(([0.0], np.cumsum(sound * sound)))
    energy = np.maximum(sums[len(part) :] - sums[:count], len(part) * LOUD * LOUD / 4)
    return np.asarray(product[:count] / np.sqrt(energy * max(1.0, float(part @ part))))
