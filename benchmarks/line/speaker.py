"""What one caller sends: a sound, and keys as RFC 4733 events.  It hears nothing."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator, Sequence
from random import Random

from .kernel import DROP_ALL, DTMF_PT, attach
from .plan import LOCAL
from .prompts import PACKET, noise

TICK = 0.02  # seconds
EVENT_TICKS = 5  # how long a key is held
ENDS = 3  # packets that end a key, all at once
NOISE = tuple(noise(100))
_HEADER = struct.Struct("!BBHII")


class Speaker:
    """The RTP of one call.

    What arrives is dropped in the kernel, so that the server gets no ICMP errors, and this process
    spends nothing on what it hears.
    """

    def __init__(self, ports: Iterator[int], chance: Random, sound: Sequence[bytes]) -> None:
        self._rtp, self._rtcp, self.port = _free_pair(ports)
        self._sequence, self._stamp = chance.getrandbits(15), chance.getrandbits(31)
        self._source, self._at = chance.getrandbits(32), chance.randrange(len(sound))
        self._sound = sound
        self._keys: list[tuple[int, int]] = []
        self._event, self._event_ticks, self._events = 0, 0, DTMF_PT
        self._ticks = 0
        self.failures = 0
        """Packets that the kernel did not take."""

    def start(
        self, peer: tuple[str, int], events: int | None, keys: list[tuple[float, int]]
    ) -> None:
        """Send to `peer` from the next tick on; `keys` are (seconds from now, code)."""
        self._rtp.connect(peer)
        self._events = events or DTMF_PT
        self._keys = [(int(seconds / TICK), key) for seconds, key in keys]

    def tick(self) -> None:
        """Send what is due every 20 ms."""
        self._ticks += 1
        if self._keys and self._ticks >= self._keys[0][0]:
            self._event, self._event_ticks = self._keys.pop(0)[1], 1
        elif self._event_ticks:
            self._event_ticks += 1
        try:
            if not self._event_ticks:
                self._speak()
            elif self._event_ticks <= EVENT_TICKS:
                self._press(self._event_ticks, first=self._event_ticks == 1)
            else:
                for _ in range(ENDS):
                    self._press(EVENT_TICKS, end=True)
                self._stamp += PACKET * EVENT_TICKS
                self._event_ticks = 0
                self._speak()
        except OSError:
            self.failures += 1

    def close(self) -> None:
        self._rtp.close()
        self._rtcp.close()

    def _speak(self) -> None:
        self._send(0, self._sound[self._at])
        self._at = (self._at + 1) % len(self._sound)
        self._stamp += PACKET

    def _press(self, ticks: int, first: bool = False, end: bool = False) -> None:
        event = struct.pack("!BBH", self._event, 0x8A if end else 0x0A, PACKET * ticks)
        self._send(self._events | (0x80 if first else 0), event)

    def _send(self, kind: int, payload: bytes) -> None:
        stamp = self._stamp & 0xFFFFFFFF
        head = _HEADER.pack(0x80, kind, self._sequence, stamp, self._source)
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._rtp.send(head + payload)


def _free_pair(ports: Iterator[int]) -> tuple[socket.socket, socket.socket, int]:
    for port in ports:
        pair = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
        try:
            for offset, each in enumerate(pair):
                each.bind((LOCAL, port + offset))
                attach(each, DROP_ALL)
                each.setblocking(False)
            return pair[0], pair[1], port
        except OSError:
            for each in pair:
                each.close()
    raise AssertionError("ports never end")
