"""Moments that a calendar has closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Closure:
    """From `begins` to just before `ends`; without a zone, on the clocks of the schedule."""

    begins: datetime
    ends: datetime
    text: str

    def includes(self, local: datetime) -> bool:
        """Whether the moment *local*, in the schedule's zone, lies in it."""
        moment = local.replace(tzinfo=None) if self.begins.tzinfo is None else local
        return self.begins <= moment < self.ends


class Closures(tuple[Closure, ...]):
    """All of a calendar, its repeated events one by one."""

    __slots__ = ()

    def at(self, local: datetime) -> str:
        """What closes at *local*; empty: nothing does."""
        return next((closure.text for closure in self if closure.includes(local)), "")
