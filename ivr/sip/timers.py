"""What is to be done later, in the order of its moments."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterator
from math import inf

Action = Callable[[], None]


class Timer:
    """A promise to call something; `cancel` it when it no longer matters."""

    def __init__(self, action: Action) -> None:
        self.action: Action | None = action

    def cancel(self) -> None:
        self.action = None


class Timers:
    """Promises, on a clock of the owner's."""

    def __init__(self) -> None:
        self._queue: list[tuple[float, int, Timer]] = []
        self._count = itertools.count()

    @property
    def next(self) -> float:
        """The moment of the first; infinite: there is none."""
        return self._queue[0][0] if self._queue else inf

    def add(self, moment: float, action: Action) -> Timer:
        timer = Timer(action)
        heapq.heappush(self._queue, (moment, next(self._count), timer))
        return timer

    def due(self, now: float) -> Iterator[Action]:
        """Takes out what is due; what was cancelled is left out."""
        while self.next <= now:
            action = heapq.heappop(self._queue)[2].action
            if action:
                yield action

    def clear(self) -> None:
        self._queue.clear()
