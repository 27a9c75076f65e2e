"""Records the packets of a run as they pass on loopback, with the kernel's time stamps.

A ring that the kernel fills behind a filter (AF_PACKET, TPACKET_V3).  Blocks of up to 1 MiB are
copied out of it a few times a second and looked at when the run is over, so recording stays light
whatever the number of calls.  A time stamp is the moment of the sender's system call: a recorder
that comes late moves none.
"""

from __future__ import annotations

import mmap
import select
import socket
import struct
import threading
import time
from collections.abc import Iterator
from typing import Self

from .kernel import attach, one_run

SOL_PACKET, PACKET_RX_RING, PACKET_STATISTICS, PACKET_VERSION = 263, 5, 6, 10
TPACKET_V3, ETH_P_IP, SO_TIMESTAMPNS = 2, 0x0800, 35
BLOCK, BLOCKS, FRAME = 1 << 20, 64, 2048  # bytes, blocks, bytes
RETIRE_MS = 200  # after so long the kernel hands over a block that is not full
LAST_BLOCKS = 4  # times that, for what was seen before the end
READY = 1  # TP_STATUS_USER
INTERFACE = "lo"


class Sniffer:
    """A context in which packets are recorded, and what was recorded when it is left.

    Raises `PermissionError` unless run by root or with CAP_NET_RAW.
    """

    def __init__(self, sip_port: int, rtp: tuple[int, int]) -> None:
        self.drops = 0
        """Packets that the kernel had no room for."""
        self.cpu = 0.0
        """Seconds."""
        self._blocks: list[tuple[int, bytes]] = []
        self._program = one_run(sip_port, rtp)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._record, daemon=True)

    def __enter__(self) -> Self:
        try:
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        except PermissionError:
            raise PermissionError(
                "recording packets (AF_PACKET) needs root; run this as root or with CAP_NET_RAW"
            ) from None
        attach(self._socket, self._program)
        self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self._socket.setsockopt(SOL_PACKET, PACKET_VERSION, TPACKET_V3)
        frames = BLOCK // FRAME * BLOCKS
        shape = struct.pack("7I", BLOCK, BLOCKS, FRAME, frames, RETIRE_MS, 0, 0)
        self._socket.setsockopt(SOL_PACKET, PACKET_RX_RING, shape)
        self._ring = mmap.mmap(self._socket.fileno(), BLOCK * BLOCKS)
        self._socket.bind((INTERFACE, ETH_P_IP))
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._end.set()
        self._thread.join()
        counts = self._socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 12)
        self.drops = struct.unpack("3I", counts)[1]
        self._ring.close()
        self._socket.close()

    def packets(self) -> Iterator[tuple[int, bytes]]:
        """Each packet in order: when it was sent, in ns, and the frame."""
        header = struct.Struct("<4I4xI2H")  # next, s, ns, length, (original), status, mac, net
        for count, block in self._blocks:
            at = 0
            for _ in range(count):
                following, seconds, ns, length, _, mac, _ = header.unpack_from(block, at)
                yield seconds * 1_000_000_000 + ns, block[at + mac : at + mac + length]
                at += following

    def _record(self) -> None:
        poll = select.poll()
        poll.register(self._socket, select.POLLIN | select.POLLERR)
        at, left = 0, LAST_BLOCKS
        while left:
            poll.poll(RETIRE_MS)
            while self._take(at):
                at = (at + BLOCK) % (BLOCK * BLOCKS)
            left -= self._end.is_set()
        self.cpu = time.thread_time()

    def _take(self, at: int) -> bool:
        """Copy the block at this place and give it back to the kernel, if it is ours."""
        status, count, first, length = struct.unpack_from("<4I", self._ring, at + 8)
        if not status & READY:
            return False
        if count:
            self._blocks.append((count, self._ring[at + first : at + length]))
        struct.pack_into("<I", self._ring, at + 8, 0)
        return True
