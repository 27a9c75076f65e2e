"""What will happen on a simulated line by itself, and when."""

from __future__ import annotations

from collections.abc import Collection
from heapq import heapify, heappop, heappush

from ..engine.events import Event

FOREVER = float("inf")


class Agenda:
    """Events in the order of their moments; at one moment in that in which they were expected."""

    __slots__ = ("_entries", "_number")

    def __init__(self) -> None:
        self._entries: list[tuple[float, int, Event]] = []
        self._number = 0

    @property
    def next(self) -> float:
        """When something happens; for ever, if nothing does."""
        return self._entries[0][0] if self._entries else FOREVER

    def expect(self, when: float, event: Event) -> None:
        self._number += 1
        heappush(self._entries, (when, self._number, event))

    def pop(self) -> tuple[float, Event]:
        """The next moment, and what happens then."""
        when, _, event = heappop(self._entries)
        return when, event

    def forget(self, id: int, kind: str = "id") -> None:
        """Nothing more will come of playback, recording or referral *id*, or of that `leg`."""
        self._entries = [entry for entry in self._entries if getattr(entry[2], kind, None) != id]
        heapify(self._entries)

    def delay(self, id: int, seconds: float) -> None:
        """What will come of *id* comes later by so much."""
        self._entries = [
            (when + seconds * (getattr(event, "id", None) == id), number, event)
            for when, number, event in self._entries
        ]
        heapify(self._entries)

    def clear(self, keep: Collection[int] = ()) -> None:
        """Nothing more will come but of what is to be kept, by id."""
        self._entries = [entry for entry in self._entries if getattr(entry[2], "id", None) in keep]
