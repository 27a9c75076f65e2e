"""Kamailio's RPC: JSON in datagrams, over a socket in its run folder."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from pathlib import Path
from typing import Any

from ...engine.errors import IvrError

PATIENCE = 2.0  # seconds for an answer
LONGEST = 1 << 17  # bytes; Kamailio writes half as many


class FrontError(IvrError):
    """The front does not start, or does not do what it is told."""


async def ask(path: Path, method: str, *params: str | int) -> Any:
    """The result of a method.  Raises `FrontError`: nobody there, or refused."""
    request = {"jsonrpc": "2.0", "method": method, "params": params, "id": 1}
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
        link.setblocking(False)
        link.bind("")  # to an abstract name that the kernel finds
        try:
            _connect(link, path)
            async with asyncio.timeout(PATIENCE):
                await loop.sock_sendall(link, json.dumps(request).encode())
                answer = json.loads(await loop.sock_recv(link, LONGEST))
        except (OSError, TimeoutError, ValueError) as error:
            raise FrontError(f"the front does not answer {method}: {error!r}") from None
    if "error" in answer:
        raise FrontError(f"the front refuses {method}: {answer['error'].get('message')}")
    return answer["result"]


def _connect(link: socket.socket, path: Path) -> None:
    """By way of the folder: a path of its own may be longer than the 107 bytes of a socket's."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        link.connect(f"/proc/self/fd/{folder}/{path.name}")
    finally:
        os.close(folder)
