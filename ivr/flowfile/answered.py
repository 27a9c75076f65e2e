"""Whether each verb of a flow stands on its side of the answer, whichever way a call comes to it.

A call walks over the map together with the phase that it is in, so what is looked at are pairs of
both: a state that is entered before and after the answer is looked at twice.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from yaml.nodes import Node

from ..engine.flow import END, Flow
from ..engine.phase import Phase
from ..engine.verb import Outcomes, Verb


class Placed(Protocol):
    """A verb where it stands in a file."""

    @property
    def verb(self) -> Verb: ...
    @property
    def key(self) -> Node: ...
    @property
    def outcomes(self) -> Outcomes: ...
    @property
    def enters(self) -> Phase: ...


Spot = tuple[str, Phase]


def misplaced(flow: Flow, verbs: Mapping[str, Sequence[Placed]]) -> Iterator[tuple[Node, str]]:
    """The verbs of *flow* that a call can come to in a phase that they are not for, and why.

    *verbs* are those of each state.  What lies behind such a verb is not looked at: the call ends.
    """
    start = (flow.start, Phase.RINGING)
    came_from: dict[Spot, Spot | None] = {start: None}
    todo, found = deque([start]), set[Node]()
    while todo:
        spot = todo.popleft()
        state, phase = spot
        for number, placed in enumerate(verbs[state], 1):
            verb = placed.verb
            if phase not in verb.standing.phases:
                if placed.key not in found:
                    found.add(placed.key)
                    yield (
                        placed.key,
                        f"{verb.name}: {verb.standing.otherwise}{_way(spot, came_from)}",
                    )
                break
            phase = max(phase, placed.enters)
            for outcome in placed.outcomes:
                if number < len(verbs[state]) and outcome == verb.goes_on:
                    continue
                onward = (flow.states[state].on[outcome], phase)
                if onward[0] != END and onward not in came_from:
                    came_from[onward] = spot
                    todo.append(onward)


def _way(spot: Spot | None, came_from: Mapping[Spot, Spot | None]) -> str:
    states: list[str] = []
    while spot is not None:
        states.insert(0, spot[0])
        spot = came_from[spot]
    return f" (a call comes here by {' → '.join(states)})" if len(states) > 1 else ""
