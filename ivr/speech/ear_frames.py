"""What goes through the pipes between a worker and its recognisers: frames, each of a turn.

A frame to the recognisers is at most as long as what a pipe takes whole or not at all, so that one
that is full never leaves half a frame.
"""

from __future__ import annotations

import select
import struct
from collections.abc import Iterator
from enum import IntEnum

_HEADER = struct.Struct("<BII")  # what, turn, length
LONGEST = select.PIPE_BUF - _HEADER.size

Frame = tuple["Kind", int, bytes]


class Kind(IntEnum):
    """What a frame says.  Bodies that are no sound are JSON."""

    # To the recognisers.
    MORE = 0  # the beginning of what the next frame of this turn says
    OPEN = 1
    SOUND = 2
    FINISH = 3
    DROP = 4
    PING = 5
    # From the recognisers.
    READY = 6  # with the languages that cannot be recognised, and why
    SO_FAR = 7  # whether what was said so far may be all
    RESULT = 8
    FAILED = 9
    PONG = 10
    WARNING = 11


def pack(kind: Kind, turn: int = 0, body: bytes = b"") -> bytes:
    """One frame."""
    return _HEADER.pack(kind, turn, len(body)) + body


def in_parts(kind: Kind, turn: int, body: bytes) -> list[bytes]:
    """Frames that say together what one would, which may be too long."""
    parts = [body[at : at + LONGEST] for at in range(0, len(body), LONGEST)] or [b""]
    return [
        pack(kind if number == len(parts) else Kind.MORE, turn, part)
        for number, part in enumerate(parts, 1)
    ]


class Unpacker:
    """Frames out of the bytes of a pipe."""

    def __init__(self) -> None:
        self._bytes = b""

    def feed(self, some: bytes) -> Iterator[Frame]:
        """The frames that are whole with these.  Raises ValueError for what is no frame."""
        self._bytes += some
        at = 0
        while len(self._bytes) >= at + _HEADER.size:
            kind, turn, length = _HEADER.unpack_from(self._bytes, at)
            end = at + _HEADER.size + length
            if len(self._bytes) < end:
                break
            yield Kind(kind), turn, self._bytes[at + _HEADER.size : end]
            at = end
        self._bytes = self._bytes[at:]
