"""The stack's listening sockets, which let nobody in while its places are short.

The stack accepts connections as long as there are any, and tells of each while it goes on; so that
whoever keeps them coming could fill all of its places within a single poll.  A socket whose door is
shut drops what would become a connection: the other side's kernel tries again a second later, and
again after two.  Who waits at the door already (six at most, on each) is still let in.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import socket
import stat
import struct
from collections.abc import Collection

_ATTACH_FILTER, _DETACH_FILTER = 26, 27  # SO_…, of all of Linux's common architectures
_DROP = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))  # a filter: return 0
_PROGRAM = struct.pack("HP", 1, ctypes.addressof(_DROP))


class Door:
    """Of the sockets on which this process listens for connections to `ports`."""

    def __init__(self, *ports: int) -> None:
        self.is_shut = False
        self._sockets = _listening(ports) if ports else []

    def shut(self) -> None:
        if not self.is_shut:
            self._set(_ATTACH_FILTER, _PROGRAM)
            self.is_shut = True

    def open(self) -> None:
        if self.is_shut:
            self._set(_DETACH_FILTER, struct.pack("i", 0))
            self.is_shut = False

    def close(self) -> None:
        """For good: without this the port would stay taken."""
        while self._sockets:
            self._sockets.pop().close()

    def _set(self, option: int, value: bytes) -> None:
        for each in self._sockets:
            with contextlib.suppress(OSError):  # a kernel without filters; nothing is worse then
                each.setsockopt(socket.SOL_SOCKET, option, value)


def _listening(ports: Collection[int]) -> list[socket.socket]:
    found = []
    for number in map(int, os.listdir("/proc/self/fd")):
        with contextlib.suppress(OSError):
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                each = socket.socket(fileno=os.dup(number))
                if _listens(each) and each.getsockname()[1] in ports:
                    found.append(each)
                else:
                    each.close()
    return found


def _listens(each: socket.socket) -> bool:
    internet = each.family in (socket.AF_INET, socket.AF_INET6)
    return internet and bool(each.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
