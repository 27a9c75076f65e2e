"""Threads that do the work of calls: a few, each piece within its time, whatever it does.

How it works.  The worker's thread hands over (`begin`) and collects (`done`); only it touches the
books.  A piece that is not done in its time is a `timeout` there and then, whether its thread comes
back or not.  A thread that does not is replaced, and ends by itself when it does.  A job that has
lost too many threads is refused from then on, until it is renewed; the others go on.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from queue import SimpleQueue
from typing import Any

from ..engine.effects import Work
from ..engine.events import WorkDone, WorkOutcome
from .job import Failed, Job, TooSlow
from .plain import plain
from .secrecy import masked, revealed, secrets_in, veiled

THREADS = 8
MOST_WAITING = 100  # pieces that wait for a thread
MOST_LOST = 16  # threads that one job may lose
TOO_SLOW = "it took too long"

log = logging.getLogger("ivr.work")

Key = tuple[str, int]


@dataclass(slots=True, eq=False)
class _Piece:
    call_id: str
    work: Work
    until: float
    losses: Counter[str]  # those of the jobs it was begun with
    wanted: bool = True  # somebody waits for it
    begun: bool = False
    over: bool = False
    lost: bool = False  # its time is up, and its thread has not come back

    @property
    def key(self) -> Key:
        return self.call_id, self.work.id

    @property
    def extra(self) -> dict[str, str]:
        """For the log."""
        return {"call": self.call_id}

    def ends(self, outcome: WorkOutcome, reason: str, value: Any = None) -> WorkDone:
        return WorkDone(self.work.id, outcome, value, reason)


class Pool:
    """Does pieces of work by their jobs' names, in at most *threads* threads at once.

    *jobs* makes each job when it is first asked for, in one of these threads.  *limits* are the
    seconds that a job may have at most.  *wake* is called, from any thread, when there is something
    to collect.  No thread is there before the first piece of work.
    """

    def __init__(
        self,
        jobs: Mapping[str, Callable[[], Job]],
        wake: Callable[[], None] = lambda: None,
        *,
        threads: int = THREADS,
        limits: Mapping[str, float] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.wake = wake
        self._threads = threads
        self._clock = clock
        self._pieces: dict[Key, _Piece] = {}
        self._queue: SimpleQueue[_Piece | None] = SimpleQueue()
        self._results: deque[tuple[_Piece, WorkDone]] = deque()
        self._lock = threading.Lock()
        self._told = threading.Event()
        self._live = 0  # threads that are there, and not lost
        self.renew(jobs, limits)

    def renew(
        self, jobs: Mapping[str, Callable[[], Job]], limits: Mapping[str, float] | None = None
    ) -> None:
        """Do what comes from now on with these."""
        self._jobs = {name: _Made(make) for name, make in jobs.items()}
        self._limits = limits or {}
        self._losses: Counter[str] = Counter()  # threads, by job

    # -- the worker's side -----------------------------------------------------------------------

    def begin(self, call_id: str, work: Work) -> None:
        """Have *work* done; `done` tells how it ended, in every case."""
        seconds = min(work.seconds, self._limits.get(work.job, inf))
        piece = _Piece(call_id, work, self._clock() + seconds, self._losses)
        self._pieces[piece.key] = piece
        waiting = sum(not piece.begun for piece in self._pieces.values())
        if work.job not in self._jobs:
            self._refuse(piece, f"nobody does {work.job} here")
        elif self._losses[work.job] >= MOST_LOST:
            self._refuse(piece, f"{MOST_LOST} pieces of {work.job} have not come back")
        elif waiting > MOST_WAITING:
            self._refuse(piece, "too much to do")
        else:
            self._queue.put(piece)
            self._hire()

    def stop(self, call_id: str, id: int) -> None:
        """Nobody waits for this piece any more; what has not begun never does."""
        piece = self._pieces.get((call_id, id))
        if piece is not None:
            piece.wanted = False

    def forget(self, call_id: str) -> None:
        """The call is over."""
        for piece in self._pieces.values():
            if piece.call_id == call_id:
                piece.wanted = False

    def done(self) -> list[tuple[str, WorkDone]]:
        """What has come to its end, as (call id, event)."""
        ended: list[tuple[_Piece, WorkDone]] = []
        while self._results:
            piece, done = self._results.popleft()
            if piece.lost:
                piece.losses[piece.work.job] -= 1  # back after all
            ended.append((piece, done))
        now = self._clock()
        for piece in [piece for piece in self._pieces.values() if piece.until <= now]:
            with self._lock:
                piece.lost = piece.begun and not piece.over
            if piece.lost:
                self._live -= 1
                piece.losses[piece.work.job] += 1
                log.warning("%s has not come back in time", piece.work.job, extra=piece.extra)
            if not piece.over:
                ended.append((piece, piece.ends("timeout", TOO_SLOW)))
        found = [(piece.call_id, done) for piece, done in ended if self._close(piece)]
        self._hire()
        return found

    def wait(self, seconds: float) -> None:
        """Until there is something to collect, and no longer than this."""
        self._told.wait(seconds)
        self._told.clear()

    @property
    def due(self) -> float:
        """When `done` has something to tell, should nothing come before; for ever: never."""
        if self._results:
            return -inf
        return min((piece.until for piece in self._pieces.values()), default=inf)

    def close(self) -> None:
        """No more work: threads end as they come back."""
        for _ in range(self._live):
            self._queue.put(None)

    def _refuse(self, piece: _Piece, reason: str) -> None:
        log.warning("%s: %s", piece.work.job, reason, extra=piece.extra)
        piece.over = True
        self._results.append((piece, piece.ends("failed", reason)))

    def _close(self, piece: _Piece) -> bool:
        """Whether there still is somebody to be told how *piece* ended."""
        if self._pieces.get(piece.key) is not piece:
            return False
        del self._pieces[piece.key]
        wanted, piece.wanted = piece.wanted, False
        return wanted

    def _hire(self) -> None:
        """See that there are threads enough."""
        while self._live < min(self._threads, len(self._pieces)):
            try:
                threading.Thread(target=self._serve, name="ivr-work", daemon=True).start()
            except RuntimeError as error:  # the machine has none; what waits is too late then
                log.error("no thread for what calls have done: %s", error)
                return
            self._live += 1

    # -- the threads' side -----------------------------------------------------------------------

    def _serve(self) -> None:
        while (piece := self._queue.get()) is not None:
            piece.begun = True
            done = self._do(piece) if piece.wanted else piece.ends("failed", "nobody waits for it")
            with self._lock:
                piece.over, lost = True, piece.lost
            self._results.append((piece, done))
            self._told.set()
            self.wake()
            if lost:
                return  # another has taken its place

    def _do(self, piece: _Piece) -> WorkDone:
        work = piece.work
        secrets = list(secrets_in(work.order))
        try:
            job = self._jobs[work.job].get()
            left = piece.until - self._clock()
            if left <= 0:
                raise TooSlow
            value = veiled(plain(job(revealed(work.order), left)), secrets)
            return piece.ends("ok", "", value)
        except TooSlow:
            return piece.ends("timeout", TOO_SLOW)
        except Failed as error:
            return self._failed(piece, error, secrets)
        except BaseException as error:  # also SystemExit: it is the job's, not ours
            trace = "".join(traceback.format_exception(error))
            log.error("%s: %s", work.job, masked(trace, secrets), extra=piece.extra)
            return piece.ends("failed", masked(f"{type(error).__name__}: {error}", secrets)[:500])

    def _failed(self, piece: _Piece, error: Failed, secrets: list[str]) -> WorkDone:
        reason = masked(str(error), secrets)[:500]
        try:
            value = veiled(plain(error.value), secrets)
        except Failed:
            value = None
        return piece.ends("failed", reason, value)


class _Made:
    """A job, made once, when it is first needed."""

    __slots__ = ("_job", "_lock", "_make")

    def __init__(self, make: Callable[[], Job]) -> None:
        self._make = make
        self._job: Job | None = None
        self._lock = threading.Lock()

    def get(self) -> Job:
        with self._lock:
            if self._job is None:
                self._job = self._make()
            return self._job
