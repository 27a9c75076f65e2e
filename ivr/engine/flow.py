"""A flow is a map: states, and for each state the outcomes that lead on.

The map is a `transitions` Machine, built once when the flow is loaded and shared by every call.
Calls are never registered with it: a call is a cursor, an object with a ``state`` attribute.  The
machine sees outcomes only, a handful per call; keys and audio never reach it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Protocol
from zoneinfo import ZoneInfo

from transitions import Machine, MachineError

from .call import Call
from .effects import Prompt
from .errors import Fault, FlowError, LoadError
from .house import NOWHERE
from .statuses import CODES

END = "end"
GIVEN_UP = ("no_input", "no_match")  # the outcomes of a question that was asked often enough
RESERVED = (END, "*", "=")  # the last two mean "any" and "the same" to `transitions`

Step = Callable[[Call], Awaitable[str]]

# One INFO record per callback of every step would triple what a step costs.
logging.getLogger("transitions").setLevel(logging.WARNING)


class Cursor(Protocol):
    """Whatever walks over a flow: it only has to remember where it is."""

    state: str


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """Where something is written; lines and columns count from 1."""

    file: str = ""
    line: int = 0
    column: int = 0

    def fault(self, message: str) -> Fault:
        return Fault(self.file, self.line, self.column, message)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class State:
    """One state: what it does, and where each outcome leads (`on`); none: it ends the call.

    `prompts`: what it may play, and `addresses`: whom it may have us call, and where it says so;
    as far as that can be told without running it.
    """

    name: str
    step: Step
    on: Mapping[str, str]
    place: Place = Place()
    on_places: Mapping[str, Place] = field(default_factory=dict)
    prompts: frozenset[Prompt] = frozenset()
    addresses: frozenset[tuple[str, Place]] = frozenset()


class Flow:
    """Named states, each an async function that returns its outcome."""

    def __init__(
        self, name: str, *, start: str, language: str = "", place: Place = Place()
    ) -> None:
        self.name = name
        self.start = start
        self.language = language
        self.place = place
        self.version = ""  # of the file it was read from
        self.statuses = CODES  # of named refusals; the settings may have others
        self.zone: ZoneInfo | None = None
        self.house = NOWHERE
        self.states: dict[str, State] = {}
        self._machine: Machine | None = None

    def state(self, /, **on: str) -> Callable[[Step], Step]:
        """Declare a state: its function's name is the state's name, *on* its outcomes.

        Without outcomes the function must end the call (`hang_up`, `redirect`, `reject`).
        """

        def declare(step: Step) -> Step:
            code = step.__code__
            place = Place(code.co_filename, code.co_firstlineno)
            self.add(State(step.__name__, step, on, place))
            return step

        return declare

    def add(self, state: State) -> None:
        """Add *state*; raises `LoadError` when its name is taken."""
        if state.name in self.states or state.name in RESERVED:
            why = "is reserved" if state.name in RESERVED else "is declared twice"
            raise LoadError([state.place.fault(f"state {state.name!r} {why}")])
        self.states[state.name] = state
        self._machine = None

    def check(self) -> Flow:
        """Build the map.  Raises `LoadError` with all that is wrong with it."""
        faults = self.faults()
        if faults:
            raise LoadError(faults)
        self._machine = Machine(
            model=None,
            states=[*self.states, END],
            transitions=[
                {"trigger": _trigger(outcome), "source": state.name, "dest": target}
                for state in self.states.values()
                for outcome, target in state.on.items()
            ],
            initial=self.start,
            auto_transitions=False,
        )
        return self

    def faults(self) -> list[Fault]:
        """What is wrong with the map: unknown, unreachable and endless states."""
        # What is reachable means nothing on a map with holes.
        return sorted(self._holes() or [*self._dead_ends(), *self._asked_for_ever()])

    def _holes(self) -> list[Fault]:
        found = []
        if self.start not in self.states:
            found.append(self.place.fault(f"start: {_unknown(self.start, self.states)}"))
        for state in self.states.values():
            for outcome, target in state.on.items():
                if target not in self.states and target != END:
                    place = state.on_places.get(outcome, state.place)
                    found.append(
                        place.fault(f"{state.name}: {outcome}: {_unknown(target, self.states)}")
                    )
        return found

    def _asked_for_ever(self) -> Iterator[Fault]:
        for state in self.states.values():
            for outcome in GIVEN_UP:
                if state.on.get(outcome) == state.name:
                    place = state.on_places.get(outcome, state.place)
                    yield place.fault(
                        f"{state.name}: {outcome} leads back to the state itself, where no attempt"
                        " is left; raise attempts, or lead elsewhere"
                    )

    def _dead_ends(self) -> list[Fault]:
        onward = {name: set(state.on.values()) for name, state in self.states.items()}
        backward: dict[str, set[str]] = {}
        for name, targets in onward.items():
            for target in targets or {END}:
                backward.setdefault(target, set()).add(name)
        reached, ending = _reach(self.start, onward), _reach(END, backward)
        return [
            state.place.fault(
                f"state {name!r} is never reached"
                if name not in reached
                else f"state {name!r} has no way to an end; lead an outcome to {END!r}"
            )
            for name, state in self.states.items()
            if name not in reached or name not in ending
        ]

    def enter(self, cursor: Cursor, state: str = "") -> None:
        """Put *cursor* on *state*, one of `states`; on the start state where none is given."""
        self._ready().set_state(state or self.start, cursor)

    def move(self, cursor: Cursor, outcome: str) -> None:
        """Follow *outcome* out of the state that the cursor is in.  Raises `FlowError`."""
        try:
            self._ready().events[_trigger(outcome)].trigger(cursor)
        except (KeyError, MachineError):
            known = ", ".join(sorted(self.states[cursor.state].on)) or "none"
            raise FlowError(f"the outcome {outcome!r} is not declared; declared: {known}") from None

    def _ready(self) -> Machine:
        if self._machine is None:
            self.check()
        assert self._machine is not None
        return self._machine


def _trigger(outcome: str) -> str:
    """What the machine calls *outcome*: it keeps the name ``state`` for itself."""
    return f"on {outcome}"


def _reach(start: str, arrows: Mapping[str, Iterable[str]]) -> set[str]:
    reached, todo = {start}, [start]
    while todo:
        fresh = set(arrows.get(todo.pop(), ())) - reached
        reached |= fresh
        todo += fresh
    return reached


def _unknown(name: str, states: Mapping[str, State]) -> str:
    close = get_close_matches(name, [*states, END], n=1)
    hint = f"; did you mean {close[0]!r}?" if close else f"; states: {', '.join(states) or 'none'}"
    return f"no such state: {name!r}{hint}"
