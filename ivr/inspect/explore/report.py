"""Explore flow files: what ``ivr explore`` does, as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...engine.errors import LoadError
from ...engine.flow import Flow, path_name
from ...engine.handlers import SORRY
from ...engine.house import House
from ...testing.caller import is_called
from ...testing.scenario import SUFFIX, load_scenarios
from .proofs import SAME_WAY, Limits, Property, Refuted, refuted
from .search import MOST_NODES, Graph, search


@dataclass(frozen=True, slots=True)
class Explored:
    """What was found out about one flow.

    `left`: places that were found and not followed, so that nothing is proven; `interrupted`: by
    Ctrl-C.  `states` were entered, and `unseen` were not.  `abstracted` says what was tried in
    part.
    """

    flow: Flow
    graph: Graph
    results: tuple[tuple[Property, tuple[Refuted, ...]], ...]
    states: tuple[str, ...]
    unseen: tuple[str, ...]

    @property
    def places(self) -> int:
        return len(self.graph.nodes)

    @property
    def moves(self) -> int:
        return len(self.graph.edges)

    @property
    def left(self) -> int:
        return self.graph.left

    @property
    def interrupted(self) -> bool:
        return self.graph.interrupted

    @property
    def abstracted(self) -> tuple[str, ...]:
        return tuple(self.graph.abstracted)

    @property
    def refuted(self) -> list[Refuted]:
        """Everything that does not hold."""
        return [each for _, found in self.results for each in found]

    @property
    def reproducible(self) -> list[Refuted]:
        """What does not hold, and fails again when its story is told."""
        return [each for each in self.refuted if each.property != SAME_WAY]

    @property
    def holds(self) -> bool:
        """Whether all was walked, and nothing was refuted."""
        return not (self.refuted or self.left)

    def as_json(self) -> dict[str, Any]:
        """The same as plain values."""
        return {
            "places": self.places,
            "moves": self.moves,
            "left": self.left,
            "interrupted": self.interrupted,
            "states": list(self.states),
            "unseen": list(self.unseen),
            "abstracted": list(self.abstracted),
            "properties": {
                each.name: {
                    "holds": not found and not self.left,
                    "refuted": [
                        {
                            "state": one.state,
                            "file": one.place.file,
                            "line": one.place.line,
                            "column": one.place.column,
                            "words": one.words,
                            "move": one.move,
                        }
                        for one in found
                    ],
                }
                for each, found in self.results
            },
        }


def explore(
    flow: Flow,
    *,
    arguments: dict[str, Any] | None = None,
    faults: bool = False,
    limits: Limits | None = None,
    places: int = MOST_NODES,
    told: Callable[[int, int], None] = lambda done, found: None,
) -> Explored:
    """Walk through *flow*, and prove or refute what must hold of every flow.

    *arguments* are those of a flow that others call.  *faults*: phones and services do what nobody
    expects of them, too.  *places*: how many to follow at most.  Ctrl-C ends the walk.
    """
    limits = limits or Limits()
    graph = search(
        flow,
        arguments=arguments,
        faults=faults,
        longest=limits.minutes * 60,
        most=places,
        told=told,
    )
    results = tuple((each, tuple(found)) for each, found in refuted(graph, limits))
    known, seen = _names(flow), graph.states
    return Explored(
        flow,
        graph,
        results,
        tuple(name for name in known if name in seen),
        tuple(name for name in known if name not in seen),
    )


def arguments_of(file: Path, house: House | None) -> dict[str, Any] | None:
    """What the first story beside *file* gives to the flow, if it is one that others call."""
    stories = file.with_name(file.stem + SUFFIX)
    if not stories.is_file():
        return None
    try:
        found = load_scenarios(stories, house=house).scenarios
    except LoadError:
        return None
    return next(
        (dict(each.offer["arguments"]) for each in found if "arguments" in each.offer), None
    )


def _names(flow: Flow) -> list[str]:
    """The states of *flow*, and of those that it calls, as a journal names them."""
    own, *called = flow.family()
    found = [path_name(own, name) if is_called(own) else name for name in own.states]
    found += [path_name(each, name) for each in called for name in each.states]
    return [name for name in found if not name.endswith(SORRY)]
