"""How much of a sine is in 20 ms of sound, by sums of products that C works out.  Pure.

numpy would do it, too, but costs each process some 30 MB.  `audioop` is part of Python up to 3.12,
and the SIP stack's wheel exists for no later one.
"""

from __future__ import annotations

import math
import sys
import warnings
from array import array
from functools import cache

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop

RATE = 8000
WINDOW = RATE // 50  # samples
BIN = RATE / WINDOW  # hertz
_HAMMING = [0.54 - 0.46 * math.cos(2 * math.pi * (n + 0.5) / WINDOW) for n in range(WINDOW)]
_FULL = 32767

factor = audioop.findfactor


def level(pcm: bytes) -> int:
    """The root mean square of PCM16 in the machine's byte order, 0 to 32768."""
    return audioop.rms(pcm, 2)


@cache
def waves(frequency: float) -> tuple[bytes, float, bytes, float]:
    """Windowed cosine and sine as `factor` takes them, each with what turns a factor into a part
    of the amplitude."""
    turn = 2 * math.pi * frequency / RATE
    middle = (WINDOW - 1) / 2
    found: list[bytes | float] = []
    for wave in (math.cos, math.sin):
        part = array("h", (
            round(_FULL * w * wave(turn * (n - middle))) for n, w in enumerate(_HAMMING)
        ))  # fmt: skip
        energy = sum(value * value for value in part)
        found += [part.tobytes(), energy * 2 / (_FULL * sum(_HAMMING))]
    return tuple(found)  # type: ignore[return-value]


def amplitude(pcm: bytes, frequency: float) -> complex:
    """Amplitude and phase, in the middle of it, of what `pcm` (20 ms) has near `frequency`."""
    cosine, real, sine, imaginary = waves(frequency)
    return complex(factor(pcm, cosine) * real, -factor(pcm, sine) * imaginary)


def kept(off: float) -> float:
    """The share of its power with which a sine is seen that is `off` hertz off the frequency it is
    looked for at; good for less than a bin."""
    bins = off / BIN
    return 1 - 1.513 * bins**2 + 0.694 * bins**4


def share(pcm: bytes, frequency: float) -> float:
    """The share of its energy that `pcm` has in a sine of `frequency`; 1 is all of it."""
    near = BIN / 2 * round(frequency / (BIN / 2))  # not a table for every frequency there is
    power = abs(amplitude(pcm, near)) ** 2 / 2 / kept(frequency - near)
    return power / float(max(1, level(pcm))) ** 2


def pitch(pcm: bytes) -> float:
    """The frequency in hertz of the sine that `pcm` is, if it is one.

    Of a sine x, x[n-d] + x[n+d] is x[n] times twice the cosine of its angle in d samples.  What
    noise there is lies on both sides of that equation: so it is total least squares that solve it.
    """
    coarse = _angle(pcm, 1)
    # A low tone turns little from one sample to the next, and noise tells there.
    angle = _angle(pcm, 2) / 2 if coarse < 0.8 else coarse
    return angle * RATE / (2 * math.pi)


def _angle(pcm: bytes, apart: int) -> float:
    """By how much a sine turns in so many samples, 0 to pi."""
    middle = pcm[2 * apart : -2 * apart]
    half = audioop.mul(pcm, 2, 0.5)
    around = audioop.add(half[4 * apart :], half[: -4 * apart], 2)
    xx = float(level(middle)) ** 2
    if not xx:
        return 0.0
    # `around` is half the sum; a sum has twice the noise of one sample: the root of 2 evens it out.
    yy = 2 * float(level(around)) ** 2
    xy = math.sqrt(2) * factor(around, middle) * xx
    below = xx - yy + math.hypot(xx - yy, 2 * xy)
    cosine = math.sqrt(2) * xy / below if below > 1e-9 * xx else 1.0
    return math.acos(max(-1.0, min(1.0, cosine)))


def native(pcm: bytes) -> bytes:
    """PCM16 little-endian in the machine's byte order."""
    return audioop.byteswap(pcm, 2) if sys.byteorder == "big" else pcm
