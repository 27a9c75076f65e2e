"""Keys that come late to an entry that is over, and must not reach the next one."""

from __future__ import annotations

from collections.abc import Collection

NEVER = float("-inf")


class Stray:
    """What may still come of an entry that is over.

    That is a terminator; and where the entry was refused in the middle, its rest as well: what is
    pressed soon enough after the key before, up to a terminator.
    """

    __slots__ = ("_gap", "_last_press", "_terminator_until", "_terminators", "rest_until")

    def __init__(self) -> None:
        self._terminators: Collection[str] = ()
        self._terminator_until = self.rest_until = self._last_press = NEVER
        self._gap = 0.0

    def expect(self, terminators: Collection[str], until: float) -> None:
        """The next key is stray if it is one of *terminators* and comes before *until*."""
        self._terminators, self._terminator_until, self.rest_until = terminators, until, NEVER

    def expect_rest(self, gap: float) -> None:
        """So is all before a terminator that comes within *gap* seconds of the key before it."""
        self._gap, self.rest_until = gap, self._last_press + gap

    def takes(self, key: str, now: float) -> bool:
        """Whether *key*, pressed *now*, is stray."""
        rest, ends = now < self.rest_until, key in self._terminators
        stray = rest or (ends and now <= self._terminator_until)
        self._last_press = now
        if rest and not ends:
            self.rest_until = now + self._gap
        else:
            self._terminator_until = self.rest_until = NEVER
        return stray
