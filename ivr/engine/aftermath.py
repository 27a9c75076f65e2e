"""What a flow does after its call: once, without the caller, and not for long."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from .blame import blame
from .call import FOREVER, Call
from .errors import CallEnded, FlowError
from .events import Event
from .state import Place, State, Step

LONGEST = 5.0  # seconds


class Aftermath:
    """A walk through the verbs of `on_hang_up`.  `deadline`, of the call's clock, is when it wants
    to be looked at again."""

    __slots__ = ("_call", "_limit", "_state", "_walk", "deadline")

    def __init__(self, call: Call, step: Step) -> None:
        self._call = call
        self._limit = self.deadline = call.now + LONGEST
        code = getattr(step, "__code__", None)
        place = Place(code.co_filename, code.co_firstlineno) if code is not None else Place()
        self._state = State("on_hang_up", step, {}, place)
        self._walk: Coroutine[float, Event | None, str] | None = None
        call.tidying, call.place = True, ""

    def goes_on(self, event: Event | None) -> bool:
        """Take *event* in, none at the beginning; whether there is more to come."""
        call = self._call
        try:
            if self._walk is None:
                step: Any = self._state.step(call)
                if not isinstance(step, Coroutine):
                    raise FlowError("on_hang_up must be an async function")
                self._walk = step
            elif call.now >= self._limit:
                raise FlowError(f"took longer than {LONGEST:.0f} seconds")
            until = self._walk.send(event)
            if not isinstance(until, float | int) or until != until:
                raise FlowError(f"awaited {until!r}; a flow can only await verbs")
        except (StopIteration, CallEnded):
            return False
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            call.note("failed", f"on_hang_up: {blame(error, call, self._state, self._walk)}")
            self._close()
            return False
        self.deadline = self._limit if until == FOREVER else min(until, self._limit)
        return True

    def _close(self) -> None:
        if self._walk is not None:
            try:
                self._walk.close()
            except BaseException as error:
                self._call.note("failed", f"on_hang_up: while closing: {error}")
