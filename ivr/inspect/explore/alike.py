"""What makes two calls alike: from there on the same can happen to both, so one is followed.

Two calls are alike when these are the same:

- the flows they are in, and of each its state, the place of its verb, and how often its questions
  have failed;
- the functions that wait in one another, each at the same spot, with the same small values in those
  that the flow's author wrote;
- what the line is busy with: work, and whether it was silent before; far ends, a recording, a
  screening, an answer; whether keys were typed ahead;
- the variables, by class: yes or no as it is; numbers that the flow counts with as they are, as far
  as the largest that it compares or computes them with (a function of the author's: that it speaks
  of, and `NEAR`), and others by their sign; texts by whether there is anything in them, and those
  that the flow puts together by their length, as far; what the flow compares with something as it
  is; and what every condition of the flow says of them;
- how often outcomes came that a handler counts, and errors were dealt with; what is remembered; and
  what the schedules say that may yet be asked.

How long it took to come there, and by which way, is no part of it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from decimal import Decimal
from types import FrameType
from typing import Any

from ...engine.flow import Flow
from ...engine.scope import Scope
from ...engine.values import Secret
from ...testing.line import SimulatedLine
from ...testing.memory import Memories
from ...testing.simulated_call import SimulatedCall
from .constants import Constants, constants
from .standing import failures, frames

HUSHED = 1.0  # seconds
LADDER = 20  # times that an outcome came; no handler counts further
_ENGINE = ("ivr.engine", "ivr.flowfile", "ivr.testing")
_SMALL = str | int | bool | Decimal | None


class Alike:
    """Tells calls of one flow from one another."""

    def __init__(self, flow: Flow, later: Mapping[str, tuple[Any, ...]]) -> None:
        """*later*: the schedules that may be asked in or after a state."""
        self._flows = {each.name: each for each in flow.family()}
        self._constants: dict[str, Constants] = {}
        self._later = later
        self._goes_back = any("back" in each.universal.names for each in self._flows.values())

    def of(self, flow: str) -> Constants:
        """What the flow of this name says of its variables."""
        if flow not in self._constants:
            known = self._flows.get(flow)
            self._constants[flow] = constants(known) if known else Constants()
        return self._constants[flow]

    def key(self, simulated: SimulatedCall, at_first: Memories) -> Hashable:
        """The same for calls that are alike; *at_first* was remembered when they began."""
        line = simulated.line
        session = line.session
        call = session.call
        scopes = tuple(
            self._scope(scope, name) for scope, name in zip(call.scopes, call.flows, strict=True)
        )
        return (
            session.ended_by,
            scopes,
            call.phase,
            call.language,
            call.rescues,
            tuple(sorted((name, min(count, LADDER)) for name, count in call.counts.items())),
            tuple(self._frame(each, call.flows[-1]) for each in frames(session)),
            failures(session),
            bool(call.keys),
            _busy(line, at_first),
            self._open(simulated),
        )

    def _scope(self, scope: Scope, flow: str) -> Hashable:
        known = self.of(flow)
        names = {
            name: _class(value, known, known.far(name, scope.vars))
            for name, value in scope.vars.items()
        }
        tries = tuple((each.no_input, each.no_match) for each in scope.tries)
        trail = tuple(scope.trail)[-2:] if self._goes_back else ()
        truths = known.truths(scope.vars) if known.conditions else ()
        return flow, scope.state, scope.place, tries, trail, tuple(sorted(names.items())), truths

    def _frame(self, frame: FrameType, flow: str) -> Hashable:
        code = frame.f_code
        own = not frame.f_globals.get("__name__", "").startswith(_ENGINE)
        small: tuple[Hashable, ...] = ()
        if own:
            known = Constants()
            small = tuple(
                (name, _class(value, known, Decimal(self.of(flow).spoken)))
                for name, value in frame.f_locals.items()
                if isinstance(value, _SMALL)
            )
        return code.co_qualname, frame.f_lasti, small

    def _open(self, simulated: SimulatedCall) -> Hashable:
        """What the schedules say that may yet be asked."""
        call = simulated.session.call
        later = self._later.get(call.scopes[0].state, ())
        if not later:
            return ()
        return tuple(rules.decide(call.time.astimezone(rules.zone or call.zone)) for rules in later)


def _busy(line: SimulatedLine, at_first: Memories) -> Hashable:
    taking = line.session.call.taking
    boxes = {
        box: tuple(sorted({each.heard for each in kept}))
        for box, kept in line.mailboxes.known().items()
    }
    return (
        tuple(work.job for work in line.jobs),
        bool(line.jobs) and _hushed(line),
        tuple((one.to, one.answered, one.joined) for one in line.far_ends.there),
        line.recording is not None,
        line.screening is not None,
        line.listening is not None,
        taking is not None and len(taking.typed),
        line.voiceless,
        _remembered(line, at_first),
        tuple(sorted(boxes.items())),
    )


def _hushed(line: SimulatedLine) -> bool:
    """Whether the caller has heard nothing for a while."""
    last = line.sounds[-1].end if line.sounds else 0.0
    return line.playing is None and line.now - last > HUSHED


def _remembered(line: SimulatedLine, at_first: Memories) -> Hashable:
    """What the call itself has left."""
    return tuple(
        (scope, name, repr(value))
        for scope, values in sorted(line.memory.known(line.now).items())
        for name, value in sorted(values.items())
        if at_first.get(scope, {}).get(name) != value
    )


def _class(value: object, known: Constants, far: Decimal) -> Hashable:
    match value:
        case bool() | None:
            return value
        case int() | Decimal():
            if abs(Decimal(value)) <= far or known.is_constant(value):
                return value
            return "less" if value < 0 else "more" if value else 0
        case Secret():
            return "secret" if value.reveal() else "no secret"
        case str():
            if not value or known.is_constant(value):
                return value
            return ("a text", len(value)) if known.counted and len(value) <= far else "a text"
    return type(value).__name__
