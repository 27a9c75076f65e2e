"""Callers whose phone refers us to somebody else (RFC 3515), who then takes their place."""

from __future__ import annotations

import logging
import re
import weakref
from typing import Protocol

import pjsua2 as pj

from .leg import Leg
from .stack import Stack

logger = logging.getLogger(__name__)

PATIENCE = 60.0  # seconds for him to answer

# One header may come along: Replaces, of an attended transfer (RFC 3891); any other might be Route.
_REFER_TO = re.compile(
    r"\s*(?:\"[^\"\\<>]*\"\s*)?<([^<>?]+)(?:\?Replaces=[\w.!~*'()%;=@+-]*)?>\s*", re.IGNORECASE
)


class Call(Protocol):
    """The call whose caller is to be another."""

    id: str
    leg: Leg | None

    def move(self, leg: Leg) -> None:
        """Goes on with `leg`, which has sound."""

    def ended(self, code: int, reason: str) -> None:
        """It does not, and the phone that referred us has left."""


class Successor:
    """Whom we call because the caller's phone says so, until he takes over or does not come.

    One at a time.  The stack itself calls him, and tells the phone how that goes (NOTIFY).
    """

    def __init__(self, stack: Stack, call: Call) -> None:
        self.leg: Leg | None = None
        self._stack = stack
        self._call: Call = weakref.proxy(call)  # see `Speaker`
        self._has_media = self._is_confirmed = False
        self._left: tuple[int, str] | None = None  # how the phone that referred us did

    @property
    def comes(self) -> bool:
        """Whether somebody is on his way."""
        return self.leg is not None

    def wanted(self, refer_to: str) -> Leg | None:
        """The leg for a REFER, or None: it is declined.  From inside the callback."""
        found, stack = _REFER_TO.fullmatch(refer_to), self._stack
        if found is None or self.leg or not stack.has_slot():
            logger.warning("call %s: a REFER is declined", self._call.id)
            return None
        if stack.tolls.refuses(found[1], self._call.id):
            return None
        leg = self.leg = Leg(stack, stack.account)
        leg.owner = self
        self._has_media = self._is_confirmed = False
        stack.adopt(leg)
        stack.defer(self._begun)
        key = leg.key
        stack.later(PATIENCE, lambda: self._too_late(key))
        return leg

    def caller_left(self, code: int, reason: str) -> bool:
        """The phone that referred us hangs up; whether the call goes on all the same."""
        if self.leg is None:
            return False
        self._left = code, reason
        return True

    def drop(self) -> None:
        """Nobody waits for him any more."""
        leg, self.leg = self.leg, None
        if leg:
            leg.owner = None
            hang_up(leg)

    def _begun(self) -> None:
        leg = self.leg
        if leg is None:
            return
        try:
            leg.dialog = leg.call_id(), ""
        except pj.Error:  # the stack could not even call
            leg.owner = self.leg = None
            self._stack.forget(leg)
            self.ended(0, "")

    def _too_late(self, key: int) -> None:
        if self.leg and self.leg.key == key:
            self.drop()
            self.ended(408, "")

    # -- the leg's news ---------------------------------------------------------------------------

    def progressed(self, code: int) -> None:
        """The stack tells the phone."""

    def confirmed(self) -> None:
        self._is_confirmed = True
        self._take_over()

    def media_changed(self) -> None:
        try:
            if self.leg:
                self.leg.getAudioMedia(-1)
                self._has_media = True
        except pj.Error:
            return
        self._take_over()

    def _take_over(self) -> None:
        if self._is_confirmed and self._has_media and self.leg:
            leg, self.leg, self._left = self.leg, None, None
            self._call.move(leg)

    def pressed(self, key: str, transport: str) -> None:
        """He is not the caller yet."""

    def referred(self, code: int, final: bool) -> None:
        """We send no REFER on this leg."""

    def ended(self, code: int, reason: str) -> None:
        logger.info("call %s: whom we were referred to did not come: %d", self._call.id, code)
        left, self._left = self._left, None
        if left:
            self._call.ended(*left)


def hang_up(leg: Leg) -> None:
    """Ends `leg`, if it is there."""
    try:
        leg.hangup(pj.CallOpParam())
    except pj.Error as error:
        logger.info("a leg is gone already: %s", error.reason)
