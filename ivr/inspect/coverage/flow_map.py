"""Which items of a flow a call has covered by what it went through."""

from __future__ import annotations

from collections.abc import Iterator

from ...engine.effects import Prompt
from ...engine.flow import Flow
from ...engine.state import State
from ..chart import Edge, chart
from . import items as make
from .items import COUNTED, Item
from .walk import Answered, Heard, Spoke, Trace, Was, Went


class FlowMap:
    """The items of *flow* and its ways, and where it is written."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._chart = chart(flow)
        self._states = {state.name: state for state in make.states(self._chart)}
        self._edges: dict[tuple[str, str, str], Edge] = {
            (edge.source, edge.outcome, edge.target): edge for edge in self._chart.edges
        }
        self.items = list(dict.fromkeys(make.items(self._chart)))
        self._there = frozenset(self.items)

    @property
    def file(self) -> str:
        """That of its first state, where it has none of its own."""
        places = (state.place.file for state in self._states.values())
        return make.whole(self.flow.place.file or next(places, ""))

    @property
    def edges(self) -> list[tuple[str, str, str]]:
        return [edge for edge in self._edges if edge[0] in self._states]

    def covered(self, trace: Trace) -> Iterator[Item]:
        """The items that *trace* covers."""
        for item in dict.fromkeys(self._covered(trace)):
            if item in self._there:
                yield item

    def _covered(self, trace: Trace) -> Iterator[Item]:
        if isinstance(trace, Spoke):
            yield make.of_language(self.flow, trace.language)
            return
        state = self._states.get(trace.source if isinstance(trace, Went) else trace.state)
        if state is None:
            return  # one that its author has not written
        match trace:
            case Was():
                yield make.of_state(state)
            case Went():
                yield from self._gone(state, trace)
            case Heard(prompt=prompt):
                yield from self._heard(state, prompt)
            case Answered(answer=answer):
                yield from self._answered(state, answer)

    def _gone(self, state: State, way: Went) -> Iterator[Item]:
        yield make.of_choice(state, way.outcome)
        edge = self._edges.get((way.source, way.outcome, way.target))
        if edge is not None and edge.kind in COUNTED:
            yield from make.of_edge(state, edge)

    def _heard(self, state: State, prompt: Prompt) -> Iterator[Item]:
        for owner in (state, self.flow):
            for written in make.prompts(owner):
                if make.is_heard(self.flow, written, prompt):
                    yield make.of_prompt(owner, written)

    def _answered(self, state: State, answer: str) -> Iterator[Item]:
        """One of the choices that every question offers; the state's own ones are outcomes."""
        if not any(choices.typed(answer) for choices in make.offers(state)):
            universal = self.flow.universal
            meant = universal.typed(answer) or universal.typed(answer[:-1])  # ... and a terminator
            yield make.of_universal(self.flow, meant or answer)
