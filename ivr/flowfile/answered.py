"""Whether each verb of a flow stands on its side of the answer, whichever way a call comes to it.

A call walks over the map together with the phase that it is in, so what is looked at are pairs of
both: a state that is entered before and after the answer is looked at twice.  So is a flow that is
called in both.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping, Sequence

from yaml.nodes import Node

from ..engine.codes import Code
from ..engine.errors import Fault
from ..engine.flow import END, Flow, path_name
from ..engine.handlers import targets
from ..engine.phase import Phase
from .bound import Bound

Verbs = Mapping[Flow, Mapping[str, Sequence[Bound]]]
Spot = tuple[str, Phase]
Left = set[tuple[str, Phase]]  # an outcome, and the phase in which it comes


def misplaced(flow: Flow, verbs: Verbs) -> list[Fault]:
    """The verbs of *flow*, and of those that it calls, that a call can come to in a phase that they
    are not for, and why.

    *verbs* are those of each state of the flows in YAML; of others nothing is said.  What lies
    behind such a verb is not looked at: the call ends.
    """
    walk = _Walk(verbs)
    while flow in verbs and walk.learns_of(flow):
        pass
    return walk.faults


class _Walk:
    def __init__(self, verbs: Verbs) -> None:
        self.faults: list[Fault] = []
        self._verbs = verbs
        self._found: set[Node] = set()
        self._left: dict[tuple[Flow, Phase], Left] = {}
        self._walked: set[tuple[Flow, Phase]] = set()

    def learns_of(self, flow: Flow) -> bool:
        """Walk through *flow* from its start: whether a flow can be left in more ways than were
        known, which who called it may not have heard of."""
        known = sum(map(len, self._left.values()))
        self._walked.clear()
        self.through(flow, Phase.RINGING, ())
        return sum(map(len, self._left.values())) > known

    def through(self, flow: Flow, phase: Phase, callers: tuple[str, ...]) -> Left:
        """Walk through *flow*, entered in *phase*: how it can be left."""
        left = self._left.setdefault((flow, phase), set())
        if (flow, phase) in self._walked:
            return left  # of one that calls itself: what is known so far
        self._walked.add((flow, phase))
        start = (flow.start, phase)
        came_from: dict[Spot, Spot | None] = {start: None}
        todo = deque([start])
        while todo:
            spot = todo.popleft()
            way = (*callers, *_way(flow, spot, came_from, called=bool(callers)))
            state = flow.states[spot[0]]
            beyond = flow.beyond()
            done = self._done(flow, spot, way)
            for onward in [
                (t, after)
                for o, after in done
                for t in sorted(targets(flow, state, o) or {beyond[o]})
            ]:
                if onward[0] in flow.outcomes:
                    left.add(onward)
                elif onward[0] != END and onward not in came_from:
                    came_from[onward] = spot
                    todo.append(onward)
        return left

    def _done(self, flow: Flow, spot: Spot, way: tuple[str, ...]) -> list[tuple[str, Phase]]:
        """The outcomes with which a state can be left that is entered in a phase."""
        found: list[tuple[str, Phase]] = []
        verbs, phases = self._verbs[flow][spot[0]], [spot[1]]
        for bound in verbs:
            wrong = [phase for phase in phases if phase not in bound.verb.standing.phases]
            if wrong:
                self._fault(bound, way)
            ends = [
                e
                for phase in phases
                if phase not in wrong
                for e in self._ends(flow, bound, phase, way)
            ]
            last = bound is verbs[-1]
            found += [e for e in ends if last or e[0] != bound.verb.goes_on]
            phases = sorted({phase for outcome, phase in ends if outcome == bound.verb.goes_on})
        return list(dict.fromkeys(found))

    def _ends(
        self, flow: Flow, bound: Bound, phase: Phase, way: tuple[str, ...]
    ) -> Collection[Spot]:
        if bound.flow is None:
            after = max(phase, bound.enters)
            extra = flow.beyond() if bound.verb.name == "ask" else ()
            return [(outcome, after) for outcome in (*bound.outcomes, *extra)]
        if bound.flow not in self._verbs:
            return ()  # what it does cannot be told
        return sorted(self.through(bound.flow, phase, way))

    def _fault(self, bound: Bound, way: tuple[str, ...]) -> None:
        if bound.key not in self._found:
            self._found.add(bound.key)
            by = f" (a call comes here by {' → '.join(way)})" if len(way) > 1 else ""
            wrong = f"{bound.verb.name}: {bound.verb.standing.otherwise}{by}"
            answered = Phase.ANSWERED in bound.verb.standing.phases
            code = Code.BEFORE_THE_ANSWER if answered else Code.AFTER_THE_ANSWER
            self.faults.append(bound.place.fault(wrong, code))


def _way(
    flow: Flow, spot: Spot | None, came_from: Mapping[Spot, Spot | None], *, called: bool
) -> list[str]:
    states: list[str] = []
    while spot is not None:
        states.insert(0, path_name(flow, spot[0]) if called else spot[0])
        spot = came_from[spot]
    return states
