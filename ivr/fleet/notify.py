"""Tells systemd how far we are (sd_notify(3)), where it started us and wants to know."""

from __future__ import annotations

import contextlib
import os
import socket


def tell(state: str) -> None:
    """Send *state*, such as ``READY=1``."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out, contextlib.suppress(OSError):
        # An address that begins with @ is in the abstract namespace.
        out.sendto(state.encode(), address.replace("@", "\0", 1))
