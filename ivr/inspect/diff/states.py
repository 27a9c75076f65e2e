"""Which state of one version has become which of the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ..chart import Chart
from .acts import given

_ALIKE = 0.4  # of what two states say, and of the states around them


def renamed(old: Chart, new: Chart) -> dict[str, str]:
    """The new names of states of *old* that *new* has under another one.

    They do the same verbs, and are told about the same or stand in the same place.
    """
    gone = {name: _Said.of(old, name) for name in old.states if name not in new.states}
    fresh = {name: _Said.of(new, name) for name in new.states if name not in old.states}
    likely = sorted(
        (
            (was.likeness(now), before, after)
            for before, was in gone.items()
            for after, now in fresh.items()
        ),
        key=lambda each: -each[0],
    )
    found: dict[str, str] = {}
    taken = set[str]()
    for likeness, before, after in likely:
        if likeness >= _ALIKE and before not in found and after not in taken:
            found[before] = after
            taken.add(after)
    return found


@dataclass(frozen=True, slots=True)
class _Said:
    """A state: its verbs, and what is known of it besides: arguments, and where it stands."""

    verbs: tuple[str, ...]
    parts: Counter[str]

    @classmethod
    def of(cls, chart: Chart, name: str) -> _Said:
        does = chart.states[name].does
        told = Counter(part for act in does for part in given(act))
        told.update(_around(chart, name))
        return cls(tuple(act.verb.name for act in does), told)

    def likeness(self, other: _Said) -> float:
        """From 0 to 1: how much of what is known of either is in both.  0: they do other verbs."""
        total = self.parts.total() + other.parts.total()
        if not self.verbs or self.verbs != other.verbs or not total:
            return 0.0
        return 2 * (self.parts & other.parts).total() / total


def _around(chart: Chart, name: str) -> Iterator[str]:
    """The states that lead here, and those that this one leads to, each once."""
    own = [edge for edge in chart.edges if edge.kind == "outcome"]
    yield from {f"from {edge.source}" for edge in own if edge.target == name}
    yield from {f"to {edge.target}" for edge in own if edge.source == name}
    if name == chart.flow.start:
        yield "from the begin"
