"""Callers whose phone refers us to somebody else (RFC 3515), who then takes their place."""

from __future__ import annotations

import logging
import re
import weakref
from typing import Protocol
from urllib.parse import unquote

import pjsua2 as pj

from ..engine.events import Offered
from .far_leg import NoWay, call_out
from .leg import Leg, hang_up, has_sound
from .message import one_line
from .stack import Stack

logger = logging.getLogger(__name__)

PATIENCE = 60.0  # seconds for him to answer

# One header may come along: Replaces, of an attended transfer (RFC 3891); any other might be Route.
_REFER_TO = re.compile(
    r"\s*(?:\"[^\"\\<>]*\"\s*)?<([^<>?]+)(?:\?Replaces=([\w.!~*'()%;=@+-]+))?>\s*", re.IGNORECASE
)


class Call(Protocol):
    """The call whose caller is to be another."""

    id: str
    leg: Leg | None
    offer: Offered

    def move(self, leg: Leg) -> None:
        """Goes on with `leg`, which has sound."""

    def ended(self, code: int, reason: str) -> None:
        """It does not, and the phone that referred us has left."""


class Successor:
    """Whom we call because the caller's phone says so, until he takes over or does not come.

    One at a time.  We call him and tell the phone (NOTIFY) ourselves, because no REFER may reach
    the stack: see `Gate`.
    """

    def __init__(self, stack: Stack, call: Call) -> None:
        self.comes = False
        """Whether somebody is on his way."""
        self.leg: Leg | None = None
        self._stack = stack
        self._call: Call = weakref.proxy(call)  # see `Speaker`
        self._referrals = 0
        self._event = ""  # what NOTIFY is about
        self._has_media = self._is_confirmed = False
        self._left: tuple[int, str] | None = None  # how the phone that referred us did

    def wanted(self, refer_to: str, number: int) -> bool:
        """Whether the REFER with CSeq `number` is taken up.  From inside the callback."""
        found, stack = _REFER_TO.fullmatch(refer_to), self._stack
        if found is None or self.comes or not stack.has_slot():
            logger.warning("call %s: a REFER is declined", self._call.id)
            return False
        if stack.tolls.refuses(found[1], self._call.id):
            return False
        self.comes = True
        self._has_media = self._is_confirmed = False
        # RFC 3515 2.4.6: all but the first are told apart by number.
        self._event = f"refer;id={number}" if self._referrals else "refer"
        self._referrals += 1
        this, uri, replaces = self._referrals, found[1], unquote(found[2] or "")
        stack.defer(lambda: self._dial(this, uri, one_line(replaces)))
        stack.later(PATIENCE, lambda: self._too_late(this))
        return True

    def caller_left(self, code: int, reason: str) -> bool:
        """The phone that referred us hangs up; whether the call goes on all the same."""
        if self.comes:
            self._left = code, reason
        return self.comes

    def drop(self) -> None:
        """Nobody waits for him any more."""
        self.comes = False
        leg, self.leg = self.leg, None
        if leg:
            leg.owner = None
            hang_up(leg)

    def _dial(self, this: int, uri: str, replaces: str) -> None:
        if not self.comes or this != self._referrals:
            return
        self._tell(100)
        try:
            self.leg = call_out(
                self._stack, self, uri, self._call.offer.dialled, self._call.id, replaces=replaces
            )
        except NoWay as reason:
            self.ended(503, str(reason))
        else:
            self.leg.second = True

    def _too_late(self, this: int) -> None:
        if self.comes and this == self._referrals:
            self.drop()
            self.ended(408, "")

    def _tell(self, code: int) -> None:
        """Lets the phone know how it goes, in a body of RFC 3420."""
        leg = self._call.leg
        if leg is None:
            return
        request = pj.CallSendRequestParam()
        request.method = "NOTIFY"
        state = "active;expires=60" if code < 200 else "terminated;reason=noresource"
        for name, value in (("Event", self._event), ("Subscription-State", state)):
            header = pj.SipHeader()
            header.hName, header.hValue = name, value
            request.txOption.headers.push_back(header)
        request.txOption.contentType = "message/sipfrag;version=2.0"
        request.txOption.msgBody = f"SIP/2.0 {code} {REASONS.get(code, 'Unsuccessful')}\r\n"
        try:
            leg.sendRequest(request)
        except pj.Error as error:
            logger.info("call %s: the phone is not told: %s", self._call.id, error.reason)

    # -- the leg's news ---------------------------------------------------------------------------

    def progressed(self, code: int) -> None:
        if self.leg:
            self._tell(code)

    def confirmed(self) -> None:
        self._is_confirmed = True
        self._take_over()

    def media_changed(self) -> None:
        self._has_media = self._has_media or has_sound(self.leg)
        self._take_over()

    def _take_over(self) -> None:
        if self._is_confirmed and self._has_media and self.leg:
            self._tell(200)
            leg, self.leg, self._left, self.comes = self.leg, None, None, False
            self._call.move(leg)

    def pressed(self, key: str, transport: str) -> None:
        """He is not the caller yet."""

    def referred(self, code: int, final: bool) -> None:
        """We send no REFER on this leg."""

    def ended(self, code: int, reason: str) -> None:
        logger.info(
            "call %s: whom we were referred to did not come: %d %s",
            self._call.id, code, one_line(reason),
        )  # fmt: skip
        self._tell(code if code >= 300 else 503)
        self.comes = False
        left, self._left = self._left, None
        if left:
            self._call.ended(*left)


REASONS = {100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK"}
