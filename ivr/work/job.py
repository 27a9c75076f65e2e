"""What a job is: a function that does what it is ordered to, in a thread of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

Order = Mapping[str, Any]
Job = Callable[[Order, float], Any]
"""Takes an order, with its secrets revealed, and the seconds it has.

Returns what came of it, in plain values.  Raises `Failed`, `TooSlow`, or whatever else: that is
`failed` as well.
"""


class Failed(Exception):
    """It cannot be done; `value` is what came of it all the same."""

    def __init__(self, reason: str, value: Any = None) -> None:
        super().__init__(reason)
        self.value = value


class TooSlow(Exception):
    """It took longer than it had."""


class Deadline:
    """The moment by which a piece of work has to be done."""

    __slots__ = ("_clock", "at")

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.at = clock() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left.  Raises `TooSlow` when there are none."""
        left = self.at - self._clock()
        if left <= 0:
            raise TooSlow
        return left

    @property
    def over(self) -> bool:
        """Whether there are none."""
        return self._clock() >= self.at
