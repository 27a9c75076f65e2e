"""What can be different between two versions of a flow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from ...engine.state import NOWHERE, Place

Kind = Literal[
    "state", "way", "prompt", "choice", "timer", "destination", "schedule", "step", "flow"
]
TITLES: Mapping[Kind, str] = {
    "state": "states",
    "way": "ways",
    "prompt": "prompts",
    "choice": "choices",
    "timer": "timers and attempts",
    "destination": "destinations",
    "schedule": "schedules",
    "step": "what states do",
    "flow": "the flow",
}
What = Literal["added", "removed", "changed", "renamed"]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    `state` is the one where it is, as the new flow calls it; empty for what all of a flow has.
    `name` says what of it: an outcome, a verb with its parameter, a prompt.  `old` and `new` are
    empty for what has been added, or removed.  `place` is that in the new flow; of what has been
    removed, that in the old one.
    """

    kind: Kind
    what: What
    state: str
    name: str = ""
    old: str = ""
    new: str = ""
    place: str = ""


def between(
    kind: Kind, state: str, name: str, old: str | None, new: str | None, place: Place = NOWHERE
) -> list[Change]:
    """That *old* has become *new*, where they differ; None for what is not there."""
    if old == new:
        return []
    what: What = "added" if old is None else "removed" if new is None else "changed"
    return [Change(kind, what, state, name, old or "", new or "", place_of(place))]


def place_of(place: Place) -> str:
    """Where that is, for a reader."""
    return str(place) if place.file else ""


Said = Mapping[str, tuple[Kind, str]]
"""By name what kind of thing something is, and what is said of it."""


def differences(
    old: Said, new: Said, state: str, places: tuple[Place, Place], title: str = ""
) -> Iterator[Change]:
    """Where *old* and *new* say something else; *title* goes before each name."""
    for name in dict.fromkeys((*new, *old)):
        kind, now = new.get(name, (None, None))
        was_kind, was = old.get(name, (None, None))
        known = kind or was_kind
        assert known is not None
        place = places[0 if now is None else 1]
        yield from between(known, state, f"{title} {name}".lstrip(), was, now, place)
