"""Coverage laid over a map: what stories have met, and what they have missed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ...engine.errors import FlowError
from ...engine.flow import Flow
from ...engine.state import END, State
from ..chart import charts
from .picture import Box, Overlay, Way, counted

_EXPECTED = "expected what `ivr test --cov-json FILE` writes"


class Covered(Overlay):
    """How often each state was visited, and each way (source, outcome, target) gone, as a journal
    names states; `missed` are those that never were."""

    def __init__(
        self,
        states: Mapping[str, int],
        ways: Mapping[tuple[str, str, str], int],
        note: str = "",
    ) -> None:
        self._states = states
        self._ways = ways
        missed = [sum(not count for count in each.values()) for each in (states, ways)]
        told = f"{counted(missed[0], 'state')} and {counted(missed[1], 'way')}"
        self.caption = (f"red: where no story goes, {told}", *((note,) if note else ()))

    @classmethod
    def read(cls, file: Path, flow: Flow) -> Covered:
        """What is in *file* of *flow*.  Raises `FlowError`."""
        try:
            known = json.loads(file.read_text(encoding="utf-8"))
            of_flow = [each for each in known if each["flow"] == flow.name]
            of_version = [each for each in of_flow if each["version"] == flow.version]
            found = next(iter(of_version or of_flow), None)
            if found is None:
                names = ", ".join(sorted({each["flow"] for each in known})) or "none"
                raise FlowError(f"{file}: nothing is said of {flow.name}; it has: {names}")
            ways = {(source, outcome, to): int(n) for source, outcome, to, n in found["edges"]}
            states = {str(name): int(count) for name, count in found["states"].items()}
        except (ValueError, KeyError, TypeError, AttributeError):
            raise FlowError(f"{file}: {_EXPECTED}") from None
        other = "" if of_version else "this is the coverage of another version of the flow"
        return cls(states, _boxed(flow, ways), other)

    def shows(self, way: Way) -> bool:
        return self._key(way) in self._ways

    def way(self, way: Way) -> Way:
        if not self.shows(way):
            return way
        count = self._ways[self._key(way)]
        label = f"{way.label} ({count:,})".lstrip() if count else way.label
        return replace(way, tone="met" if count else "missed", label=label)

    def box(self, box: Box, state: State) -> Box:
        if box.name not in self._states:
            return box
        return replace(box, tone="met" if self._states[box.name] else "missed")

    @staticmethod
    def _key(way: Way) -> tuple[str, str, str]:
        return way.source, way.edge.outcome, way.target


def _boxed(flow: Flow, ways: Mapping[tuple[str, str, str], int]) -> dict[tuple[str, str, str], int]:
    """The same, with the ends of flows named as the boxes that are drawn for them."""
    called = {each.path_name(state): each for each in charts(flow) for state in each.states}
    found = {}
    for (source, outcome, target), count in ways.items():
        chart = called.get(source)
        if target == END:
            target = f"{source} > {END}"
        elif chart is not None and target in chart.flow.outcomes:
            target = chart.path_name(target)
        found[source, outcome, target] = count
    return found
