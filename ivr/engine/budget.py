"""How many steps a call may go without waiting for anything."""

from __future__ import annotations

from .errors import FlowError

MAX_MOVES = 50  # steps without waiting or using a key; more is a loop in the flow
SHORTEST_REST = 0.1  # seconds; what answers sooner, such as work that fails at once, is no wait


class Budget:
    """The steps of a flow and of those that it calls, counted together."""

    __slots__ = ("_idle", "_since")

    def __init__(self) -> None:
        self._idle = 0
        self._since = 0.0  # when the last of them was made

    def renew(self) -> None:
        """Somebody did something: the caller, or who moved the call."""
        self._idle = 0

    def rested(self, now: float) -> None:
        """Something has come that was waited for."""
        if self._idle and now - self._since >= SHORTEST_REST:
            self._idle = 0

    def spend(self, now: float, *, used_keys: bool = False) -> None:
        """Count a step that did not wait; one that used a key typed ahead is progress."""
        self._idle, self._since = 0 if used_keys else self._idle + 1, now
        if self._idle > MAX_MOVES:
            raise FlowError(f"{MAX_MOVES} steps without waiting once: a loop in the flow")
