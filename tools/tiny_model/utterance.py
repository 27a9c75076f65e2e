"""What `generate` makes and `train` learns from."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Utterance(NamedTuple):
    """A sentence as the network sees it."""

    features: npt.NDArray[np.float32]
    """A row for each 10 ms."""
    phones: list[tuple[float, int]]
    """When each begins, in seconds; where that is not known, they share the time evenly."""


class Data(NamedTuple):
    """What is learnt from, and what is only asked."""

    espeak: list[Utterance]
    flite: list[Utterance]
    unseen: list[Utterance]
