"""The stack's sockets, counted, because it counts them badly.  Pure.

Its select() has 64 places.  A call takes two of them and a connection one, and each comes back
only half a second after its end; when one is wanted while the last are on their way back, the
stack aborts the process.  A stranger can bring that about with a burst of INVITEs or of
connections, so both are held off while places are short.
"""

from __future__ import annotations

from collections import deque

PLACES = 64
LINGER = 0.55  # seconds
LISTENING = 3  # UDP, TCP and TLS
A_CALL = 2
# What a single poll may add before anybody counts again: the calls that fill the free slots, and
# the connections that fit into the queue of a listening socket whose door is shut (see `Door`).
A_POLL = 18
MOST_CONNECTIONS = 12


class Sockets:
    """Places taken now or a moment ago.  Times are seconds of one clock."""

    def __init__(self) -> None:
        self.calls = 0
        self.connections: set[int] = set()
        self.leaving: deque[tuple[float, int]] = deque()
        self._at_the_door = False

    def admitted(self, now: float, streams: int) -> None:
        """An INVITE was let through to the stack; it may become a call or be refused there.

        Of the sockets of its `streams`, a call keeps those of one.
        """
        self.leaving.append((now, A_CALL * max(1, streams)))
        self._at_the_door = True

    def call_began(self, incoming: bool) -> None:
        """A call has its sockets: a caller's, who may just have been `admitted`, or our own."""
        self.calls += 1
        if incoming and self._at_the_door:
            since, count = self.leaving.pop()
            self.leaving.append((since, count - A_CALL))
        self._at_the_door = False

    def call_ended(self, now: float) -> None:
        """A call gave its sockets back."""
        self.calls -= 1
        self.refused(now)

    def renewed(self, now: float) -> None:
        """A call gave its sockets back and took others: a re-INVITE can bring that about."""
        self.refused(now)

    def refused(self, now: float) -> None:
        """The stack itself refused an INVITE, perhaps after it had made the sockets for it."""
        self.leaving.append((now, A_CALL))

    def connected(self, connection: int) -> bool:
        """A TCP connection stands; false when it is one too many and should be closed."""
        self.connections.add(connection)
        return len(self.connections) <= MOST_CONNECTIONS

    def disconnected(self, connection: int, now: float) -> None:
        """A TCP connection is gone."""
        if connection in self.connections:
            self.connections.remove(connection)
            self.leaving.append((now, 1))

    def unfinished(self, now: float) -> None:
        """A connection ended before its TLS handshake did; nobody had told of it."""
        self.leaving.append((now, 1))

    def short(self, now: float) -> bool:
        """Whether another call must wait."""
        return self._taken(now) > PLACES - A_POLL - A_CALL

    def spent(self, now: float) -> bool:
        """Whether nothing at all may be read until some places are back."""
        return bool(self.leaving) and self._taken(now) > PLACES - A_POLL

    def _taken(self, now: float) -> int:
        while self.leaving and self.leaving[0][0] < now - LINGER:
            self.leaving.popleft()
        return (
            LISTENING
            + A_CALL * self.calls
            + len(self.connections)
            + sum(count for _, count in self.leaving)
        )
