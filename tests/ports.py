"""Ports for tests.  Each process of a run has its own, so that they can run side by side.

They lie between those that the product takes by itself and those that the kernel hands out: a
peer's, and those for the RTP of a line, which looks for free ones among them.
"""

from __future__ import annotations

import os
import socket
import zlib
from itertools import cycle

LOCAL = "127.0.0.1"
_PROCESS = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_FIRST = 12000 + 2000 * (_PROCESS % 8)
_KEPT, _ALL = 300, 2000
_RUN = zlib.crc32(os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid())).encode())
_kept, _given = _FIRST, 0
_lines = cycle(40000 + (_RUN + 20 * _PROCESS + number) % 80 * 250 for number in range(20))
_fleets = cycle(28000 + 1500 * (_PROCESS % 3) + 500 * number for number in range(3))


def keep(count: int) -> int:
    """The first of `count` ports that are this module's as long as the process lives."""
    global _kept
    _kept += count
    assert _kept <= _FIRST + _KEPT
    return _kept - count


def free_port(count: int = 1) -> int:
    """A port that was not given away for a long time, and so are the `count` - 1 after it; all of
    them are free for UDP and TCP.  The next one is nobody's: programs take it for RTCP, or TLS."""
    global _given
    while True:
        if _given + count > _ALL - _KEPT:
            _given = 0
        first = _FIRST + _KEPT + _given
        _given += count + 1
        if all(_is_free(first + number) for number in range(count)):
            return first


def rtp_port() -> int:
    """Where 200 ports begin, for the RTP of a line: other ones than the last lines had."""
    return next(_lines)


def fleet_rtp_port() -> int:
    """Where 500 ports begin, for the RTP of a fleet: other ones than the last fleets had."""
    return next(_fleets)


def _is_free(port: int) -> bool:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp,
    ):
        try:
            udp.bind((LOCAL, port))
            tcp.bind((LOCAL, port))
        except OSError:
            return False
    return True
