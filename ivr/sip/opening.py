"""What a caller is told before the answer: that it rings, that he may listen, that it is over."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Mapping
from typing import Protocol

import pjsua2 as pj

from ..engine.effects import Redirect, Ring
from ..engine.events import EarlyMedia, Event, Offered
from . import message
from .leg import Leg
from .once import Headers
from .stack import Stack
from .timers import Timer

logger = logging.getLogger(__name__)

PATIENCE = 1.0  # seconds for the sound to open
REMINDER = 60.0  # seconds: RFC 3261 13.3.1.1, or proxies on the way give the call up


class Caller(Protocol):
    """The call that is not answered yet."""

    id: str
    leg: Leg | None
    offer: Offered

    def emit(self, event: Event) -> None:
        """Tells the flow."""


class Opening:
    """The provisional responses to one INVITE."""

    def __init__(self, stack: Stack, caller: Caller) -> None:
        self._stack = stack
        # Weak, as in the speaker: a call that is over should be gone without the collector.
        self._caller: Caller = weakref.proxy(caller)
        self._call_id = caller.offer.headers.get("call-id", "")
        self._wants_sound = self._told = self._deaf = False
        self._timer: Timer | None = None

    def ring(self, effect: Ring) -> None:
        """180, 181 or 182."""
        headers = sendable(self._caller.id, effect.headers)
        code = effect.code if 180 <= effect.code <= 182 else 180
        if headers and not self._stack.once.usable:
            logger.warning(
                "call %s: headers of a %d not sent, they would be in the answer too: %s",
                self._caller.id, code, self._stack.once.state,
            )  # fmt: skip
            headers = []
        self._send(code, effect.reason, headers)

    def open(self) -> None:
        """183; `EarlyMedia` follows as soon as there is sound, or it is known that none will be."""
        self._wants_sound = True
        self._send(183)
        # Whose INVITE has no SDP says in his ACK where his sound goes (RFC 3264 4); who is on hold
        # has none.  Neither hears anything, and the flow is not to wait for it.
        offered = self._caller.offer.headers.get("content-type", "")
        if "sdp" in offered or "multipart" in offered:
            self._stack.later(PATIENCE, self._nobody_hears)
        else:
            self._nobody_hears()

    @property
    def deaf(self) -> bool:
        """Whether the caller was to hear something and cannot."""
        return self._wants_sound and self._deaf

    def heard(self) -> None:
        """Tells the flow once that it can be heard."""
        if self._wants_sound and not self._told:
            self._told = True
            self._caller.emit(EarlyMedia())

    def _nobody_hears(self) -> None:
        if self._wants_sound and not self._told:
            self._deaf = True
            self.heard()

    def final(self, leg: Leg, code: int, reason: str = "", headers: Headers = ()) -> None:
        """The response that ends it, or the answer.  Raises `pj.Error`."""
        self._stop_reminding()
        self._wants_sound = False
        prm = response(code, reason, headers)
        self._stack.once.answer(leg, prm, self._call_id, code, headers)

    def over(self) -> None:
        """The call is gone."""
        self._wants_sound = False
        self._stop_reminding()
        self._stack.once.forget(self._call_id)

    def _send(self, code: int, reason: str = "", headers: Headers = ()) -> None:
        leg = self._caller.leg
        if leg is None:
            return
        try:
            prm = response(code, reason, headers)
            self._stack.once.answer(leg, prm, self._call_id, code, headers)
        except pj.Error as error:  # he may have left a moment ago
            logger.info("call %s: %d: %s", self._caller.id, code, error.reason)
            return
        self._remind(code, reason, headers)

    def _remind(self, code: int, reason: str, headers: Headers) -> None:
        self._stop_reminding()
        self._timer = self._stack.later(REMINDER, lambda: self._send(code, reason, headers))

    def _stop_reminding(self) -> None:
        if self._timer:
            self._timer.cancel()


def redirection(call_id: str, effect: Redirect) -> tuple[int, str, Headers]:
    """Status, reason and headers of a 3xx; 500 where it would lead nowhere."""
    values = message.contact_values(effect.contacts)
    if not values:
        logger.error("call %s: redirect without a usable contact", call_id)
        return 500, "", []
    code = effect.code if 300 <= effect.code <= 399 else 302
    contacts = [("Contact", value) for value in values]
    return code, effect.reason, [*contacts, *sendable(call_id, effect.headers)]


def sendable(call_id: str, headers: Mapping[str, str]) -> Headers:
    """What of `headers` may be sent."""
    kept, dropped = message.extra_headers(headers)
    if dropped:
        logger.warning("call %s: headers not sent: %s", call_id, ", ".join(dropped))
    return kept


def response(code: int, reason: str = "", headers: Headers = ()) -> pj.CallOpParam:
    """What `answer` is given for a response with `code`."""
    prm = pj.CallOpParam()
    prm.statusCode = code
    prm.reason = message.one_line(reason, message.REASON_LIMIT)
    for name, value in headers:
        header = pj.SipHeader()
        header.hName, header.hValue = name, value
        prm.txOption.headers.push_back(header)
    return prm
