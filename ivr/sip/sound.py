"""What little is to be known about sound: is it there, and is it a key's tone.  Pure."""

from __future__ import annotations

import math
import sys
from array import array
from collections.abc import Callable
from typing import BinaryIO

RATE = 8000
FRAME = RATE // 50  # samples in 20 ms
# Mean magnitude of a sample, of 32768: some 50 dB below full scale.  The noise of a line lies
# under it, the quietest talker who can be understood above.
LOUD = 100
TAIL = RATE // 5  # what is left after the last sound: the end of a word is faint
LONGEST_KEY = RATE  # how far back a key's tone is looked for
LOW = (697, 770, 852, 941)
HIGH = (1209, 1336, 1477, 1633)

Read = Callable[[int, int], "array[int]"]


def loudness(samples: array[int]) -> float:
    """The mean magnitude of `samples`, 0 to 32768."""
    return sum(map(abs, samples)) / len(samples) if samples else 0.0


def pcm(data: bytes) -> array[int]:
    """PCM16 little-endian as numbers; an odd byte at the end is left out."""
    samples = array("h", data[: len(data) & ~1])
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def trimmed(file: BinaryIO, start: int, samples: int, stop_key: bool) -> int:
    """How many of the `samples` that begin at byte `start` of `file` are worth keeping.

    The silence at the end goes but for a fifth of a second; with `stop_key` also the tone of the
    key that ended the recording.  0 when there is nothing but silence.
    """

    def read(first: int, count: int) -> array[int]:
        file.seek(start + 2 * first)
        return pcm(file.read(2 * count))

    end = last_sound(read, samples)
    if stop_key:
        before = _before_key(read, end)
        if before < end:
            samples, end = before, last_sound(read, before)
    return min(samples, end + TAIL) if end else 0


def last_sound(read: Read, samples: int) -> int:
    """Where the last frame that is not silent ends, 0 when all are."""
    for first in range((samples - 1) // RATE * RATE, -1, -RATE):
        second = read(first, min(RATE, samples - first))
        # A second at a time: a silent one is left with a single sum, unless a click hides in it.
        if max(second, default=0) <= LOUD and min(second, default=0) >= -LOUD:
            continue
        for frame in range((len(second) - 1) // FRAME * FRAME, -1, -FRAME):
            if loudness(second[frame : frame + FRAME]) > LOUD:
                return first + min(frame + FRAME, len(second))
    return 0


def _before_key(read: Read, end: int) -> int:
    """Where the last key's tone before `end` begins; `end` where there is none.

    Half a frame of it at either end is no key by itself, and a lost packet may make a hole in it.
    """
    first = max(0, end - LONGEST_KEY)
    samples = read(first, end - first)
    keys = [is_key(samples[at : at + FRAME]) for at in range(0, len(samples) - FRAME + 1, FRAME)]
    last = next((n for n in range(len(keys) - 1, 0, -1) if keys[n] and keys[n - 1]), 0)
    if not last:
        return end
    while last > 0 and any(keys[max(0, last - 2) : last]):
        last -= 1
    return first + max(0, last - 1) * FRAME


def is_key(samples: array[int]) -> bool:
    """Whether `samples` are a DTMF tone and little else (ITU-T Q.23)."""
    energy = math.fsum(sample * sample for sample in samples)
    if energy < len(samples) * LOUD * LOUD:
        return False
    low = max(_power(samples, frequency) for frequency in LOW)
    high = max(_power(samples, frequency) for frequency in HIGH)
    # Two sines in one frame hold all of its energy: each N/2 times the mean square.
    total = energy * len(samples) / 2
    return low > 0.15 * total and high > 0.15 * total and low + high > 0.75 * total


def _power(samples: array[int], frequency: int) -> float:
    """Squared magnitude at `frequency`, by Goertzel."""
    coefficient = 2 * math.cos(2 * math.pi * frequency / RATE)
    one = two = 0.0
    for sample in samples:
        one, two = sample + coefficient * one - two, one
    return one * one + two * two - coefficient * one * two
