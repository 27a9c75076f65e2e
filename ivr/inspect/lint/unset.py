"""Variables that may not be set where they are used, whichever way a call comes there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...engine.codes import Code
from ...engine.errors import Fault
from ...engine.flow import Flow
from ...engine.handlers import arrows
from ...engine.names import KNOWN_NAMES
from ...engine.state import Act, State
from .acts import Look, is_python, told
from .assigned import assigned
from .sources import Source, sources

Names = frozenset[str]


def maybe_unset(look: Look) -> Iterator[Fault]:
    """At the first verb of each state that uses such a variable.

    Of states in Python it cannot be told in which order they do what, so nothing is said.
    """
    flow = look.flow
    if is_python(flow):
        return
    walk = _Walk(flow)
    for name, known in walk.entered.items():
        missed: set[str] = set()
        for act, unset in walk.unset_in(flow.states[name], known):
            for variable in sorted(unset - missed):
                missed.add(variable)
                yield act.place.fault(
                    f"{act.verb.name}: {variable!r} may not be set here ({name}); "
                    + _remedy(variable),
                    Code.MAYBE_UNSET,
                )


def _remedy(variable: str) -> str:
    return (
        f"set it on every way that leads here, give it a default among the variables, or write"
        f" {variable} | default('…')"
    )


class _Walk:
    """`entered`: the variables that are set whenever a call enters a state, for those that it can
    come to; `left`: those that are set whenever the flow ends with an outcome."""

    def __init__(self, flow: Flow, callers: tuple[Flow, ...] = ()) -> None:
        self._flow = flow
        self._callers = (*callers, flow)
        self._walked: dict[Flow, _Walk] = {}
        first = {name for name, each in flow.declared.items() if each.default is not None}
        start = frozenset({*first, *flow.arguments, *KNOWN_NAMES})
        self.entered: dict[str, Names] = {flow.start: start}
        self.left: dict[str, Names] = {}
        self._told_by = _counts(flow)
        todo = [flow.start]
        while todo:
            name = todo.pop()
            for target, names in self._onward(flow.states[name], self.entered[name]):
                found = self.left if target in flow.ends else self.entered
                fewer = names & found.get(target, names)
                if target not in found or fewer != found[target]:
                    found[target] = fewer
                    todo += [target] if target in flow.states else []

    def _onward(self, state: State, known: Names) -> Iterator[tuple[str, Names]]:
        """Where *state* leads, and what is set there."""
        flow = self._flow
        ways = self._ways(state, known)
        for arrow in arrows(flow, state):
            if arrow.outcome in ways:
                yield arrow.target, ways[arrow.outcome]
        for target in (state.on_error or flow.on_error, flow.operator, flow.top):
            if target:  # whatever goes wrong in it, or is chosen there
                yield target, known

    def _ways(self, state: State, known: Names) -> dict[str, Names]:
        """The outcomes of *state*, and what is set with each."""
        ways: dict[str, Names] = {}
        for act in state.does:
            passed = known
            for outcome in act.verb.outcomes(act.arguments):
                found = known | self._set_by(act, outcome)
                if outcome == act.verb.goes_on and act is not state.does[-1]:
                    passed = found
                else:
                    ways[outcome] = found & ways.get(outcome, found)
            if act.verb.name == "ask":
                ways |= {choice: known for choice in self._flow.beyond() if choice not in ways}
            known = passed
        return ways

    def unset_in(self, state: State, known: Names) -> Iterator[tuple[Act, Names]]:
        """What *state* uses that is not among *known*, and has not been set by then."""
        for act in state.does:
            if act.verb.name == "set":
                for variable, expression in told(act, "values").items():
                    source = Source(expression, variable, is_expression=True)
                    yield act, source.names - known
                    known |= {variable}
                continue
            own = known | self._set_by(act, act.verb.goes_on)  # `read_back` says what was taken
            for source in sources(act):
                yield act, source.names - own
            known = own

    def _set_by(self, act: Act, outcome: str) -> Names:
        """The variables that *act* has certainly set where it ends with *outcome*."""
        match act.verb.name:
            case "branch":
                return self._asked_for(act)
            case "call_flow":
                return self._returned(act, outcome)
        return assigned(act, outcome)

    def _asked_for(self, act: Act) -> Names:
        """The variables of which a branch asks whether there are any; its author thought of it."""
        cases = [Source(each, "", is_expression=True) for each in told(act, "cases").values()]
        names = {name for each in cases for name in each.used}
        rows = (self._told_by.get(name, frozenset()) for name in names)
        return frozenset().union(*(each.guarded for each in cases), *rows)

    def _returned(self, act: Act, outcome: str) -> Names:
        called: Flow = told(act, "flow")
        into: Mapping[str, str] = told(act, "into", {})
        if called in self._callers or is_python(called):
            return frozenset(into)
        if called not in self._walked:
            self._walked[called] = _Walk(called, self._callers)
        known = self._walked[called].left.get(outcome, frozenset())
        returns = {n: Source(e, n, is_expression=True).names for n, e in called.returns.items()}
        return frozenset(name for name, each in into.items() if returns[each] <= known)


def _counts(flow: Flow) -> dict[str, Names]:
    """The variables that say how many rows there are, and those that depend on it."""
    found: dict[str, Names] = {}
    for state in flow.states.values():
        for act in state.does:
            if act.verb.name == "sql":
                into: Mapping[str, str] = told(act, "into")
                for name in (name for name, path in into.items() if path == "count"):
                    found[name] = frozenset(into)
    return found
