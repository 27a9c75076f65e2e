"""A flow is a map: states, and for each state the outcomes that lead on.

The map is a `transitions` Machine, built once when the flow is loaded and shared by every call.
Calls are never registered with it: a call is a cursor, an object with a ``state`` attribute.  The
machine sees outcomes only, a handful per call; keys and audio never reach it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from copy import copy
from functools import cached_property
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from transitions import Machine, MachineError

from . import flow_check
from .choices import Ways
from .choices import universal as universal_choices
from .codes import Code
from .effects import Prompt
from .errors import Fault, FlowError, LoadError
from .handlers import SORRY, apologise, arrows, ladder
from .house import NO_HOUSE
from .limits import DeadAir, MaxDuration
from .saying.tongues import base_of
from .state import END, NOWHERE, RESERVED, Place, State, Step
from .values import Secret
from .variables import HANDED, Variable, Variables, variable_of

__all__ = ["END", "RESERVED", "USUAL", "Cursor", "Flow", "Place", "State", "Step"]

# One INFO record per callback of every step would triple what a step costs.
logging.getLogger("transitions").setLevel(logging.WARNING)


class Cursor(Protocol):
    """Whatever walks over a flow: it only has to remember where it is."""

    state: str


USUAL = DeadAir()


class Flow:
    """Named states, each an async function that returns its outcome.

    One with `outcomes` can be called by another flow (`call_flow`): it is over when a state leads
    to one of them, as to a state.  `arguments` are the variables that the caller sets; `returns`
    has an expression for each value that he may have.  With `variables` only those, and the
    arguments, exist.  Both are given as `Variable`, as the name of a type, or as the value that
    they have at first.

    `handlers` says where outcomes lead that a state leaves out, each a state, or states by how
    often it came in this call: ``{1: "menu", 3: "operator"}``.  `on_error` is the state for what
    fails; without one the caller hears an apology, and goes to the state `operator`, if there is
    one.  `dead_air` is what he hears when the flow waits in silence (None: nothing), `max_duration`
    how long a call may last.

    `language` is the one that its calls begin in (empty: that of the number, or of the project),
    `languages` those in which all its prompts must exist.

    `universal` are choices that each `ask` offers, such as ``{"repeat": "*", "back": "#"}``; those
    called top and operator lead to the states `top` (the start, unless it is named) and `operator`.
    Raises ValueError for what cannot be such a choice.
    """

    def __init__(
        self,
        name: str,
        *,
        start: str,
        language: str = "",
        languages: Collection[str] = (),
        arguments: Mapping[str, object] | None = None,
        outcomes: Collection[str] = (),
        returns: Mapping[str, str] | None = None,
        variables: Mapping[str, object] | None = None,
        handlers: Mapping[str, str | Mapping[int, str]] | None = None,
        on_error: str = "",
        operator: str = "",
        universal: Mapping[str, Ways] | None = None,
        top: str = "",
        dead_air: DeadAir | None = USUAL,
        max_duration: MaxDuration | None = None,
        place: Place = NOWHERE,
    ) -> None:
        self.name = name
        self.start = start
        self.language = language
        self.languages = tuple(languages)
        self.place = place
        self.version = ""  # of the files it was read from
        self.warnings: list[Fault] = []  # what in them is not as its author meant it
        self.secrets: Mapping[str, Secret] = {}  # of the settings
        self.zone: ZoneInfo | None = None
        self.house = NO_HOUSE
        self.arguments = _declared(arguments or {})
        self.translations: Mapping[str, Mapping[str, Prompt]] = {}  # of defaults, by language
        self.outcomes = tuple(outcomes)
        self.returns = dict(returns or {})
        self.variables = None if variables is None else _declared(variables)
        self.handlers = {name: ladder(each) for name, each in (handlers or {}).items()}
        self.on_error = on_error
        self.operator = operator
        self.universal = universal_choices(universal or {})
        self.top = top
        self.dead_air = dead_air
        self.max_duration = max_duration
        self.farewells: dict[str, Step] = {}  # by state; "" for all others
        self.handler_places: dict[str, Place] = {}
        self.word_places: dict[str, Place] = {}  # of universal choices
        self.states: dict[str, State] = {}
        self._machine: Machine | None = None

    @property
    def ends(self) -> tuple[str, ...]:
        """Where it can be over: an outcome, or with the call."""
        return (END, *self.outcomes)

    @property
    def declared(self) -> dict[str, Variable]:
        """Its variables, and its arguments that are variables, too."""
        values = {name: each for name, each in self.arguments.items() if each.type not in HANDED}
        return {**values, **(self.variables or {})}

    def default(self, argument: str, language: str) -> Any:
        """What *argument* is where nobody gives it, to a caller with this *language*."""
        said = self.translations.get(base_of(language), {})
        return said.get(argument, self.arguments[argument].default)

    @property
    def prompts(self) -> set[Prompt]:
        """The prompts that it may play in any state."""
        limit, silence = self.max_duration, self.dead_air
        found = {*limit.warning, *limit.play} if limit else set()
        return found | set(silence.play if silence else ())

    def fresh(self) -> Variables:
        """Its variables as they are at first."""
        return Variables(self.declared, others=self.variables is None)

    def family(self) -> list[Flow]:
        """It, and every flow that may be called on the way, as far as that can be told."""
        found: list[Flow] = [self]
        for flow in found:
            called = {each for state in flow.states.values() for each in state.flows}
            found += sorted(called - set(found), key=lambda each: each.name)
        return found

    @cached_property
    def path_names(self) -> frozenset[str]:
        """The names of its states as a journal has them, those of flows that it calls as well.

        To be asked for once all of them are loaded.
        """
        own, *called = self.family()
        return frozenset(own.states).union(path_name(f, s) for f in called for s in f.states)

    def state(self, /, *, on_error: str = "", **on: str) -> Callable[[Step], Step]:
        """Declare a state: its function's name is the state's name, *on* its outcomes.

        Without outcomes the function must end the call (`hang_up`, `redirect`, `reject`).
        *on_error* is the state that follows when it fails.
        """

        def declare(step: Step) -> Step:
            code = step.__code__
            place = Place(code.co_filename, code.co_firstlineno)
            self.add(State(step.__name__, step, on, place, on_error=on_error))
            return step

        return declare

    def on_hang_up(self, *states: str) -> Callable[[Step], Step]:
        """Declare what is done once the call is over, whoever ended it: once, within 5 s, and
        without the caller.  With *states* it is what is done when the call ends in one of them."""

        def declare(step: Step) -> Step:
            self.farewells |= dict.fromkeys(states or ("",), step)
            return step

        return declare

    def add(self, state: State) -> None:
        """Add *state*; raises `LoadError` when its name is taken."""
        if state.name in self.states or state.name in (*RESERVED, *self.outcomes):
            if state.name in self.states:
                wrong, code = "is declared twice", Code.GIVEN_TWICE
            else:
                wrong, code = "is reserved", Code.RESERVED_NAME
            raise LoadError([state.place.fault(f"state {state.name!r} {wrong}", code)])
        self.states[state.name] = state
        self._machine = None

    def begun_by(self, state: State, farewell: Step) -> Flow:
        """The same flow with *state* before its start, and *farewell* after calls that end there.

        To be checked anew.
        """
        begun = copy(self)
        begun.start, begun.top = state.name, self.top or self.start
        begun.states = {state.name: state, **self.states}
        begun.farewells = {**self.farewells, state.name: farewell}
        begun._machine = None
        vars(begun).pop("path_names", None)
        return begun

    def faults(self) -> list[Fault]:
        """What is wrong with the map: unknown, unreachable and endless states."""
        return flow_check.faults(self)

    def check(self) -> Flow:
        """Build the map.  Raises `LoadError` with all that is wrong with it."""
        if self.operator:
            self.states.setdefault(SORRY, State(SORRY, apologise, {"done": self.operator}))
        faults = self.faults()
        if faults:
            raise LoadError(faults)
        self._machine = Machine(
            model=None,
            states=[*self.states, *self.ends],
            transitions=[
                {
                    "trigger": _trigger(arrow.outcome, arrow.rung),
                    "source": name,
                    "dest": arrow.target,
                }
                for name, state in self.states.items()
                for arrow in arrows(self, state)
            ],
            initial=self.start,
            auto_transitions=False,
        )
        return self

    @property
    def folder(self) -> str:
        """Where its file is, with the sound files beside it; empty: it has none."""
        return self.place.file.rpartition("/")[0]

    def enter(self, cursor: Cursor, state: str = "") -> None:
        """Put *cursor* on *state*, one of `states`; on the start state where none is given."""
        self._ready().set_state(state or self.start, cursor)

    def move(
        self,
        cursor: Cursor,
        outcome: str,
        counts: dict[str, int] | None = None,
        back: str = "",
    ) -> bool:
        """Follow *outcome* out of the state that the cursor is in.  Raises `FlowError`.

        *counts*: how often the outcomes came for which that makes a difference; whether this is one
        of them is returned.  *back* is where the universal choice of that name leads.
        """
        beyond = self.beyond(back).get(str(outcome), "")
        if beyond and outcome not in self.states[cursor.state].on and outcome not in self.handlers:
            self.enter(cursor, beyond)
            return False
        rung = 0
        steps = self.handlers.get(outcome, ()) if isinstance(outcome, str) else ()
        if len(steps) > 1 and outcome not in self.states[cursor.state].on:
            key = f"{self.name}: {outcome}"
            counts = {} if counts is None else counts
            counts[key] = counts.get(key, 0) + 1
            rung = max(least for least, _ in steps if least <= counts[key])
        try:
            self._ready().events[_trigger(outcome, rung or 1)].trigger(cursor)
        except (KeyError, MachineError):
            known = ", ".join(sorted(self.states[cursor.state].on)) or "none"
            raise FlowError(f"the outcome {outcome!r} is not declared; declared: {known}") from None
        return rung > 0

    def beyond(self, back: str = "") -> dict[str, str]:
        """Where the universal choices lead that leave a state, unless it says otherwise."""
        if not self.universal.names:
            return {}
        targets = {"back": back, "top": self.top or self.start, "operator": self.operator}
        return {name: targets[name] for name in self.universal.names if targets.get(name)}

    def _ready(self) -> Machine:
        if self._machine is None:
            self.check()
        assert self._machine is not None
        return self._machine


def _trigger(outcome: str, rung: int = 1) -> str:
    """What the machine calls *outcome*: it keeps the name ``state`` for itself."""
    return f"on {outcome}" if rung == 1 else f"on {outcome}, {rung}"


def path_name(flow: Flow, state: str) -> str:
    """What a journal calls *state* of *flow*, where another flow has called it."""
    return f"{flow.name}.{state}"


def _declared(given: Mapping[str, object]) -> dict[str, Variable]:
    return {name: variable_of(each) for name, each in given.items()}
