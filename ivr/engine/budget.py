"""How many steps a call may go without waiting for anything, and how often to one state."""

from __future__ import annotations

from .errors import FlowError

MAX_MOVES = 50  # steps without waiting or using a key; more is a loop in the flow
MAX_VISITS = 4000  # of one state in an hour: who asks once a second may go on, as in a queue
_HOUR = 3600.0
SHORTEST_REST = 0.1  # seconds; what answers sooner, such as work that fails at once, is no wait


class Budget:
    """The steps of a flow and of those that it calls, counted together."""

    __slots__ = ("_hour", "_idle", "_since", "_visits")

    def __init__(self) -> None:
        self._visits: dict[str, int] = {}  # in the hour since then
        self._hour = 0.0
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

    def visit(self, state: str, now: float) -> None:
        """Count that *state* was entered; however long is waited in between, it is not for ever."""
        if now - self._hour >= _HOUR:
            self._visits, self._hour = {}, now
        self._visits[state] = self._visits.get(state, 0) + 1
        if self._visits[state] > MAX_VISITS:
            raise FlowError(f"{MAX_VISITS} times in {state!r} within an hour: a loop in the flow")
