"""The time that steps go by: it stands still while the caller hears an operator's prompt.

So a prompt in between costs a caller neither the seconds he has for an answer nor an attempt.
"""

from __future__ import annotations

LONGEST_HALT = 600.0  # seconds; the line reports the end of a prompt long before


class StepClock:
    """`at` the moment of a clock that never stands still: what time it is for a step."""

    __slots__ = ("_halted", "_lost")

    def __init__(self) -> None:
        self._lost = 0.0
        self._halted: float | None = None

    def at(self, now: float) -> float:
        return (now if self._halted is None else self._halted) - self._lost

    def due(self, moment: float) -> float:
        """When *moment* of a step's time is to be looked at, in that of the other clock."""
        return moment + self._lost if self._halted is None else self._halted + LONGEST_HALT

    def halt(self, now: float) -> None:
        """Stand still, if it does not already."""
        if self._halted is None:
            self._halted = now

    def go_on(self, now: float) -> float:
        """Go on from where it stood; the seconds that were lost, 0 if it did not stand."""
        if self._halted is None:
            return 0.0
        lost, self._halted = now - self._halted, None
        self._lost += lost
        return lost
