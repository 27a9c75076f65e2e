"""The clock that moves all audio, 20 ms at a time: pjsua2's null sound device.

It runs while there are calls, and it starts in step with the first caller's packets: halfway
between two of them.  A key comes with a packet, and the next sound leaves with the tick that
follows it: 10 ms later then, whatever jitter the network has, and not anything from 0 to 20.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

BEHIND = 0.010  # seconds from a packet to the tick
LOOK = 0.001  # seconds between two looks for the first packet
PATIENCE = 0.1  # seconds: a caller may send nothing before he hears something

Later = Callable[[float, Callable[[], None]], Any]


class SoundClock:
    """`switch` turns the device on and off; `later` calls something after some seconds."""

    def __init__(
        self,
        switch: Callable[[bool], None],
        later: Later,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.running = False
        self._switch = switch
        self._later = later
        self._now = now

    def start(self, heard: Callable[[], bool]) -> None:
        """Starts it, as soon as `heard` says that the first packet of the caller has come."""
        if not self.running:
            self.running = True
            self._look(heard, self._now() + PATIENCE)

    def stop(self) -> None:
        """Stops it; blocks for one tick."""
        self.running = False
        self._switch(False)

    def _look(self, heard: Callable[[], bool], latest: float) -> None:
        if self._now() >= latest:
            self._tick()
        elif heard():
            self._later(BEHIND, self._tick)
        else:
            self._later(LOOK, lambda: self._look(heard, latest))

    def _tick(self) -> None:
        if self.running:
            self._switch(True)
