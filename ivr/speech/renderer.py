"""The thread that makes sounds, so that the SIP thread never waits for one."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

log = logging.getLogger("ivr.prompts")

Job = TypeVar("Job", bound=Hashable)


class _Waiting(Generic[Job]):
    """Somebody who wants `jobs` done, and is told at `deadline` at the latest."""

    def __init__(self, jobs: set[Job], deadline: float, done: Callable[[], None]) -> None:
        self.jobs = jobs
        self.deadline = deadline
        self.done = done


class Renderer(Generic[Job]):
    """Does jobs in the order they came, each once however many wait for it.

    `make` does a job and may block; `rest` is called when there was nothing to do for `idle`
    seconds, after which the threads end, too.  The next job starts them again.  All methods are
    safe from any thread; callbacks come from threads of this class, one at a time per waiter.
    """

    def __init__(
        self, make: Callable[[Job], None], rest: Callable[[], None], idle: float = 60.0
    ) -> None:
        self._make = make
        self._rest = rest
        self._idle = idle
        # Guards everything below.
        self._changed = threading.Condition()
        self._queue: deque[Job] = deque()
        self._under_way: set[Job] = set()
        self._waiting: list[_Waiting[Job]] = []
        self._worker: threading.Thread | None = None
        self._watch: threading.Thread | None = None
        self._resting = False
        self._closed = False

    def submit(self, jobs: Iterable[Job], limit: float | None, done: Callable[[], None]) -> None:
        """Call `done` once: when all `jobs` were made or `limit` seconds (None: never) are over.

        A job goes on after its limit.  After `close`, `done` is called at once, in this thread.
        """
        deadline = float("inf") if limit is None else time.monotonic() + limit
        wanted = list(dict.fromkeys(jobs))
        waiting = _Waiting(set(wanted), deadline, done)
        with self._changed:
            if wanted and not self._closed:
                self._waiting.append(waiting)
                new = [job for job in wanted if job not in self._under_way]
                self._queue.extend(new)
                self._under_way.update(new)
                self._start_threads()
                self._changed.notify_all()
                return
        _tell(waiting)

    def rest(self) -> None:
        """Go to rest as soon as there is nothing to do, rather than after `idle` seconds.

        Waits for it; a process may be forked afterwards.
        """
        with self._changed:
            self._resting = True
            threads = self._threads()
            self._changed.notify_all()
        for thread in threads:
            thread.join()
        with self._changed:
            self._resting = False

    def close(self) -> None:
        """End for good.  Whoever waits is told now; a job under way is not waited for long."""
        with self._changed:
            self._closed = True
            self._queue.clear()
            told, self._waiting = self._waiting, []
            threads = self._threads()
            self._changed.notify_all()
        for waiting in told:
            _tell(waiting)
        # Breaks off what the worker is waiting for.
        self._rest()
        for thread in threads:
            thread.join(timeout=5)

    def _threads(self) -> list[threading.Thread]:
        both = (self._worker, self._watch)
        return [thread for thread in both if thread and thread is not threading.current_thread()]

    def _start_threads(self) -> None:
        if self._worker is None:
            self._worker = threading.Thread(target=self._work, name="ivr-prompts", daemon=True)
            self._worker.start()
        if self._watch is None:
            self._watch = threading.Thread(target=self._keep, name="ivr-prompts-limit", daemon=True)
            self._watch.start()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                self._make(job)
            except Exception:
                log.exception("A prompt could not be made")
            with self._changed:
                self._under_way.discard(job)
                for waiting in self._waiting:
                    waiting.jobs.discard(job)
                told = [waiting for waiting in self._waiting if not waiting.jobs]
                self._waiting = [waiting for waiting in self._waiting if waiting.jobs]
                self._changed.notify_all()
            for waiting in told:
                _tell(waiting)

    def _next(self) -> Job | None:
        """The next job, None when this thread may end."""
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._queue or self._closed or self._resting, timeout=self._idle
                )
                if self._queue:
                    return self._queue.popleft()
            # Not under the lock: it may take a while, and must not meet the next job.
            self._rest()
            with self._changed:
                if not self._queue:
                    self._worker = None
                    return None

    def _keep(self) -> None:
        """Tell those whose time is over."""
        while True:
            with self._changed:
                now = time.monotonic()
                told = [waiting for waiting in self._waiting if waiting.deadline <= now]
                self._waiting = [waiting for waiting in self._waiting if waiting.deadline > now]
                if not told:
                    if self._waiting:
                        soonest = min(waiting.deadline for waiting in self._waiting)
                        self._changed.wait(min(soonest - now, self._idle))
                    elif self._closed or self._resting or not self._changed.wait(self._idle):
                        self._watch = None
                        return
            for waiting in told:
                _tell(waiting)


def _tell(waiting: _Waiting[Job]) -> None:
    try:
        waiting.done()
    except Exception:
        log.exception("Whoever waited for a prompt failed")
