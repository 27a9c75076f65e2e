"""What is wrong with the map of a flow: unknown, unreachable and endless states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

from .codes import Code
from .effects import Given
from .errors import Fault
from .handlers import SORRY, arrows, handler_targets
from .limits import wrong_with
from .names import wrong_name
from .state import END, Place
from .variables import HANDED

if TYPE_CHECKING:
    from .flow import Flow

GIVEN_UP = ("no_input", "no_match")  # the outcomes of a question that was asked often enough


def faults(flow: Flow) -> list[Fault]:
    """All that is wrong with the map of *flow*, in the order of its files."""
    # What is reachable means nothing on a map with holes.
    return sorted(_holes(flow) or [*_dead_ends(flow), *_asked_for_ever(flow)])


def _holes(flow: Flow) -> list[Fault]:
    found = list(_about_all(flow))
    if flow.start not in flow.states:
        found.append(_unknown(flow.place, "start", flow.start, flow.states))
    if "operator" in flow.universal.names and not flow.operator:
        missing = "universal: operator leads nowhere; expected operator: and a state beside it"
        found.append(flow.place.fault(missing, Code.MISSING_KEY))
    known = [*flow.states, *flow.ends]
    for name, target in handler_targets(flow):
        if target not in known:
            place = flow.handler_places.get(name, flow.place)
            found.append(_unknown(place, name, target, known))
    for state in flow.states.values():
        for outcome, target in state.on.items():
            if target not in known:
                place = state.on_places.get(outcome, state.place)
                found.append(_unknown(place, f"{state.name}: {outcome}", target, known))
        if state.on_error and state.on_error not in known:
            place = state.on_places.get("on_error", state.place)
            found.append(_unknown(place, f"{state.name}: on_error", state.on_error, known))
    return [*found, *_not_handed(flow)]


def _about_all(flow: Flow) -> Iterator[Fault]:
    """What is wrong with what the flow says of all its calls."""
    wrong = wrong_name(flow.name, "flow")
    if wrong:
        yield flow.place.fault(wrong, Code.BAD_NAME)
    wrong = wrong_with(flow.max_duration) if flow.max_duration else ""
    if wrong:
        yield flow.place.fault(f"max_duration: {wrong}", Code.AT_ODDS)


def _not_handed(flow: Flow) -> Iterator[Fault]:
    """Prompts of arguments that are none, and variables that only arguments can be."""
    for name, variable in (flow.variables or {}).items():
        if variable.type in HANDED:
            wrong = f"variables: {name}: only an argument can be {variable.type}"
            yield flow.place.fault(wrong, Code.WRONG_TYPE)
    prompts = [name for name, each in flow.arguments.items() if each.type == "prompts"]
    for state in flow.states.values():
        for name in sorted(p.name for p in state.prompts if isinstance(p, Given)):
            if name not in prompts:
                words = f"of prompts; there are: {', '.join(prompts) or 'none'}"
                wrong = f"{state.name}: no argument {name!r} {words}"
                yield state.place.fault(wrong, Code.UNKNOWN_VARIABLE)


def _asked_for_ever(flow: Flow) -> Iterator[Fault]:
    for state in flow.states.values():
        last = {arrow.outcome: arrow for arrow in arrows(flow, state)}
        certain = state.on.keys() | (state.left or frozenset())
        for outcome in GIVEN_UP:
            arrow = last.get(outcome) if outcome in certain else None
            if arrow is not None and arrow.target == state.name:
                handler = flow.handler_places.get(f"handlers: {outcome}", state.place)
                place = state.on_places.get(outcome, handler)
                yield place.fault(
                    f"{state.name}: {outcome} leads back to the state itself, where no attempt"
                    " is left; raise attempts, or lead elsewhere",
                    Code.ASKED_FOR_EVER,
                )


def reached(flow: Flow) -> set[str]:
    """The states and ends of *flow* that a call can come to."""
    onward = _onward(flow)
    for name, state in flow.states.items():
        onward[name] |= {state.on_error, flow.on_error, flow.operator, flow.top}
    return _reach(flow.start, onward)


def _onward(flow: Flow) -> dict[str, set[str]]:
    return {
        name: {arrow.target for arrow in arrows(flow, state) if arrow.possible}
        for name, state in flow.states.items()
    }


def _dead_ends(flow: Flow) -> Iterator[Fault]:
    backward: dict[str, set[str]] = {}
    for name, targets in _onward(flow).items():
        for target in targets or {END}:
            backward.setdefault(END if target in flow.ends else target, set()).add(name)
    known, ending = reached(flow), _reach(END, backward)
    for name, state in flow.states.items():
        if name == SORRY:
            continue
        if name not in known:
            yield state.place.fault(f"state {name!r} is never reached", Code.UNREACHABLE_STATE)
        elif name not in ending:
            yield state.place.fault(
                f"state {name!r} has no way to an end; lead an outcome to {END!r}",
                Code.NO_WAY_OUT,
            )
    for outcome in flow.outcomes:
        if outcome not in known:
            wrong = f"outcomes: no state leads to {outcome!r}"
            yield flow.place.fault(wrong, Code.UNREACHABLE_OUTCOME)


def _reach(start: str, arrows: Mapping[str, Iterable[str]]) -> set[str]:
    reached, todo = {start}, [start]
    while todo:
        fresh = set(arrows.get(todo.pop(), ())) - reached
        reached |= fresh
        todo += fresh
    return reached


def _unknown(place: Place, what: str, name: str, known: Iterable[str]) -> Fault:
    names = list(dict.fromkeys([*known, END]))
    close = get_close_matches(name, names, n=1)
    states = ", ".join(name for name in names if name != END) or "none"
    hint = f"; did you mean {close[0]!r}?" if close else f"; states: {states}"
    return place.fault(f"{what}: no such state: {name!r}{hint}", Code.UNKNOWN_STATE)
