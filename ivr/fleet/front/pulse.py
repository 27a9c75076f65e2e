"""Whether the front answers: one that hangs does not end, and nobody else would notice."""

from __future__ import annotations

import math
import secrets

from . import asking
from .plan import FrontPlan

EVERY = 0.5  # seconds between two requests, while none is answered


async def beats(plan: FrontPlan, patience: float) -> bool:
    """Whether it answers OPTIONS within *patience* seconds, whatever it says."""
    token = secrets.token_hex(8)
    options = asking.request(plan, "OPTIONS", token, token)
    with asking.link(plan) as link:
        return bool(await asking.answer(link, options, EVERY, math.ceil(patience / EVERY)))
