"""Rounds that a call can make without its caller."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...engine.codes import Code
from ...engine.errors import Fault
from ...engine.flow import Flow
from ...engine.handlers import SORRY, arrows
from ...engine.state import Act, State
from .acts import Look, is_python, told

Seen = tuple[Flow, ...]
NOTHING: Seen = ()
# The outcomes that a verb has for who neither answers nor hangs up.  Of those that are not named
# here it has all.
_LEFT_ALONE: Mapping[str, tuple[str, ...]] = {
    "ask": ("no_input", "no_match"),
    "collect": ("no_input", "no_match"),
    "confirm": ("no_input",),
    "authenticate": ("failed",),
    "record": ("too_short", "failed"),
    "transfer": ("busy", "no_answer", "rejected", "unreachable", "failed"),
    "mailbox": ("none", "failed", "timeout"),
}


def rounds(look: Look) -> Iterator[Fault]:
    """Ways that lead back to where they began, and count nothing."""
    flow = look.flow
    if look.is_bounded or is_python(flow):
        return
    onward = {name: _onward(flow, state) for name, state in flow.states.items() if name != SORRY}
    seen: set[str] = set()
    for name in onward:
        way = _round(name, onward)
        if way and seen.isdisjoint(way):
            seen |= set(way)
            yield flow.states[name].place.fault(
                f"{' → '.join((*way, name))}: a caller who does nothing goes round here for hours;"
                " count with set and branch, or lead one of them elsewhere",
                Code.ENDLESS_ROUND,
            )


def _onward(flow: Flow, state: State, seen: Seen = NOTHING) -> tuple[str, ...]:
    """Where *state* leads a caller who does nothing, the last time as the first."""
    last = {arrow.outcome: arrow.target for arrow in arrows(flow, state)}
    return tuple(dict.fromkeys(last[each] for each in _outcomes(state, seen) if each in last))


def _outcomes(state: State, seen: Seen) -> Iterator[str]:
    for act in state.does:
        found = _of_act(act, seen)
        onward = act.verb.goes_on if act is not state.does[-1] else ""
        yield from (outcome for outcome in found if outcome != onward)
        if onward and onward not in found:
            return


def _of_act(act: Act, seen: Seen) -> tuple[str, ...]:
    if act.verb.name == "call_flow":
        called: Flow = told(act, "flow")
        return () if called in seen or is_python(called) else _left(called, seen)
    if act.verb.name == "branch" and not seen:
        return ()  # what decides by what is counted or known ends a round by itself
    alone = _LEFT_ALONE.get(act.verb.name)
    return act.verb.outcomes(act.arguments) if alone is None else alone


def _left(called: Flow, seen: Seen) -> tuple[str, ...]:
    """How a flow that is called ends for who does nothing; what it counts begins anew each time."""
    todo, found = [called.start], list[str]()
    for name in todo:
        if name in called.outcomes:
            found.append(name)
        elif name in called.states:
            onward = _onward(called, called.states[name], (*seen, called))
            todo += [target for target in onward if target not in todo]
    return tuple(found)


def _round(start: str, onward: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The shortest way from *start* back to it, without its end; empty: there is none."""
    before: dict[str, str] = {}
    todo = [start]
    for state in todo:
        for target in onward.get(state, ()):
            if target == start:
                way = [state]
                while way[0] != start:
                    way.insert(0, before[way[0]])
                return way
            if target not in before:
                before[target] = state
                todo.append(target)
    return []
