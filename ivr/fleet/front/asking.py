"""A request to the front from inside: SIP on a datagram socket, repeated until it is answered."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator

from .plan import FrontPlan


@contextlib.contextmanager
def link(plan: FrontPlan) -> Iterator[socket.socket]:
    """A socket on which the front is asked."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.setblocking(False)
        link.connect((plan.inside, plan.port))
        yield link


def request(plan: FrontPlan, method: str, call_id: str, tag: str, *headers: str) -> bytes:
    """A request to the front itself; *tag* tells it from all others."""
    front = f"sip:front@{plan.inside}:{plan.port}"
    lines = (
        f"{method} {front} SIP/2.0",
        f"Via: SIP/2.0/UDP {plan.inside};rport;branch=z9hG4bK{tag}",
        "Max-Forwards: 1",
        f"From: <{front}>;tag={tag}",
        f"To: <{front}>",
        f"Call-ID: {call_id}",
        f"CSeq: 1 {method}",
        *headers,
        "Content-Length: 0",
    )
    return "\r\n".join((*lines, "", "")).encode("utf-8", "surrogateescape")


async def answer(link: socket.socket, request: bytes, patience: float, times: int) -> bytes:
    """What the front answers to *request*, sent at most *times*, each waited for *patience*
    seconds; empty: nothing."""
    loop = asyncio.get_running_loop()
    for _ in range(times):
        try:
            async with asyncio.timeout(patience):
                try:
                    await loop.sock_sendall(link, request)
                    return await loop.sock_recv(link, 4096)
                except OSError:  # nobody listens at this moment
                    await asyncio.sleep(patience)
        except TimeoutError:
            continue
    return b""
