"""Which of this process's descriptors is the stack's own socket for SIP."""

from __future__ import annotations

import contextlib
import os
import socket
import stat

from ..engine.errors import SettingsError


def descriptor(address: tuple[str, int]) -> int:
    """The UDP socket at `address`, to wait for SIP alone: the stack's own wait ends for RTP, too.

    Raises `SettingsError` where there is none.
    """
    for number in map(int, os.listdir("/proc/self/fd")):
        with contextlib.suppress(OSError):
            if not stat.S_ISSOCK(os.fstat(number).st_mode):
                continue
            with socket.socket(fileno=os.dup(number)) as each:
                if each.type == socket.SOCK_DGRAM and each.getsockname() == address:
                    return number
    where = f"{address[0]}:{address[1]}"
    raise SettingsError(f"the SIP stack did not start: it does not listen on {where}")
