"""What is wrong with the map of a flow: unknown, unreachable and endless states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

from .errors import Fault
from .state import END

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
    known = [*flow.states, *flow.ends]
    for state in flow.states.values():
        for outcome, target in state.on.items():
            if target not in known:
                place = state.on_places.get(outcome, state.place)
                found.append(place.fault(f"{state.name}: {outcome}: {_unknown(target, known)}"))
    return found


def _asked_for_ever(flow: Flow) -> Iterator[Fault]:
    for state in flow.states.values():
        for outcome in GIVEN_UP:
            if state.on.get(outcome) == state.name:
                place = state.on_places.get(outcome, state.place)
                yield place.fault(
                    f"{state.name}: {outcome} leads back to the state itself, where no attempt"
                    " is left; raise attempts, or lead elsewhere"
                )


def _dead_ends(flow: Flow) -> Iterator[Fault]:
    onward = {name: set(state.on.values()) for name, state in flow.states.items()}
    backward: dict[str, set[str]] = {}
    for name, targets in onward.items():
        for target in targets or {END}:
            backward.setdefault(END if target in flow.ends else target, set()).add(name)
    reached, ending = _reach(flow.start, onward), _reach(END, backward)
    for name, state in flow.states.items():
        if name not in reached:
            yield state.place.fault(f"state {name!r} is never reached")
        elif name not in ending:
            yield state.place.fault(
                f"state {name!r} has no way to an end; lead an outcome to {END!r}"
            )
    for outcome in flow.outcomes:
        if outcome not in reached:
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
