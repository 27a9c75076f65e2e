"""Telling a new front of the calls that run already.

Kamailio counts a call when it sends its INVITE to a worker, and has no command that would set a
count.  So each call is told once more, as an INVITE that goes nowhere: the front only counts it for
the worker that is named, and finds it again by its Call-ID when its BYE comes.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from . import asking
from .plan import FrontPlan

PATIENCE = 0.5  # seconds for an answer
REPEATS = 3

log = logging.getLogger("ivr.front")


async def tell(plan: FrontPlan, secret: str, calls: Iterable[tuple[str, str]]) -> None:
    """Have the front count these: Call-ID and life of each."""
    with asking.link(plan) as link:
        for call_id, life in calls:
            headers = (f"X-IVR-Counts: {secret}", f"X-IVR-Worker: {life}")
            invite = asking.request(plan, "INVITE", call_id, life, *headers)
            answer = await asking.answer(link, invite, PATIENCE, REPEATS)
            if not answer.startswith(b"SIP/2.0 200 "):
                log.warning("the front does not count call %s of worker %s", call_id, life)
