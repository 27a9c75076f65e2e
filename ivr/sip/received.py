"""All that came to a caller's ear, each sample in its place.  Pure."""

from __future__ import annotations

import struct

from .rtp import SILENCE
from .sound import RATE

LONGEST_GAP = 60 * RATE  # samples; a stamp that is further off begins anew

_HEADER = struct.Struct("!BBHII")


class Received:
    """The sound of one call as PCMU.  What was lost is silence."""

    def __init__(self) -> None:
        self.sound = bytearray()
        self._source: int | None = None
        self._zero = 0  # the stamp of the first sample

    def take(self, packet: bytes, sound: bytes) -> None:
        """A *packet* of RTP came, with this *sound*."""
        _, _, _, stamp, source = _HEADER.unpack_from(packet)
        end = len(self.sound)
        at = (stamp - self._zero + (1 << 31)) % (1 << 32) - (1 << 31)
        if source != self._source or not -LONGEST_GAP < at - end < LONGEST_GAP or at < 0:
            self._source, self._zero, at = source, (stamp - end) % (1 << 32), end
        self.sound += SILENCE[:1] * max(0, at - end)
        self.sound[at : at + len(sound)] = sound
