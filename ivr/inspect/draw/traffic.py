"""Calls laid over a map: how many came where, and where they were hung up on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from ...engine.flow import Flow
from ...engine.state import END, State
from ..chart import charts
from .picture import Box, Line, Overlay, Tone, Way, counted

LOSING = 0.1  # of those who come to a state
_WIDEST = 6.0  # of a line that all calls go
# Where a caller hangs up when he has had what he wanted.
_CONTENT = {"transfer", "record"}


@dataclass(frozen=True, slots=True)
class Trip:
    """The states that some `calls` went through, in order, the one that they ended in, and by whom
    they were ended."""

    path: tuple[str, ...]
    last: str
    ended_by: str
    calls: int = 1


class Traffic(Overlay):
    """The *trips* of calls through a flow, or through an older version of it.

    Trips tell states, and no outcomes: where several lead from one state to another, they are one
    line.
    """

    def __init__(self, flow: Flow, trips: Iterable[Trip]) -> None:
        self.came, self.left = Counter[str](), Counter[str]()
        self.went = Counter[tuple[str, str]]()
        self.calls = self.strange = 0
        self._maps = [
            {each.path_name(state): state for state in each.states} for each in charts(flow)
        ]
        known = set[str]().union(*self._maps)
        for trip in trips:
            self.calls += trip.calls
            self.strange += trip.calls if set(trip.path) - known else 0
            for name in trip.path:
                self.came[name] += trip.calls
            for step in self._steps(trip):
                self.went[step] += trip.calls
            if trip.ended_by == "caller":
                self.left[trip.last] += trip.calls
        self._most = max((self.came[name] for name in known), default=0)
        strange = f"{counted(self.strange, 'call')} went through states that are not here"
        self.caption = (
            f"{counted(self.calls, 'call')}; red: more than {LOSING:.0%} of those who came hung up",
            *((strange,) if self.strange else ()),
        )

    def shows(self, way: Way) -> bool:
        return self.went[way.source, way.target] > 0

    def way(self, way: Way) -> Way:
        return replace(way, tone="") if self.shows(way) else replace(way, tone="rare")

    def line(self, line: Line) -> Line:
        number = self.went[line.source, line.target]
        if not number:
            return line
        width = 1 + (_WIDEST - 1) * number / max(self._most, 1)
        return replace(line, labels=(*line.labels, f"{number:,}"), width=width)

    def box(self, box: Box, state: State) -> Box:
        came, left = self.came[box.name], self.left[box.name]
        if not came:
            return replace(box, tone="rare", notes=(*box.notes, "nobody came"))
        share = f", {left:,} hung up ({left / came:.0%})" if left else ""
        tone: Tone = "many" if came > self._most / 2 else "some"
        verbs = {act.verb.name for act in state.does}
        if left > came * LOSING and not verbs & _CONTENT:
            tone = "losing"
        return replace(box, tone=tone, notes=(*box.notes, f"{came:,} came{share}"))

    def _steps(self, trip: Trip) -> Iterator[tuple[str, str]]:
        """From box to box: in the flow that took the call, and in each that it called."""
        own, *called = self._maps
        outer = [name for name in trip.path if name in own]
        yield from pairwise(outer)
        if outer and trip.ended_by == "flow":
            yield outer[-1], f"{outer[-1]} > {END}"
        for states in called:
            before = ""
            for name in trip.path:
                if name in states and before:
                    yield before, name
                if name in states or name in own:
                    before = name if name in states else ""
