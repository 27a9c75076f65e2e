"""How loud sounds are, and all of them equally loud.

As ITU-R BS.1770 measures it, without its weighting of frequencies, which a telephone's band hardly
has, and in shorter blocks: a prompt may be a single word.

For the children and for commands, as `audio` is.
"""

from __future__ import annotations

import numpy as np

from .audio import Sound
from .wav import RATE, Standard

SILENT = float("-inf")
CEILING = 0.891
"""The loudest sample that is made: -1 dBFS."""
MOST = 24.0
"""Decibels by which a sound is made louder at most: beyond, it would be noise."""
_BLOCK = 0.1  # seconds
_HEARD = 1e-6  # mean square of what is no silence: -60 dBFS
_PAUSE = 0.1  # of the mean of what is heard; what is below is a pause: 10 dB
_TOP = 0.9999  # of the peak: as good as equal
_ROW, _ROWS = 3, 3  # samples in a row, and how often that must come


def loudness(sound: Sound, rate: int = RATE) -> float:
    """In dBFS, of what is heard in it, without its pauses; `SILENT` where there is nothing."""
    length = round(_BLOCK * rate)
    steps = range(0, max(len(sound) - length, 0) + 1, length // 4)
    squares = np.square(sound, dtype=np.float64)
    blocks = np.array([squares[at : at + length].mean() for at in steps if len(sound)])
    heard = blocks[blocks > _HEARD]
    if not len(heard):
        return SILENT
    return decibels(float(heard[heard > _PAUSE * heard.mean()].mean()) ** 0.5)


def levelled(sound: Sound, standard: Standard, volume: float = 1.0) -> Sound:
    """*sound* as loud as *standard* says, times *volume*.

    Less where a sample would exceed the ceiling: nothing is clipped.
    """
    peak = float(np.abs(sound).max(initial=0.0))
    found = loudness(sound, standard.rate)
    if found == SILENT:
        return sound
    wanted = 10 ** (min(standard.loudness - found, MOST) / 20) * volume
    return sound * np.float32(min(wanted, CEILING / peak))


def is_clipped(sound: Sound) -> bool:
    """Whether its loudest samples stand in rows, as of a recording that was too loud."""
    peak = float(np.abs(sound).max(initial=0.0))
    if peak < 0.1:
        return False
    flat = np.flatnonzero(np.abs(sound) >= _TOP * peak)
    rows = np.split(flat, np.flatnonzero(np.diff(flat) > 1) + 1)
    return sum(len(row) >= _ROW for row in rows) >= _ROWS


def decibels(amplitude: float) -> float:
    """Of full scale."""
    return 20 * float(np.log10(amplitude))
