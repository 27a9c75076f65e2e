"""One number, several flows: callers are divided, and each always gets the same one."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from itertools import accumulate

from ..engine.flow import Flow

_SPACE = 2**32


def flows_of(found: Flow | Split) -> tuple[Flow, ...]:
    """The flows that a route may lead to."""
    return found.flows if isinstance(found, Split) else (found,)


class Split:
    """Flows by weight.  A change of weights moves no more callers than it must."""

    def __init__(self, weights: Mapping[Flow, int]) -> None:
        self.weights = dict(weights)
        self._flows = tuple(weights)
        self._ends = tuple(accumulate(weights.values()))

    @property
    def flows(self) -> tuple[Flow, ...]:
        return self._flows

    def flow_for(self, caller: str) -> Flow:
        """The flow that *caller* gets, today and tomorrow."""
        if len(self._flows) == 1:
            return self._flows[0]
        drawn = int.from_bytes(sha256(caller.encode()).digest()[:4], "big")
        share = drawn * self._ends[-1]
        ends = zip(self._flows, self._ends, strict=True)
        return next(flow for flow, end in ends if share < end * _SPACE)
