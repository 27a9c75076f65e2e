"""What a far end that we called made of it: outcomes for the status codes of SIP.  Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

TransferOutcome = Literal["answered", "busy", "no_answer", "rejected", "unreachable", "failed"]
OUTCOMES: tuple[TransferOutcome, ...] = (
    "answered", "busy", "no_answer", "rejected", "unreachable", "failed",
)  # fmt: skip

REFUSALS = ("not_allowed", "too_many_calls", "too_many_minutes", "not_accepted")
"""Reasons that are nobody's SIP: what may be called, and what who answers has to press."""

NO_RESPONSE = "no_response"
"""Nothing came of whoever was called, not even that he is being looked for."""

MEDIA_TIMEOUT = "media_timeout"
"""Somebody who talked is gone without a word."""

_BUSY = {486, 600}
_NO_ANSWER = {408, 480, 487}
_REJECTED = {401, 402, 403, 405, 407, 433, 603, 607, 608}
_UNREACHABLE = {404, 410, 416, 423, 484, 485, 488, 604, 606}


def outcome_of(code: int, reason: str = "") -> TransferOutcome:
    """What the final status *code* (RFC 3261 21) means for a flow; 0: none came.

    A redirect that was not followed leads nowhere.  `failed` is left for what only a program can
    have got wrong (400, 415, 420, ...): calling again changes nothing.
    """
    if 200 <= code < 300:
        return "answered"
    if reason in REFUSALS:
        return "rejected"
    if reason == NO_RESPONSE:
        return "unreachable"
    if code in _BUSY:
        return "busy"
    if code in _NO_ANSWER:
        return "no_answer"
    if code in _REJECTED:
        return "rejected"
    if code == 0 or code in _UNREACHABLE or 300 <= code < 400 or 500 <= code < 600:
        return "unreachable"
    return "failed"


@dataclass(frozen=True, slots=True)
class Ending:
    """How an attempt to reach somebody ended; `keys` are those that took the caller back."""

    outcome: TransferOutcome
    code: int = 0
    reason: str = ""
    keys: str = ""


def best_of(endings: Iterable[Ending]) -> Ending:
    """Of several who did not come, what says most to the caller: busy before no answer, and so on.

    RFC 3261 16.7 has a proxy choose in the same spirit.
    """
    return min(endings, key=lambda ending: OUTCOMES.index(ending.outcome))
