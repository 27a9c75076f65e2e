"""The map of a flow as data: what is drawn, compared and covered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ..engine.flow import Flow, path_name
from ..engine.handlers import SORRY, arrows
from ..engine.state import State

Kind = Literal["outcome", "handler", "universal", "error"]
BACK = "back"


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """One way from a state to another, or to an end of its flow.

    `kind`: `outcome` where the state itself says so, `handler` where its flow does, `universal` for
    a choice that every question offers, `error` for what fails.  `rung` is the number of times from
    which on a handler leads there.
    """

    source: str
    outcome: str
    target: str
    kind: Kind = "outcome"
    rung: int = 1


@dataclass(frozen=True, slots=True)
class Chart:
    """One flow: its states and the ways between them, in the order in which they are written.

    `prefix` goes before a state's name in journals; empty for the flow that takes the call.
    """

    flow: Flow
    prefix: str
    states: dict[str, State]
    edges: tuple[Edge, ...]

    def path_name(self, state: str) -> str:
        """What a journal calls *state*."""
        return path_name(self.flow, state) if self.prefix else state


def chart(flow: Flow, *, called: bool = False) -> Chart:
    """The map of *flow*, which takes the call itself or is *called* by another one."""
    states = {name: state for name, state in flow.states.items() if name != SORRY}
    edges = tuple(edge for state in states.values() for edge in dict.fromkeys(_edges(flow, state)))
    return Chart(flow, flow.name if called else "", states, edges)


def charts(flow: Flow) -> list[Chart]:
    """The map of *flow* and of every flow that may be called on the way."""
    own, *called = flow.family()
    return [chart(own), *(chart(each, called=True) for each in called)]


def _edges(flow: Flow, state: State) -> Iterator[Edge]:
    for arrow in arrows(flow, state):
        if arrow.possible:
            own = arrow.outcome in state.on
            yield Edge(
                state.name,
                arrow.outcome,
                arrow.target,
                "outcome" if own else "handler",
                arrow.rung,
            )
    if any(act.verb.name == "ask" for act in state.does):
        for name, target in flow.beyond().items():
            if name not in state.on and name not in flow.handlers:
                yield Edge(state.name, name, target, "universal")
    failing = state.on_error or flow.on_error or flow.operator
    if failing and failing != state.name:
        yield Edge(state.name, "error", failing, "error")
