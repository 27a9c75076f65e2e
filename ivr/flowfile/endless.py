"""Flows that can only go on by calling themselves: such a call would never come to an end."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from ..engine.codes import Code
from ..engine.errors import Fault
from ..engine.flow import Flow
from ..engine.handlers import targets
from .bound import Bound

Verbs = Mapping[str, Sequence[Bound]]


def endless(flows: Collection[Flow], verbs: Mapping[Flow, Verbs]) -> Iterator[Fault]:
    """What is wrong with *flows*; *verbs*: what the states of those do that can be told."""
    left = {flow for flow in flows if flow in verbs}
    while found := {flow for flow in left if _comes_to_an_end(flow, verbs[flow], left)}:
        left -= found
    for flow in left:
        yield flow.place.fault(
            f"{flow.name} can only call itself, without end; lead an outcome past that call",
            Code.ENDLESS_FLOW,
        )


def _comes_to_an_end(flow: Flow, verbs: Verbs, left: Collection[Flow]) -> bool:
    """Whether a way through *flow* calls none of those that are *left*."""
    reached, todo = {flow.start}, [flow.start]
    while todo:
        state = flow.states[todo.pop()]
        bounds = verbs[state.name]
        for bound in bounds:
            if bound.flow in left:
                break
            if not bound.outcomes:
                return True
            onward = bound.verb.goes_on if bound is not bounds[-1] else ""
            leads = {t for o in bound.outcomes if o != onward for t in targets(flow, state, o)}
            if not leads.isdisjoint(flow.ends):
                return True
            todo += leads - reached
            reached |= leads
    return False
