"""What is remembered from call to call, in a story: it begins with what the story says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from ..engine.effects import Work
from ..engine.events import WorkDone

JOBS = ("recall", "remember")
Lost = Literal["failed", "timeout"]
Memories = Mapping[str, Mapping[str, Any]]


class Memory:
    """Values by scope and name; what a flow keeps is forgotten when its time is over."""

    __slots__ = ("_kept", "lost")

    def __init__(self, begins_with: Memories) -> None:
        self.lost: Lost | None = None
        """What comes of all that is asked of it; None: what should."""
        self._kept = {
            (scope, name): (value, float("inf"))
            for scope, values in begins_with.items()
            for name, value in values.items()
        }

    def does(self, work: Work, now: float) -> WorkDone:
        """What comes of `recall` or `remember`."""
        if self.lost:
            return WorkDone(work.id, self.lost, None, "the memory is out of reach")
        order, scope = work.order, work.order["scope"]
        known = self.known(now).get(scope, {})
        if work.job == "recall":
            found = {name: known[name] for name in order["names"] if name in known}
            return WorkDone(work.id, "ok", found)
        sums = {name: _number(known.get(name)) + step for name, step in order["add"].items()}
        until = now + order["seconds"]
        for name, value in {**order["values"], **sums}.items():
            self._kept[scope, name] = (value, until)
        return WorkDone(work.id, "ok", sums)

    def known(self, now: float) -> dict[str, dict[str, Any]]:
        """What is remembered at that moment, by scope and name."""
        found: dict[str, dict[str, Any]] = {}
        for (scope, name), (value, until) in self._kept.items():
            if until > now:
                found.setdefault(scope, {})[name] = value
        return found


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
