"""Interrupts a state that computes too long without awaiting: its call ends, its neighbours go on.

Waiting costs nothing; what counts is the time between two waits.  A state that hangs in C code is
not reached by this.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from .engine.aftermath import Aftermath
from .engine.errors import StateTooSlow
from .engine.session import Session

STATE_LIMIT = 0.2  # seconds of the processor
PATIENCE = 2.0  # seconds of the clock, for one that sleeps, or a machine that has no time for us
BEAT = 0.02  # seconds


class StateGuard:
    """``with guard:`` around `Session.handle`.  Works in the main thread; elsewhere it is idle.

    `beat` is called every 20 ms meanwhile: this thread is the one that moves the neighbours' sound.

    The alarm becomes `StateTooSlow` inside the state only: between two calls of `handle`, or in
    what it does itself, an exception would lose effects.
    """

    # The places where a session lets the flow's code run.
    _inside = frozenset(
        walk.__code__
        for walk in (
            *(Session._run, Session._throw, Session._close, Session._enter),
            *(Aftermath.goes_on, Aftermath._close),
        )
    )

    def __init__(self, beat: Callable[[], None]) -> None:
        self._beat = beat
        self._guarding = False
        self._on = threading.current_thread() is threading.main_thread()
        if self._on:
            signal.signal(signal.SIGALRM, self._ring)

    def __enter__(self) -> None:
        if self._on:
            self._guarding = True
            self._begin()
            signal.setitimer(signal.ITIMER_REAL, BEAT)

    def __exit__(self, *error: object) -> None:
        if self._on:
            self._guarding = False
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _begin(self) -> None:
        self._worked, self._began = time.thread_time(), time.monotonic()

    def _ring(self, number: int, frame: FrameType | None) -> None:
        if not self._guarding:  # it came as the state ended
            return
        self._beat()
        # Only now: where a beat has to wait for a core, alarms would pile up on one another.
        signal.setitimer(signal.ITIMER_REAL, BEAT)
        if (
            time.thread_time() - self._worked < STATE_LIMIT
            and time.monotonic() - self._began < PATIENCE
        ):
            return
        self._begin()  # again and again, in case that the state swallows the first one
        inner = frame
        while inner is not None and inner.f_code not in self._inside:
            inner = inner.f_back
        if inner is not None and inner is not frame:
            raise StateTooSlow
