"""Where a call stands on its way to the answer, and what may be done there."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from enum import IntEnum


class Phase(IntEnum):
    """A call only ever goes up."""

    RINGING = 0
    """Nothing can be heard."""
    EARLY = 1
    """The sound is open, and nobody pays yet."""
    EARLY_KEYS = 2
    """... and the flow has asked for the caller's keys all the same."""
    ANSWERED = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """The phases in which a verb may run; `otherwise` is what is wrong, and what to do instead."""

    phases: Set[Phase]
    otherwise: str = ""


ALWAYS = frozenset(Phase)
BEFORE = ALWAYS - {Phase.ANSWERED}

ANYTIME = Standing(ALWAYS)
SOUND = Standing(
    ALWAYS - {Phase.RINGING},
    "nothing can be played before the call is answered; put answer before it, or early",
)
KEYS = Standing(
    frozenset({Phase.EARLY_KEYS, Phase.ANSWERED}),
    "no keys are taken before the call is answered; put answer before it,"
    " or where the caller is not to pay early: {take_keys: yes}",
)
RECORDED = Standing(
    ALWAYS - BEFORE,
    "nothing can be recorded before the call is answered; put answer before it",
)
