"""Messages between two processes of the fleet: JSON objects over a socket that keeps them apart.

Sending never blocks: whoever does not read must not stop the others.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from typing import Any

Message = dict[str, Any]

LARGEST = 200_000  # bytes of one message; the kernel's default buffers hold one of these
_ROOM = 4 << 20  # bytes waiting to be read, where the machine allows


class Link:
    """One end.  `gone` once the other end is."""

    def __init__(self, own: socket.socket) -> None:
        own.setblocking(False)
        self._socket = own
        self.gone = False

    @classmethod
    def pair(cls) -> tuple[Link, socket.socket]:
        """A link, and the other end for another process."""
        own, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (own, other):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _ROOM)
        return cls(own), other

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(self, message: Message, pass_on: socket.socket | None = None) -> bool:
        """Whether *message* is on its way; `pass_on` goes with it to the other process."""
        data = json.dumps(message, ensure_ascii=False, default=str).encode("utf-8", "replace")
        files = [pass_on.fileno()] if pass_on else []
        try:
            socket.send_fds(self._socket, [data], files)
        except OSError:  # full, or gone: then `receive` tells
            return False
        return True

    def receive(self) -> Iterator[tuple[Message, socket.socket | None]]:
        """The messages that are here, each with the socket that came along, if any."""
        while True:
            try:
                data, files, _, _ = socket.recv_fds(self._socket, LARGEST, 1)
            except BlockingIOError:
                return
            except ConnectionResetError:  # it went without reading all; what it wrote comes now
                continue
            if not data:
                self.gone = True
                return
            yield json.loads(data), socket.socket(fileno=files[0]) if files else None

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.close()

    def wake_by_signal(self) -> None:
        """From now on this process gets SIGIO when there is something to receive."""
        import fcntl

        descriptor = self._socket.fileno()
        fcntl.fcntl(descriptor, fcntl.F_SETOWN, os.getpid())
        flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
        fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_ASYNC)
