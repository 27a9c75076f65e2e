"""The clock that moves all audio, 20 ms at a time, in the thread that polls the stack.

It runs while there are calls, and it starts in step with the first caller's packets: halfway
between two of them.  A key comes with a packet, and the next sound leaves with the tick that
follows it: 10 ms later then, whatever jitter the network has, and not anything from 0 to 20.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from math import inf
from typing import Any

PERIOD = 0.020  # seconds
BEHIND = 0.010  # seconds from a packet to the tick
LOOK = 0.001  # seconds between two looks for the first packet
PATIENCE = 0.1  # seconds: a caller may send nothing before he hears something
LAG = 0.5  # seconds that are caught up with; after a longer pause the sound goes on later

Later = Callable[[float, Callable[[], None]], Any]


class SoundClock:
    """`move` moves the audio on by one tick; `later` calls something after some seconds."""

    def __init__(
        self,
        move: Callable[[], None],
        later: Later,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.running = False
        self.due = inf  # when the next tick is, on the clock `now`
        self._move = move
        self._later = later
        self._now = now

    def start(self, heard: Callable[[], bool]) -> None:
        """Starts it, as soon as `heard` says that the first packet of the caller has come."""
        if not self.running:
            self.running = True
            self._look(heard, self._now() + PATIENCE)

    def stop(self) -> None:
        self.running = False
        self.due = inf

    def tick(self, now: float) -> None:
        """Ticks, if it is time to; whoever polls the stack calls this when `due` has come."""
        if now >= self.due:
            self.due = self.due + PERIOD if now - self.due < LAG else now + PERIOD
            self._move()

    def _look(self, heard: Callable[[], bool], latest: float) -> None:
        if self._now() >= latest:
            self._begin()
        elif heard():
            self._later(BEHIND, self._begin)
        else:
            self._later(LOOK, lambda: self._look(heard, latest))

    def _begin(self) -> None:
        if self.running:
            self.due = self._now()
