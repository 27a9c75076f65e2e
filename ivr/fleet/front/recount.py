"""Telling a new front of the calls that run already.

Kamailio counts a call when it sends its INVITE to a worker, and has no command that would set a
count.  So each call is told once more, as an INVITE that goes nowhere: the front only counts it for
the worker that is named, and finds it again by its Call-ID when its BYE comes.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Iterable

from .plan import FrontPlan

PATIENCE = 0.5  # seconds for an answer
REPEATS = 3

log = logging.getLogger("ivr.front")


async def tell(plan: FrontPlan, secret: str, calls: Iterable[tuple[str, str]]) -> None:
    """Have the front count these: Call-ID and life of each."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.setblocking(False)
        link.connect((plan.inside, plan.port))
        for call_id, life in calls:
            if not await _told(link, _invite(plan, secret, call_id, life)):
                log.warning("the front does not count call %s of worker %s", call_id, life)


async def _told(link: socket.socket, invite: bytes) -> bool:
    loop = asyncio.get_running_loop()
    for _ in range(REPEATS):
        try:
            async with asyncio.timeout(PATIENCE):
                await loop.sock_sendall(link, invite)
                return (await loop.sock_recv(link, 4096)).startswith(b"SIP/2.0 200 ")
        except (OSError, TimeoutError):
            continue
    return False


def _invite(plan: FrontPlan, secret: str, call_id: str, life: str) -> bytes:
    front = f"sip:front@{plan.inside}:{plan.port}"
    lines = (
        f"INVITE {front} SIP/2.0",
        f"Via: SIP/2.0/UDP {plan.inside};rport;branch=z9hG4bK{life}",
        "Max-Forwards: 1",
        f"From: <{front}>;tag={life}",
        f"To: <{front}>",
        f"Call-ID: {call_id}",
        "CSeq: 1 INVITE",
        f"X-IVR-Counts: {secret}",
        f"X-IVR-Worker: {life}",
        "Content-Length: 0",
    )
    return "\r\n".join((*lines, "", "")).encode("utf-8", "surrogateescape")
