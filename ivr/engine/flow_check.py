"""What is wrong with the map of a flow: unknown, unreachable and endless states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

from .effects import Given
from .errors import Fault
from .handlers import SORRY, arrows, handler_targets
from .state import END
from .variables import HANDED

if TYPE_CHECKING:
    from .flow import Flow

GIVEN_UP = ("no_input", "no_match")  # the outcomes of a question that was asked often enough


def faults(flow: Flow) -> list[Fault]:
    """All that is wrong with the map of *flow*, in the order of its files."""
    # What is reachable means nothing on a map with holes.
    return sorted(_holes(flow) or [*_dead_ends(flow), *_asked_for_ever(flow)])


def _holes(flow: Flow) -> list[Fault]:
    found = []
    if flow.start not in flow.states:
        found.append(flow.place.fault(f"start: {_unknown(flow.start, flow.states)}"))
    if "operator" in flow.universal.names and not flow.operator:
        missing = "universal: operator leads nowhere; expected operator: and a state beside it"
        found.append(flow.place.fault(missing))
    known = [*flow.states, *flow.ends]
    for name, target in handler_targets(flow):
        if target not in known:
            place = flow.handler_places.get(name, flow.place)
            found.append(place.fault(f"{name}: {_unknown(target, known)}"))
    for state in flow.states.values():
        for outcome, target in state.on.items():
            if target not in known:
                place = state.on_places.get(outcome, state.place)
                found.append(place.fault(f"{state.name}: {outcome}: {_unknown(target, known)}"))
        if state.on_error and state.on_error not in known:
            wrong = f"{state.name}: on_error: {_unknown(state.on_error, known)}"
            found.append(state.on_places.get("on_error", state.place).fault(wrong))
    return [*found, *_not_handed(flow)]


def _not_handed(flow: Flow) -> Iterator[Fault]:
    """Prompts of arguments that are none, and variables that only arguments can be."""
    for name, variable in (flow.variables or {}).items():
        if variable.type in HANDED:
            yield flow.place.fault(f"variables: {name}: only an argument can be {variable.type}")
    prompts = [name for name, each in flow.arguments.items() if each.type == "prompts"]
    for state in flow.states.values():
        for name in sorted(p.name for p in state.prompts if isinstance(p, Given)):
            if name not in prompts:
                words = f"of prompts; there are: {', '.join(prompts) or 'none'}"
                yield state.place.fault(f"{state.name}: no argument {name!r} {words}")


def _asked_for_ever(flow: Flow) -> Iterator[Fault]:
    for state in flow.states.values():
        last = {arrow.outcome: arrow for arrow in arrows(flow, state)}
        certain = state.on.keys() | (state.left or frozenset())
        for outcome in GIVEN_UP:
            if outcome in certain and last[outcome].target == state.name:
                handler = flow.handler_places.get(f"handlers: {outcome}", state.place)
                place = state.on_places.get(outcome, handler)
                yield place.fault(
                    f"{state.name}: {outcome} leads back to the state itself, where no attempt"
                    " is left; raise attempts, or lead elsewhere"
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
            yield state.place.fault(f"state {name!r} is never reached")
        elif name not in ending:
            yield state.place.fault(
                f"state {name!r} has no way to an end; lead an outcome to {END!r}"
            )
    for outcome in flow.outcomes:
        if outcome not in known:
            yield flow.place.fault(f"outcomes: no state leads to {outcome!r}")


def _reach(start: str, arrows: Mapping[str, Iterable[str]]) -> set[str]:
    reached, todo = {start}, [start]
    while todo:
        fresh = set(arrows.get(todo.pop(), ())) - reached
        reached |= fresh
        todo += fresh
    return reached


def _unknown(name: str, known: Iterable[str]) -> str:
    names = list(dict.fromkeys([*known, END]))
    close = get_close_matches(name, names, n=1)
    states = ", ".join(name for name in names if name != END) or "none"
    hint = f"; did you mean {close[0]!r}?" if close else f"; states: {states}"
    return f"no such state: {name!r}{hint}"
