"""What calls out may cost: who may be called, and how much in an hour.

All workers of a machine count in one file, without a lock: each has a row that only it writes, and
reads those of all.  So the limits hold to within the calls that begin at the very same time, and
over restarts.
"""

from __future__ import annotations

import logging
import mmap
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from ..engine.errors import SettingsError
from ..engine.targets import Allowed, remedy
from .settings import LineSettings

logger = logging.getLogger(__name__)

HOUR = 60  # minutes, and so many buckets has a row
ROWS = 4096  # more than there are workers: a row is that of the SIP port, modulo this
TICK = 30.0  # seconds between two countings of a talk
_BUCKET = 3  # numbers: the minute since 1970, calls that began in it, milliseconds talked
_ROW = HOUR * _BUCKET
# First the newest minute of each row, so that those of nobody need not be read.
_SIZE = 4 * (ROWS + ROWS * _ROW)
_MOST = 2**32 - 1


class Ledger:
    """Calls and talked time of the last hour, to the minute.  `wall` is seconds since 1970.

    A `file` of None, or one that cannot be written, is a ledger of this process alone.
    """

    def __init__(self, file: Path | None, row: int) -> None:
        self._row = row % ROWS
        self._numbers = memoryview(_memory(file)).cast("I")

    def began(self, wall: float) -> None:
        """A call out began."""
        self._add(1, wall, 1)

    def talked(self, milliseconds: int, wall: float) -> None:
        """Somebody was talked to for so long, up to now."""
        self._add(2, wall, milliseconds)

    def last_hour(self, wall: float) -> tuple[int, float]:
        """Calls, and minutes talked."""
        now, calls, milliseconds = int(wall // 60), 0, 0
        for row, newest in enumerate(self._numbers[:ROWS].tolist()):
            if newest and now - newest < HOUR:
                first = ROWS + row * _ROW
                numbers = iter(self._numbers[first : first + _ROW].tolist())
                # A clock that was set back must not make what was just called come cheap.
                for minute, began, talked in zip(numbers, numbers, numbers, strict=True):
                    if minute and abs(now - minute) < HOUR:
                        calls += began
                        milliseconds += talked
        return calls, milliseconds / 60_000

    def _add(self, what: int, wall: float, count: int) -> None:
        numbers, minute = self._numbers, int(wall // 60)
        bucket = ROWS + self._row * _ROW + minute % HOUR * _BUCKET
        if numbers[bucket] != minute:
            numbers[bucket + 1] = numbers[bucket + 2] = 0
            numbers[bucket] = minute
        numbers[self._row] = max(minute, numbers[self._row])
        numbers[bucket + what] = min(_MOST, numbers[bucket + what] + count)


def _memory(file: Path | None) -> mmap.mmap:
    if file is not None:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            number = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                # Not `ftruncate`: on a full disk a hole that is written to ends the process.
                os.posix_fallocate(number, 0, _SIZE)
                return mmap.mmap(number, _SIZE)
            finally:
                os.close(number)
        except OSError as error:
            logger.warning(
                "%s: %s: calls out are counted by each worker alone", file, error.strerror
            )
    return mmap.mmap(-1, _SIZE)


class Tolls:
    """Decides about each call out of one line, and counts it.

    `later` has something done in so many seconds; `clock` measures how long somebody talks, `wall`
    says in which minute that was.
    """

    def __init__(
        self,
        settings: LineSettings,
        later: Callable[[float, Callable[[], None]], object],
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._later, self._ticking = later, False
        self._clock, self._wall = clock, wall
        self._talking: dict[int, float | None] = {}  # key of a leg: since when, once it talks

    def open(self) -> None:
        """Opens the ledger.  Raises `SettingsError` for an entry of `may_call` that is none."""
        here = self._settings
        try:
            self._allowed = Allowed(here.may_call or _own(here))
        except ValueError as error:
            raise SettingsError(f"calls_out.allow: {error}") from None
        self._ledger = Ledger(here.ledger, here.port)

    def refuses(self, uri: str, call: str) -> str:
        """Why call *call* may not lead to *uri*; empty: it may.  The log says what to do."""
        reason, more = self._judge(uri)
        if reason:
            logger.warning("call %s: %s is not called: %s: %s", call, uri, reason, more)
        return reason

    def _judge(self, uri: str) -> tuple[str, str]:
        if not self._allowed.permits(uri):
            return "not_allowed", remedy(uri)
        self._count(list(self._talking))
        calls, minutes = self._ledger.last_hour(self._wall())
        most = self._settings
        if calls >= most.calls_per_hour:
            return "too_many_calls", f"{calls} in the last hour; see calls_out.calls_per_hour"
        if minutes >= most.minutes_per_hour:
            return "too_many_minutes", f"{minutes:.0f} in an hour; see calls_out.minutes_per_hour"
        return "", ""

    def permits(self, uri: str) -> bool:
        """Whether a call that has begun may go on to *uri*."""
        return self._allowed.permits(uri)

    def began(self, leg: int) -> None:
        """We call: leg with this key."""
        self._talking[leg] = None
        self._ledger.began(self._wall())

    def answered(self, leg: int) -> None:
        """Leg with this key talks, if it is one that we called."""
        if leg in self._talking and self._talking[leg] is None:
            self._talking[leg] = self._clock()
            if not self._ticking:
                self._ticking = True
                self._later(TICK, self._tick)

    def ended(self, leg: int) -> None:
        """Leg with this key is over, if it is one that we called."""
        self._count([leg])
        self._talking.pop(leg, None)

    def _tick(self) -> None:
        """Long talks are counted while they last, for the other workers to see."""
        self._count(list(self._talking))
        self._ticking = any(since is not None for since in self._talking.values())
        if self._ticking:
            self._later(TICK, self._tick)

    def _count(self, legs: Iterable[int]) -> None:
        now, milliseconds = self._clock(), 0
        for leg in legs:
            since = self._talking.get(leg)
            if since is not None:
                spent = int(1000 * (now - since))
                self._talking[leg] = since + spent / 1000
                milliseconds += spent
        if milliseconds:
            self._ledger.talked(milliseconds, self._wall())


def _own(settings: LineSettings) -> list[str]:
    """The addresses of the line itself."""
    return [host for host in (settings.address, settings.advertised) if host != "0.0.0.0"]
