"""A flow before and now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...engine.state import State
from ..chart import Chart


@dataclass(frozen=True, slots=True)
class Pair:
    """A flow before and now; `names` are the new names of states that have another one now."""

    old: Chart
    new: Chart
    names: Mapping[str, str]

    def name(self, state: str) -> str:
        """What the new flow calls *state* of the old one."""
        return self.names.get(state, state)

    @property
    def both(self) -> Iterator[tuple[State, State]]:
        """The states that are in both."""
        for name, state in self.old.states.items():
            if self.name(name) in self.new.states:
                yield state, self.new.states[self.name(name)]
