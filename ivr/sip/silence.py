"""Calls without sound soon after the answer: what SDP said beside what came tells why."""

from __future__ import annotations

import logging
from dataclasses import dataclass

logger = logging.getLogger(__name__)

SOON = 3.0  # seconds from the answer


@dataclass(frozen=True, slots=True)
class Sound:
    """What RTP did: packets that `came` and `went`.

    `ours` and `theirs` are address and port as SDP has them, of us and of the far end; `source` is
    where its packets come from, empty while there are none.
    """

    came: int
    went: int
    ours: str
    theirs: str
    source: str = ""


def warn(call: str, sound: Sound) -> bool:
    """Whether sound is missing, either way; then it is logged."""
    if sound.came and sound.went:
        return False
    missing = "from the caller" if not sound.came else "to the caller"
    if not sound.came and not sound.went:
        missing = "either way"
    logger.warning(
        "no sound %s %g s after the answer: SDP said %s of us and %s of the caller;"
        " %d packets came and %d went",
        missing, SOON, sound.ours, sound.theirs, sound.came, sound.went,
        extra={"call": call},
    )  # fmt: skip
    return True
