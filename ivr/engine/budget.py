"""How many steps a call may go without waiting for anything."""

from __future__ import annotations

from .errors import FlowError

MAX_MOVES = 50  # steps without waiting or using a key; more is a loop in the flow


class Budget:
    """The steps of a flow and of those that it calls, counted together."""

    __slots__ = ("_idle",)

    def __init__(self) -> None:
        self._idle = 0

    def renew(self) -> None:
        """It has waited, or somebody moved the call."""
        self._idle = 0

    def spend(self, *, used_keys: bool) -> None:
        """Count a step that did not wait; one that used a key typed ahead is progress."""
        self._idle = 0 if used_keys else self._idle + 1
        if self._idle > MAX_MOVES:
            raise FlowError(f"{MAX_MOVES} steps without waiting once: a loop in the flow")
