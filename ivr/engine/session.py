"""One call walking through one flow: events in, effects out.

How it works.  A state is a coroutine, driven by hand: the session sends an event in and gets back
the time until which the state wants to wait.  When the coroutine returns its outcome, the flow's
map names the next state, whose coroutine is started at once, until one waits or the call ends.

    Offered -> [enter state] -> (wait) -> event -> ... -> outcome -> [enter state] -> ... -> ended

An operator may move a call to another state, have a prompt played in between, or end the call.

Whatever goes wrong inside hurts this call only: it is noted with its state and its line, the caller
hears an apology, and the call ends.  `handle` never raises.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from .aftermath import Aftermath
from .blame import blame, words
from .call import FOREVER, Call
from .effects import Effect, HangUp, Play, Prompt
from .errors import CallEnded, CallMoved, FlowError
from .events import (
    Answered,
    Digit,
    Dismissed,
    Event,
    Heard,
    HungUp,
    Interjected,
    Moved,
    Offered,
    PlayDone,
    Tick,
    WorkDone,
)
from .flow import Flow
from .handlers import APOLOGY, error_handler, farewell_of
from .interjection import Interjection
from .limits import CallTime, DeadAirWatch
from .phase import SOUND
from .scope import Parting
from .step_clock import StepClock

LONGEST_WAIT = 60.0  # seconds, for a state that waits without a deadline of its own
# What the session may take for itself; most of what happens in a call is for its state alone.
_OURS = frozenset((Offered, HungUp, Moved, Answered, Interjected, PlayDone, Dismissed, Tick))


class Session:
    """Drive a flow by hand.  No clock, no thread, no socket, no event loop.

    The owner calls `handle` with one event at a time, carries out every effect it returns, and
    calls it with a `Tick` once `deadline` (a time of the owner's clock) has passed.
    """

    __slots__ = (
        "_aftermath",
        "_between",
        "_clock",
        "_endless",
        "_moving",
        "_now",
        "_rescuer",
        "_started",
        "_time",
        "_until",
        "_watch",
        "call",
        "deadline",
        "ended_by",
        "flow",
        "state",
        "step",
    )

    def __init__(self, flow: Flow, call_id: str) -> None:
        self.flow = flow
        self.call = Call(
            call_id,
            given_language=flow.language,
            secrets=flow.secrets,
            vars=flow.fresh(),
            zone=flow.zone or flow.house.zone,
            house=flow.house,
            universal=flow.universal,
            folder=flow.folder,
        )
        self.call.flows = (flow.name,)
        self.state = ""
        self.deadline: float | None = None
        self.ended_by = ""
        self._started = False
        self._now = 0.0  # the owner's clock
        self._clock = StepClock()
        self._until = 0.0  # the step's clock
        self._endless = False  # the step named no moment: past it, that is the flow's fault
        self._time = CallTime(flow.max_duration)
        self._watch = DeadAirWatch(flow.dead_air.after if flow.dead_air else FOREVER)
        self._between = Interjection(self.call, self._clock, self._time)
        self._moving = ""  # the state to go to as soon as the caller has acknowledged the answer
        self._rescuer = ""  # the state that the call is in because of an error
        self.step: Coroutine[float, Event, str] | None = None  # the state, while it runs
        self._aftermath: Aftermath | None = None

    @property
    def ended(self) -> bool:
        """Whether the call and what the flow does after it are over; whatever comes is ignored."""
        return bool(self.ended_by) and self._aftermath is None

    @property
    def place(self) -> str:
        """The state that the call is in, as its journal names it; or where its flow has ended."""
        return self.state if self.state in self.flow.ends else self.call.state

    @property
    def rest_until(self) -> float:
        """The moment of the owner's clock from which keys are not the rest of a wrong entry."""
        rest = self.call.rest_until
        return self._clock.due(rest) if rest > self.call.now else rest

    def handle(self, event: Event, now: float) -> list[Effect]:
        """Take one event in; return what the world should do about it, in order.

        *now*: seconds on a clock that never goes back.
        """
        if self.ended or self._started == isinstance(event, Offered):
            return []
        if isinstance(event, Tick) and (self.deadline is None or now < self.deadline):
            return []
        self._now = now
        self._watch.told(event)
        try:
            if self._aftermath is None:
                self._take(event, now)
            elif isinstance(event, Tick | WorkDone):
                self._tidy(event)
        except KeyboardInterrupt:  # the operator's, not the flow's
            raise
        except BaseException as error:
            self._rescue(error)
        effects = self._watch.saw(self.call.drain(), self.call, now)
        if self.step is not None and self.deadline is not None:
            self.deadline = min(self.deadline, self._watch.due)
        return effects

    def _take(self, event: Event, now: float) -> None:
        self.call.now = self._clock.at(now)
        self.call.told(event)
        if self._started and not self.state:
            self._await_answer(event)
        elif type(event) in _OURS:
            self._happened(event, now)
        else:
            self._run(event)

    def _happened(self, event: Event, now: float) -> None:
        match event:
            case Tick():
                self._tick(event, now)
            case Offered(direction=direction):
                self._started = True
                self._time.begin(now)
                if direction == "in":
                    self._go_to(self.flow.start)
                else:
                    self.deadline = self._time.up
            case HungUp(by):
                self._leave(by)
            case Moved(state):
                self._move(state)
            case Answered() if self._moving:
                self._move(self._moving)
            case Interjected(prompt):
                self._interject((prompt,), now)
            case PlayDone(id) if id == self._between.id:
                self._between.end(now)
                self._set_deadline()
            case Dismissed():
                self.call.emit(HangUp(by="operator"))
                self._leave("operator")
            case _:  # an answer, or the end of a playback, that the state waits for
                self._run(event)

    def _await_answer(self, event: Event) -> None:
        """Of a call that we make: its flow begins with the far end's answer."""
        match event:
            case Answered():
                self.call.keys.clear()
                self._go_to(self.flow.start)
            case HungUp(by):
                self.call.over = True
                self._finish(by)
            case Dismissed() | Tick():
                self.call.emit(HangUp(by="operator" if isinstance(event, Dismissed) else "flow"))
                self._finish("operator" if isinstance(event, Dismissed) else "flow")

    def _go_to(self, state: str) -> None:
        self.flow.enter(self, state)
        self._enter(again=False)
        self._run(None)

    def _tick(self, event: Tick, now: float) -> None:
        call = self.call
        if now >= self._time.up:
            return self._time_is_up()
        if self._between.id:
            self._between.cut(now)
            return self._set_deadline()
        if now >= self._time.warn:
            return self._interject(self._time.warning(call), now)
        if now >= self._watch.due and self.flow.dead_air:
            self._watch.comfort(call, self.flow.dead_air.play)
        if now < self._clock.due(self._until):
            return self._set_deadline()
        if self._endless:
            raise FlowError(f"waited {LONGEST_WAIT:.0f} seconds without a deadline")
        call.now = max(call.now, self._until)  # whatever a sum of floats makes of it
        self._run(event)

    def _time_is_up(self) -> None:
        self.call.rescues = 0
        self._time.tell(self.call)
        self._throw(CallEnded, "the call's time was up")
        self._time.hang_up(self.call)
        self._part("timeout")

    def _run(self, event: Event | None) -> None:
        """Resume the state, then follow outcomes until something has to wait."""
        budget = self.call.budget
        if isinstance(event, Digit | Heard):
            budget.renew()
        elif event is not None:
            budget.rested(self.call.now)
        while True:
            assert self.step is not None
            keys = len(self.call.keys)
            try:
                until = self.step.send(event)  # type: ignore[arg-type]
            except StopIteration as stop:
                before = self.state
                self.call.note("outcome", stop.value)
                counted = self.flow.move(self, stop.value, self.call.counts, self.call.back)
                self._rescuer = ""
            except CallEnded:  # the flow ended the call itself
                return self._end()
            else:
                return self._wait(until)
            if self.state in self.flow.ends:
                return self._end()
            budget.spend(self.call.now, used_keys=len(self.call.keys) < keys)
            self._enter(again=self.state == before and not counted)
            event = None

    def _wait(self, until: object) -> None:
        call = self.call
        if not isinstance(until, float | int) or until != until:
            raise FlowError(f"awaited {until!r}; a flow can only await verbs")
        if call.over:
            raise FlowError("went on waiting after the call had ended")
        if until <= call.now:
            call.budget.spend(call.now)
        self._endless = until == FOREVER
        self._until = call.now + LONGEST_WAIT if self._endless else until
        self._set_deadline()

    def _set_deadline(self) -> None:
        self.deadline = min(self._clock.due(self._until), self._time.due)

    def _enter(self, *, again: bool) -> None:
        self.step = None
        self.call.entered(self.state, again=again)
        step: Any = self.flow.states[self.state].step(self.call)
        if not isinstance(step, Coroutine):
            raise FlowError("a state must be an async function")
        self.step = step

    def _leave(self, by: str) -> None:
        """The call is gone."""
        self.ended_by, self.call.over = by, True
        self._throw(CallEnded, "the call had ended")
        self._part(by)

    def _throw(self, error: type[CallEnded | CallMoved], what: str) -> None:
        """Let the verb that was waiting tidy up."""
        assert self.step is not None
        try:
            self.step.throw(error())
        except (error, StopIteration):
            return
        raise FlowError(f"went on waiting after {what}")

    # What an operator wants.

    def _move(self, state: str) -> None:
        call = self.call
        if state not in self.flow.states:
            known = ", ".join(self.flow.states)
            return call.note("not_moved", f"no such state: {state!r}; states: {known}")
        self._moving = state if call.answering else ""
        if self._moving:
            return
        try:
            self._throw(CallMoved, "the call was moved")
        except CallEnded:  # it ended the call while it tidied up
            return self._end()
        self._rescuer = ""
        call.budget.renew()
        call.keys.clear()
        self._go_to(state)

    def _interject(self, prompts: tuple[Prompt, ...], now: float) -> None:
        if prompts:
            self._between.begin(prompts, now)
        self._set_deadline()

    def _rescue(self, error: BaseException) -> None:
        """The flow is broken; maybe so much that not even that can be told."""
        try:
            self._fail(error)
        except KeyboardInterrupt:
            raise
        except BaseException as another:
            self.step = self._aftermath = self.deadline = None
            self.ended_by = "error"
            self.call.note("failed", f"{self.call.state}: {type(another).__name__}")
            self.call.end(500)
            self.call.typed_secrets.clear()
            self.call.note("end", "error")

    def _fail(self, error: BaseException) -> None:
        """The flow is broken: say so in the journal; a handler of the flow's goes on, if any."""
        call, state = self.call, self.flow.states.get(self.state)
        call.note("failed", f"{self.state}: {blame(error, call, state, self.step)}")
        self._close()  # stops what it had running, before an apology
        handler = error_handler(self.flow, self.state, call)
        if self.ended_by or handler == "" or self._rescuer == self.state:
            return self._give_up()
        call.rescued()
        self._rescuer = handler
        try:
            self._go_to(handler)
        except KeyboardInterrupt:
            raise
        except BaseException as another:
            self._fail(another)

    def _give_up(self) -> None:
        """Apologise, and end the call."""
        call = self.call
        if call.phase in SOUND.phases and not call.over:
            apology = call.new_id()
            call.emit(Play(apology, (APOLOGY,), call.language))
            call.emit(HangUp(apology) if call.answered else HangUp(apology, code=500))
        else:
            call.end(500)
        self._part(self.ended_by or "error")

    def _end(self) -> None:
        self.call.end()
        self._part("flow")

    def _part(self, by: str) -> None:
        """The call is over; what the flow does after it begins."""
        call = self.call
        self.ended_by, self.step, self.deadline = by, None, None
        call.keys.clear()
        farewell = farewell_of(self.flow, self.state)
        if farewell is not None:
            call.partings.append(Parting(farewell, call.vars))
        if not call.partings:
            return self._finish(by)
        self._between.end(self._now)
        call.now = self._clock.at(self._now)
        self._aftermath = Aftermath(call, call.partings)
        self._tidy(None)

    def _tidy(self, event: Event | None) -> None:
        aftermath = self._aftermath
        assert aftermath is not None
        self.call.now = self._clock.at(self._now)
        if aftermath.goes_on(event):
            self.deadline = self._clock.due(aftermath.deadline)
        else:
            self._aftermath = None
            self._finish(self.ended_by)

    def _finish(self, by: str) -> None:
        self.step, self.deadline, self.ended_by = None, None, by
        self.call.tidying = False
        self.call.keys.clear()
        if self.call.vars:
            known = ", ".join(f"{name}={value}" for name, value in self.call.vars.items())
            self.call.note("variables", known)
        self.call.forget_secrets()
        self.call.note("end", by)

    def _close(self) -> None:
        step, self.step = self.step, None
        if step is None:
            return
        try:
            step.close()
        except CallEnded:  # it ended the call while it tidied up
            pass
        except BaseException as error:
            self.call.note("failed", f"{self.state}: while closing: {words(error, self.call)}")
