"""Interrupts a state that computes too long without awaiting: its call ends, its neighbours go on.

Waiting costs nothing; what counts is the time between two waits.  A state that hangs in C code is
not reached by this.  Calls on a line and simulated ones are guarded alike.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import ClassVar

from .engine.aftermath import Aftermath
from .engine.errors import StateTooSlow
from .engine.session import Session

STATE_LIMIT = 0.2  # seconds of the processor
PATIENCE = 2.0  # seconds of the clock, for one that sleeps, or a machine that has no time for us
BEAT = 0.02  # seconds
IMPORTING = "<frozen importlib"
_ALARM = int(signal.SIGALRM)
# That of `signal` looks for a member of an enumeration first, which takes ten times as long.
_handler_of = signal._signal.getsignal  # type: ignore[attr-defined]


class StateGuard:
    """``with guard:`` around `Session.handle`.  Works in the main thread; elsewhere it is idle, and
    so it is where a program that we are a library of uses the alarm itself.

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
    _guarding: ClassVar[list[StateGuard]] = []  # the innermost last; of all there is one alarm

    def __init__(
        self,
        beat: Callable[[], None] = lambda: None,
        limit: float = STATE_LIMIT,
        patience: float = PATIENCE,
    ) -> None:
        self._beat = beat
        self._limit, self._patience = limit, patience

    def __enter__(self) -> None:
        if _may_ring():
            self._guarding.append(self)
            self._swallows = False
            self._begin()
            signal.setitimer(signal.ITIMER_REAL, BEAT)

    def __exit__(self, *error: object) -> None:
        if self in self._guarding[-1:] and threading.current_thread() is threading.main_thread():
            self._guarding.pop()
            if self._swallows:
                sys.settrace(None)
            signal.setitimer(signal.ITIMER_REAL, BEAT if self._guarding else 0)

    def _begin(self) -> None:
        self._worked, self._began = time.thread_time(), time.monotonic()

    def _ring(self, frame: FrameType | None) -> None:
        self._beat()
        # Only now: where a beat has to wait for a core, alarms would pile up on one another.
        signal.setitimer(signal.ITIMER_REAL, BEAT)
        if (
            time.thread_time() - self._worked < self._limit
            and time.monotonic() - self._began < self._patience
        ):
            return
        self._begin()
        inner = frame
        while inner is not None and inner.f_code not in self._inside:
            if inner.f_code.co_filename.startswith(IMPORTING):
                return  # half a module would be left, for all calls to come
            inner = inner.f_back
        # A debugger goes through it line by line, and its user has all the time he needs.
        if frame is None or inner is None or inner is frame or sys.gettrace() not in (None, _look):
            return
        if self._swallows:  # the first one; what is raised where it does so ends its loop
            _raise_in_each_line(frame, inner)
        self._swallows = True
        raise StateTooSlow


def _raise_in_each_line(frame: FrameType | None, outer: FrameType) -> None:
    """Have what runs there, within *outer*, end with the next of its lines."""
    while frame is not None and frame is not outer:
        frame.f_trace = _raise
        frame = frame.f_back
    sys.settrace(_look)


def _look(frame: FrameType, event: str, argument: object) -> None: ...


def _raise(frame: FrameType, event: str, argument: object) -> None:
    if event == "line":
        raise StateTooSlow


def _ring(number: int, frame: FrameType | None) -> None:
    if StateGuard._guarding:  # else it came as the state ended
        StateGuard._guarding[-1]._ring(frame)


def _may_ring() -> bool:
    """Whether the alarm is ours."""
    if threading.current_thread() is not threading.main_thread():
        return False
    known = _handler_of(_ALARM)
    if known is _ring:
        return True
    if known != signal.SIG_DFL:
        return False
    signal.signal(_ALARM, _ring)
    return True
