"""Whether the front answers: one that hangs does not end, and nobody else would notice."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket

from .plan import FrontPlan

EVERY = 0.5  # seconds between two requests, while none is answered


async def beats(plan: FrontPlan, patience: float) -> bool:
    """Whether it answers OPTIONS within *patience* seconds, whatever it says."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.setblocking(False)
        link.connect((plan.inside, plan.port))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience):
                while not await _answers(link, _options(plan)):
                    pass
                return True
    return False


async def _answers(link: socket.socket, request: bytes) -> bool:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(EVERY):
            await loop.sock_sendall(link, request)
            return bool(await loop.sock_recv(link, 4096))
    except TimeoutError:
        return False
    except OSError:  # nobody listens at this moment
        await asyncio.sleep(EVERY)
        return False


def _options(plan: FrontPlan) -> bytes:
    front = f"sip:front@{plan.inside}:{plan.port}"
    token = secrets.token_hex(8)
    lines = (
        f"OPTIONS {front} SIP/2.0",
        f"Via: SIP/2.0/UDP {plan.inside};rport;branch=z9hG4bK{token}",
        "Max-Forwards: 1",
        f"From: <{front}>;tag={token}",
        f"To: <{front}>",
        f"Call-ID: {token}",
        "CSeq: 1 OPTIONS",
        "Content-Length: 0",
    )
    return "\r\n".join((*lines, "", "")).encode()
