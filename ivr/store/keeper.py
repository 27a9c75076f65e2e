"""Makes the records of calls that are over, and brings them where they belong.

Theory.  The journal of a call is on disk before anything else, and its marker says that the record
is still owed.  A batch of records goes into the database, then into the file; then its markers move
on.  Whoever dies in between, the same batch is offered again, and the database (by the call's id)
and the file (by what it remembers) take only what they lack.  So each record arrives once, and
while the database is away the spool grows.
"""

from __future__ import annotations

import errno
import logging
import random
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from ..engine.errors import SettingsError
from . import calls
from .database import Database
from .errand import Errand, Patience
from .forget import forget_files
from .json_lines import JsonLines
from .record import CallRecord, Unreadable, plain, record_of
from .spool import DONE, WEBHOOK, Spool

if TYPE_CHECKING:
    from .webhook import Webhook

BATCH = 100  # records in a transaction
LOOK = 1.0  # seconds between two looks at the spool
DAY = 86400.0
SCARCE = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)  # the machine's fault, no journal's

log = logging.getLogger("ivr.store")


class Keeper:
    """Keeps the records of one machine, in a thread of its own.

    `keep_days`: how long, 0 for ever.  *repair* puts recordings in place that dead workers left
    unfinished.  *clock* never goes back, *wall* is the time of day, *chance* from 0 to 1.
    """

    def __init__(
        self,
        spool: Spool,
        database: Database,
        host: str,
        *,
        file: JsonLines | None = None,
        webhook: Webhook | None = None,
        keep_days: int = 0,
        repair: Callable[[], object] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.spool = spool
        self.database = database
        self.host = host
        self.keep_days = keep_days
        self._file = file
        self._webhook = webhook
        self._repair = repair
        self._clock = clock
        self._wall = wall
        self._patience = Patience(clock, chance)
        self._graves: deque[tuple[str, str, float | None]] = deque()
        self._is_current = False  # the schema
        self._is_repaired = False  # whatever was left before we began
        self._forget_at = float("-inf")
        self._errand = Errand("keeper", self.turn)

    def start(self) -> None:
        """Begin to keep records."""
        self._errand.start()
        if self._webhook:
            self._webhook.errand.start()

    def bury(self, life: str, cause: str, died: float | None = None) -> None:
        """Close the records of what a dead worker left.  From any thread; never blocks.

        *cause* becomes their reason.  *died* is the time of day at which it was seen to be dead, in
        seconds since 1970; None: the last that its calls are known to have done was their end.
        """
        self._graves.append((life, cause, died))
        self._errand.wake()

    def stop(self, timeout: float) -> bool:
        """Deliver what can be delivered at once; False: it took longer than *timeout* seconds.

        What is not delivered stays in the spool.
        """
        until = self._clock() + timeout
        stopped = self._errand.stop(timeout)
        if self._webhook:
            stopped &= self._webhook.errand.stop(max(0.0, until - self._clock()))
            self._webhook.close()
        return stopped

    def turn(self) -> float:
        """Do all that is due; returns the seconds until the next turn."""
        try:
            self._bury()
            if left := self._patience.left:
                return left
            self._deliver()
            self._forget()
        except (SQLAlchemyError, SettingsError, OSError) as error:
            self._is_current = False  # it may come back as another one, which has no tables
            if self._patience.failed():
                what = getattr(error, "orig", None) or error
                log.error("records wait in %s: %s: %s", self.spool.folder, self.database, what)
            return self._patience.left
        if self._patience.worked():
            log.info("records are kept again, in %s", self.database)
        return LOOK

    def _bury(self) -> None:
        dug = len(self._graves)  # those that come meanwhile have to wait for a repair of theirs
        if dug or not self._is_repaired:
            try:
                self._repair()
            except OSError as error:
                log.error("recordings of dead workers may not be in place: %s", error)
            self._is_repaired = True
        for _ in range(dug):
            life, cause, died = self._graves[0]
            with self.spool.locked():
                cut_off = self.spool.bury(life, cause, died)
            self._graves.popleft()
            if cut_off:
                calls = ", ".join(cut_off)
                log.warning("worker %s: %d calls cut off: %s: %s", life, len(cut_off), cause, calls)

    def _deliver(self) -> None:
        if not self._is_current:
            with self.spool.locked():
                self.database.upgrade()
            self._is_current = True
        waiting = self.spool.names(DONE)
        for first in range(0, len(waiting), BATCH):
            with self.spool.locked():
                self._deliver_batch(waiting[first : first + BATCH])

    def _deliver_batch(self, names: Sequence[str]) -> None:
        records = self._insert(list(self._records(names)))
        if self._file and records:
            self._file.write([plain(record, self.host) for record in records])
        for record in records:
            if self._webhook:
                self.spool.move(record.id, DONE, WEBHOOK)
            else:
                self.spool.drop(record.id, DONE)
        if self._file and records:
            self._file.commit()
        if self._webhook:
            self._webhook.errand.wake()

    def _records(self, names: Sequence[str]) -> Iterator[CallRecord]:
        for name in names:
            try:
                yield record_of(name, self.spool.lines(DONE, name))
            except (OSError, Unreadable) as error:
                if isinstance(error, OSError) and error.errno in SCARCE:
                    raise
                self.spool.set_aside(name, DONE, error)

    def _insert(self, records: list[CallRecord]) -> list[CallRecord]:
        """Put *records* into the database; returns those that it took."""
        try:
            calls.insert(self.database, records, self.host, self._audio)
        except (DataError, IntegrityError) as error:
            if len(records) > 1:
                return [record for one in records for record in self._insert([one])]
            self.spool.set_aside(records[0].id, DONE, error.orig)
            return []
        return records

    def _audio(self, file: str) -> bytes | None:
        path = self.spool.sound(file)
        if path is None:
            log.error("the message %s is not on this machine, nor in the database then", file)
        return path.read_bytes() if path else None

    def _forget(self) -> None:
        if not self.keep_days or self._clock() < self._forget_at:
            return
        moment = datetime.fromtimestamp(self._wall(), UTC) - timedelta(days=self.keep_days)
        with self.database.writing() as connection:
            gone = calls.remove_before(connection, moment)
        with self.spool.locked():
            forget_files(self.spool, moment)
        self._forget_at = self._clock() + DAY
        log.info("%d records from before %s are deleted", gone, moment.date())
