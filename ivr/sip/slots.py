"""Call slots, got back from far ends that have gone silent.

The stack keeps one for 32 s (64 * T1) when a caller does not confirm our 200 with ACK, when nobody
answers our BYE, and when a call of ours is given up before it was answered.  Four such callers are
half a minute of 503 for everybody else.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Protocol

# By then five copies have gone, and the next would be 4 s away (RFC 3261 13.3.1.4, 17.1.2.2).
PATIENCE = 10.0  # seconds


class Sessions(Protocol):
    """What the stack does with the session that a call slot belongs to (see `shim.Library`)."""

    def hold(self, transaction: int) -> int:
        """The session of an INVITE's transaction, good until `release`; 0: there is none."""

    def end(self, session: int) -> None:
        """As if the stack's own patience were over: says BYE if need be, and frees the slot."""

    def release(self, session: int) -> None:
        """It will not be asked about any more."""


class Slots:
    """Watches over the sessions of legs; `later` has something done in so many seconds."""

    def __init__(
        self, sessions: Sessions, later: Callable[[float, Callable[[], None]], object]
    ) -> None:
        self._sessions = sessions
        self._later = later
        self._confirmed: dict[int, bool] = {}
        self._numbers: dict[int, int] = {}
        self._count = itertools.count(1)

    def hold(self, transaction: int) -> int:
        """The session of a leg, to be given back with `over`."""
        session = self._sessions.hold(transaction)
        if session:
            self._confirmed[session] = False
            self._numbers[session] = next(self._count)
        return session

    def answered(self, session: int) -> None:
        """We have sent a 200, and wait for the ACK."""
        if session:
            # Another session may be where this one was by then: it is known by its number.
            number = self._numbers.get(session, 0)
            self._later(PATIENCE, lambda: self._unconfirmed(session, number))

    def confirmed(self, session: int) -> None:
        """The ACK has come."""
        if session:
            self._confirmed[session] = True

    def over(self, session: int, left: bool) -> None:
        """The leg is over for us; unless the far end has `left`, it has yet to confirm that."""
        if session:
            self._later(0.0 if left else PATIENCE, lambda: self._leave(session, left))

    def _unconfirmed(self, session: int, number: int) -> None:
        if self._confirmed.get(session) is False and self._numbers[session] == number:
            self._sessions.end(session)

    def _leave(self, session: int, left: bool) -> None:
        del self._confirmed[session], self._numbers[session]
        if not left:
            self._sessions.end(session)
        self._sessions.release(session)
