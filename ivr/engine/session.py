"""One call walking through one flow: events in, effects out.

How it works.  A state is a coroutine, driven by hand: the session sends an event in and gets back
the time until which the state wants to wait.  When the coroutine returns its outcome, the flow's
map names the next state, whose coroutine is started at once, until one waits or the call ends.

    Offered -> [enter state] -> (wait) -> event -> ... -> outcome -> [enter state] -> ... -> ended

Whatever goes wrong inside hurts this call only: it is noted with its state and its line, the caller
hears an apology, and the call ends.  `handle` never raises.
"""

from __future__ import annotations

from collections.abc import Coroutine
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from .call import Call
from .effects import Effect, HangUp, Play, Reject
from .errors import CallEnded, FlowError, StateTooSlow
from .events import Answered, Digit, Event, HungUp, Offered, Tick
from .flow import END, Flow

MAX_MOVES = 50  # states entered without waiting once; more is a loop in the flow
LONGEST_WAIT = 60.0  # seconds, for a state that waits without a deadline of its own
LONGEST_CALL = 4 * 3600.0  # seconds; no caller stays that long, a flow that waits for ever would
APOLOGY = "sorry"  # the prompt that a caller hears when a flow breaks

_ENGINE = str(Path(__file__).parents[1])


class Session:
    """Drive a flow by hand.  No clock, no thread, no socket, no event loop.

    The owner calls `handle` with one event at a time, carries out every effect it returns, and
    calls it with a `Tick` once `deadline` (a time of the owner's clock) has passed.
    """

    __slots__ = (
        "_call_limit",
        "_limit",
        "_started",
        "_step",
        "call",
        "deadline",
        "ended_by",
        "flow",
        "state",
    )

    def __init__(self, flow: Flow, call_id: str) -> None:
        self.flow = flow
        self.call = Call(call_id, language=flow.language)
        self.state = ""
        self.deadline: float | None = None
        self.ended_by = ""
        self._started = False
        self._limit = 0.0  # past it, a wait is the flow's fault
        self._call_limit = 0.0
        self._step: Coroutine[float | None, Event, str] | None = None

    @property
    def ended(self) -> bool:
        """Whether the flow is over; whatever comes now is ignored."""
        return bool(self.ended_by)

    def handle(self, event: Event, now: float) -> list[Effect]:
        """Take one event in; return what the world should do about it, in order.

        *now*: seconds on a clock that never goes back.
        """
        if self.ended or self._started == isinstance(event, Offered):
            return []
        if isinstance(event, Tick) and (self.deadline is None or now < self.deadline):
            return []
        try:
            self._take(event, now)
        except (Exception, CallEnded, StateTooSlow) as error:
            self._fail(error)
        return self.call.drain()

    def _take(self, event: Event, now: float) -> None:
        call = self.call
        call.now = now
        if isinstance(event, Digit):
            call.pressed(event.key)
        elif isinstance(event, Answered):
            call.answered = True
        elif isinstance(event, HungUp):
            return self._leave(event)
        elif isinstance(event, Offered):
            self._started, self._call_limit = True, now + LONGEST_CALL
            call.offered(event, now)
            self.flow.enter(self)
            self._enter(again=False)
            return self._run(None)
        elif isinstance(event, Tick) and now >= self._limit:
            raise FlowError(
                f"waited {LONGEST_WAIT:.0f} seconds without a deadline"
                if now < self._call_limit
                else f"the call lasted longer than {LONGEST_CALL / 3600:.0f} hours"
            )
        self._run(event)

    def _run(self, event: Event | None) -> None:
        """Resume the state, then follow outcomes until something has to wait."""
        for _ in range(MAX_MOVES):
            assert self._step is not None
            try:
                until = self._step.send(event)  # type: ignore[arg-type]
            except StopIteration as stop:
                before = self.state
                self.flow.move(self, stop.value)
            except CallEnded:  # the flow ended the call itself
                return self._finish("flow")
            else:
                return self._wait(until)
            if self.state == END:
                if self.call.answered:
                    self.call.emit(HangUp())
                else:
                    self.call.emit(Reject(480))
                return self._finish("flow")
            self._enter(again=self.state == before)
            event = None
        raise FlowError(f"{MAX_MOVES} states entered without waiting once: a loop in the flow")

    def _wait(self, until: object) -> None:
        if until is None:
            self._limit = min(self._call_limit, self.call.now + LONGEST_WAIT)
            until = self._limit
        elif isinstance(until, float | int):
            self._limit = self._call_limit
        else:
            raise FlowError(f"awaited {until!r}; a flow can only await verbs")
        self.deadline = min(until, self._limit)

    def _enter(self, *, again: bool) -> None:
        self.call.entered(again)
        self.call.note("state", self.state)
        step: Any = self.flow.states[self.state].step(self.call)
        self._step = step

    def _leave(self, event: HungUp) -> None:
        """The call is gone: let the verb that was waiting tidy up."""
        assert self._step is not None
        try:
            self._step.throw(CallEnded())
        except (CallEnded, StopIteration):
            self._finish(event.by)
        else:
            self._finish(event.by)
            raise FlowError("went on waiting after the call had ended")

    def _fail(self, error: BaseException) -> None:
        """The flow is broken: say so in the journal, apologise, end the call."""
        call, detail = self.call, f"{self.state}: {self._where(error)}{_words(error)}"
        call.note("failed", detail)
        call.keys.clear()
        if self.ended:
            return
        if call.answered:
            apology = call.new_id()
            call.emit(Play(apology, (APOLOGY,), call.language))
            call.emit(HangUp(after=apology))
        else:
            call.emit(Reject(500))
        self._finish("error")

    def _finish(self, by: str) -> None:
        step, self._step, self.deadline, self.ended_by = self._step, None, None, by
        if step is not None:
            try:
                step.close()
            except (Exception, StateTooSlow) as error:
                self.call.note("failed", f"{self.state}: while closing: {_words(error)}")
        self.call.keys.clear()
        self.call.note("end", by)

    def _where(self, error: BaseException) -> str:
        """``file:line: `` of the flow's own code that *error* came from or that was waiting."""
        if self.call.place:
            return f"{self.call.place}: "
        frames: list[tuple[CodeType, int]] = []
        trace = error.__traceback__
        while trace is not None:
            frames.append((trace.tb_frame.f_code, trace.tb_lineno))
            trace = trace.tb_next
        waiting: Any = self._step
        while waiting is not None:
            frame: FrameType | None = getattr(waiting, "cr_frame", None)
            if frame is not None:
                frames.append((frame.f_code, frame.f_lineno))
            waiting = getattr(waiting, "cr_await", None)
        own = [f for f in frames if not f[0].co_filename.startswith(_ENGINE)]
        own = own or [(self.flow.states[self.state].step.__code__, 0)]
        code, line = own[-1]
        return f"{code.co_filename}:{line or code.co_firstlineno}: "


def _words(error: BaseException) -> str:
    if isinstance(error, FlowError):
        return str(error)
    if isinstance(error, StateTooSlow):
        return "the state computed for too long without awaiting"
    return f"{type(error).__name__}: {error}"
