"""Work that goes on beside the calls, in a thread of its own, and waits out what is broken."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

FIRST, LONGEST = 1.0, 30.0  # seconds to wait after a failure, and after many


log = logging.getLogger("ivr.store")


class Patience:
    """How long to leave alone what failed: 1, 2, 4 … 30 s, shortened by up to half.

    By chance, so that several that wait for the same thing do not come back together.  *clock*
    never goes back; *chance* gives numbers from 0 to 1.
    """

    def __init__(self, clock: Callable[[], float], chance: Callable[[], float]) -> None:
        self._clock = clock
        self._chance = chance
        self._failures = 0
        self._until = float("-inf")

    @property
    def left(self) -> float:
        """Seconds before the next attempt; 0: now."""
        return max(0.0, self._until - self._clock())

    def failed(self) -> bool:
        """An attempt failed; returns whether it is the first in a row."""
        pause = min(LONGEST, FIRST * 2 ** min(self._failures, 16)) * (1 - self._chance() / 2)
        self._until = self._clock() + pause
        self._failures += 1
        return self._failures == 1

    def worked(self) -> bool:
        """An attempt did not fail; returns whether the one before did."""
        recovered = self._failures > 0
        self._failures, self._until = 0, float("-inf")
        return recovered


class Errand:
    """A thread that calls *turn* again and again.

    *turn* returns the seconds until it wants to be called again.
    """

    def __init__(self, name: str, turn: Callable[[], float]) -> None:
        self._turn = turn
        self._woken = threading.Event()
        self._stopping = False
        # A daemon: what it did not get done is in the spool, and the process need not wait.
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """There may be something to do.  From any thread; never blocks."""
        self._woken.set()

    def stop(self, timeout: float) -> bool:
        """End after one last turn; returns whether that took no longer than *timeout* seconds."""
        self._stopping = True
        self._woken.set()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping:
            self._woken.wait(self._try())
            self._woken.clear()
        self._try()

    def _try(self) -> float:
        try:
            return self._turn()
        except Exception:  # ours; the next attempt may find things otherwise
            log.exception("%s", self._thread.name)
            return LONGEST
