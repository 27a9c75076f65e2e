"""Which flow takes which call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .engine.events import Offered
from .engine.flow import Flow


class Routes:
    """What was dialled, and its flow: exact before the longest prefix (``49*``), before ``*``.

    No number leads to the `further` flows: they are asked for by name.
    """

    def __init__(self, flows: Mapping[str, Flow], further: Iterable[Flow] = ()) -> None:
        self._named = {flow.name: flow for flow in (*further, *flows.values())}
        self._exact = {number: flow for number, flow in flows.items() if not number.endswith("*")}
        self._prefixes = sorted(
            ((number[:-1], flow) for number, flow in flows.items() if number.endswith("*")),
            key=lambda route: len(route[0]),
            reverse=True,
        )

    def named(self, name: str) -> Flow | None:
        """The flow with this name; None: there is none."""
        return self._named.get(name)

    @property
    def names(self) -> list[str]:
        """Of all flows, sorted."""
        return sorted(self._named)

    def flow_of(self, offer: Offered) -> Flow | None:
        """The flow that takes this call."""
        return self.find(offer.dialled)

    def find(self, dialled: str) -> Flow | None:
        """The flow for *dialled*; None: nobody here has that number."""
        exact = self._exact.get(dialled)
        if exact is not None:
            return exact
        return next((flow for start, flow in self._prefixes if dialled.startswith(start)), None)
