"""What a flow does after its call: once, without the caller, and not for long."""

from __future__ import annotations

from collections import deque
from collections.abc import Coroutine, Iterable
from typing import Any

from .blame import blame
from .call import FOREVER, Call
from .errors import CallEnded, FlowError
from .events import Event
from .scope import Parting
from .state import Place, State, Step

LONGEST = 5.0  # seconds


class Aftermath:
    """A walk through the verbs of one `on_hang_up` after the other.  `deadline`, of the call's
    clock, is when it wants to be looked at again."""

    __slots__ = ("_call", "_left", "_limit", "_state", "_vars", "_walk", "deadline")

    def __init__(self, call: Call, partings: Iterable[Parting]) -> None:
        self._call = call
        self._limit = self.deadline = call.now + LONGEST
        self._left = deque(partings)
        self._vars = call.vars
        self._state: State | None = None
        self._walk: Coroutine[float, Event | None, str] | None = None
        call.tidying = True
        call.budget.renew()

    def goes_on(self, event: Event | None) -> bool:
        """Take *event* in, none at the beginning; whether there is more to come."""
        call = self._call
        while self._walk is not None or self._left:
            try:
                if self._walk is None:
                    self._walk, event = self._begun(self._left.popleft()), None
                elif call.now >= self._limit:
                    self._left.clear()
                    raise FlowError(f"took longer than {LONGEST:.0f} seconds")
                until = self._walk.send(event)
                if not isinstance(until, float | int) or until != until:
                    raise FlowError(f"awaited {until!r}; a flow can only await verbs")
                if until <= call.now:
                    call.budget.spend(call.now)
            except (StopIteration, CallEnded):
                self._walk = None
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                call.note("failed", f"on_hang_up: {blame(error, call, self._state, self._walk)}")
                self._close()
            else:
                self.deadline = self._limit if until == FOREVER else min(until, self._limit)
                return True
        call.vars = self._vars
        return False

    def _begun(self, parting: Parting) -> Coroutine[float, Event | None, str]:
        self._state = State("on_hang_up", parting.step, {}, _place(parting.step))
        self._call.place, self._call.vars = "", parting.vars
        walk: Any = parting.step(self._call)
        if not isinstance(walk, Coroutine):
            raise FlowError("on_hang_up must be an async function")
        return walk

    def _close(self) -> None:
        walk, self._walk = self._walk, None
        if walk is not None:
            try:
                walk.close()
            except BaseException as error:
                self._call.note("failed", f"on_hang_up: while closing: {error}")


def _place(step: Step) -> Place:
    code = getattr(step, "__code__", None)
    return Place(code.co_filename, code.co_firstlineno) if code is not None else Place()
