"""What stories have covered of the flows that they were told of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

from ...engine.flow import Flow
from ...engine.state import Place
from ...flowfile.loading import LIBRARY
from ...testing.caller import NAME as CALLER
from ...testing.observed import Observed
from ..chart import charts
from .flow_map import FlowMap
from .items import KINDS, Item, Kind
from .walk import Went, walk

Key = tuple[str, str]
"""The file and the name of a flow."""


@dataclass(slots=True)
class FlowCoverage:
    """One flow: how often each of its items was covered, and each way was gone.

    A way is its source, its outcome and its target.  `called` are the flows that it may call;
    `counts` says that a story is told of it, or that it is no flow of the library.
    """

    name: str
    file: str
    version: str = ""
    counts: bool = False
    called: list[Key] = field(default_factory=list)
    items: Counter[Item] = field(default_factory=Counter)
    edges: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def of(self, kind: Kind) -> tuple[int, int]:
        """How many items of this kind are covered, and how many there are."""
        counts = [count for item, count in self.items.items() if item.kind == kind]
        return sum(map(bool, counts)), len(counts)

    @property
    def all(self) -> tuple[int, int]:
        """How many items are covered, and how many there are."""
        return sum(map(bool, self.items.values())), len(self.items)

    @property
    def missed(self) -> list[Item]:
        """What no story has covered, in the order in which it is written.

        Nothing is said of what is in a state that is among them.
        """
        missed = [item for item, count in self.items.items() if not count]
        states = {item.state for item in missed if item.kind == "state"}
        told = (item for item in missed if item.kind == "state" or item.state not in states)
        return sorted(told, key=lambda item: (item.place, KINDS.index(item.kind), str(item)))


@dataclass(slots=True)
class Coverage:
    """That of all flows, whether they are covered or not."""

    known: dict[Key, FlowCoverage] = field(default_factory=dict)
    _maps: dict[Flow, FlowMap] = field(default_factory=dict)

    @property
    def flows(self) -> list[FlowCoverage]:
        """Those that count, in the order of their files."""
        return [each for _, each in sorted(self.known.items()) if each.counts]

    @property
    def share(self) -> float:
        """How much of them is covered, from 0 to 1; 0 where there is nothing."""
        found = [flow.all for flow in self.flows]
        there = sum(total for _, total in found)
        return sum(covered for covered, _ in found) / there if there else 0.0

    def know(self, flow: Flow) -> None:
        """There is this *flow*, whether anybody calls it or not; and those that it may call."""
        own, *called = flow.family()
        told = called[:1] if _only_calls(own) else [own]
        for each in told + [each for each in called if not _is_of_library(each)]:
            self._of(each).counts = True

    def add(self, calls: Iterable[Observed]) -> None:
        """What these *calls* went through counts."""
        for call in calls:
            flow = call.session.flow
            self.know(flow)
            for trace in walk(charts(flow), call.log):
                if _only_calls(trace.flow):
                    continue
                found = self._of(trace.flow)
                found.items.update(self._maps[trace.flow].covered(trace))
                if isinstance(trace, Went):
                    found.edges[trace.source, trace.outcome, trace.target] += 1

    def merge(self, others: Iterable[dict[str, Any]]) -> None:
        """What others have counted, as `plain` gives it, counts, too."""
        for each in others:
            found = self._known(each["file"], each["flow"])
            found.version, found.counts = each["version"], found.counts or each["counts"]
            found.called = found.called or [(file, name) for file, name in each["called"]]
            for kind, state, what, file, line, column, count in each["items"]:
                found.items[Item(kind, state, what, Place(file, line, column))] += count
            for source, outcome, target, count in each["edges"]:
                found.edges[source, outcome, target] += count

    def plain(self) -> list[dict[str, Any]]:
        """All of it in plain values, for `merge`."""
        return [
            {
                "flow": flow.name,
                "file": flow.file,
                "version": flow.version,
                "counts": flow.counts,
                "called": [list(key) for key in flow.called],
                "items": [
                    [*(item.kind, item.state, item.what), *astuple(item.place), count]
                    for item, count in flow.items.items()
                ],
                "edges": [[*edge, count] for edge, count in flow.edges.items()],
            }
            for flow in self.known.values()
        ]

    def on_maps(self) -> list[dict[str, Any]]:
        """What is laid over the map of each flow: visits of its states, and of the ways.

        Those of flows that it calls are named as in journals: ``yes_no.ask``.
        """
        return [self._on_map(flow) for flow in self.flows]

    def _on_map(self, flow: FlowCoverage) -> dict[str, Any]:
        states: dict[str, int] = {}
        edges: list[list[str | int]] = []
        called = [self.known[key] for key in flow.called if key in self.known]
        for each in (flow, *called):
            own = {item.state: n for item, n in each.items.items() if item.kind == "state"}
            paths = {name: name if each is flow else f"{each.name}.{name}" for name in own}
            states |= {paths[name]: count for name, count in own.items()}
            for (source, outcome, target), count in each.edges.items():
                edges.append([paths[source], outcome, paths.get(target, target), count])
        return {"flow": flow.name, "version": flow.version, "states": states, "edges": edges}

    def _of(self, flow: Flow) -> FlowCoverage:
        if flow not in self._maps:
            own = self._maps[flow] = FlowMap(flow)
            found = self._known(own.file, flow.name)
            found.version = flow.version
            called = [self._of(each) for each in flow.family()[1:] if each is not flow]
            found.called = [(each.file, each.name) for each in called]
            for item in own.items:
                found.items[item] += 0
            for edge in own.edges:
                found.edges[edge] += 0
        return self._known(self._maps[flow].file, flow.name)

    def _known(self, file: str, name: str) -> FlowCoverage:
        return self.known.setdefault((file, name), FlowCoverage(name, file))


def _only_calls(flow: Flow) -> bool:
    """Whether *flow* is there to call the one that a story is told of."""
    return flow.name == CALLER and flow.states.keys() == {CALLER}


def _is_of_library(flow: Flow) -> bool:
    return Path(flow.place.file).parent == LIBRARY
