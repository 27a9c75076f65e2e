"""Asking the caller's phone to call somebody else (RFC 3515, RFC 5589)."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pjsua2 as pj

from ..engine.effects import Refer
from ..engine.events import ReferDone
from .leg import Leg
from .message import one_line

logger = logging.getLogger(__name__)


class Referral:
    """One REFER, and what the phone tells of it.  `done` is called once, or never if stopped."""

    def __init__(self, effect: Refer, done: Callable[[ReferDone], None]) -> None:
        self.id = effect.id
        self._effect = effect
        self._done = done
        self._accepted = False

    def begin(self, caller: Leg, target: Leg | None) -> None:
        """Asks.  With a `target`, the phone is to take our place in that dialog (RFC 3891)."""
        try:
            if target:
                caller.xferReplaces(target, pj.CallOpParam(True))
            else:
                caller.xfer(f"<{one_line(self._effect.to)}>", pj.CallOpParam(True))
        except pj.Error as error:
            logger.warning("a caller cannot be referred: %s", error.reason)
            self._done(ReferDone(self.id, 0, one_line(error.reason)))

    def progress(self, code: int, final: bool) -> None:
        """202 counts as 100 here; then come the far end's own codes, by NOTIFY."""
        if code < 200:
            self._accepted = True
            if final:
                self._done(ReferDone(self.id, 0, "the phone stopped telling"))
        elif final:
            self._done(ReferDone(self.id, code))

    def caller_left(self, by: str) -> None:
        # RFC 5589 6.1: the phone may leave as soon as it has somebody else to talk to.
        if self._accepted and by == "caller":
            self._done(ReferDone(self.id, 200))
