"""Keys that we press for the far end."""

from __future__ import annotations

import logging
import weakref
from collections import deque
from typing import Protocol

import pjsua2 as pj

from ..engine.effects import SendDigit
from .leg import Leg
from .message import KEYS

logger = logging.getLogger(__name__)


class Called(Protocol):
    """The call that they are for."""

    id: str
    leg: Leg | None


class Dialler:
    """RFC 4733 events take their time in the stack; an INFO waits for the answer to the last one
    (RFC 3261 12.2.1.1 numbers them, but nothing makes the far end take them in that order)."""

    def __init__(self, call: Called) -> None:
        self._call: Called = weakref.proxy(call)
        self._waiting: deque[SendDigit] = deque()
        self._asking = False

    def send(self, effect: SendDigit) -> None:
        """Presses one key."""
        if effect.digit not in KEYS:
            logger.error("call %s: %r is no key", self._call.id, effect.digit)
        elif effect.by == "info":
            self._waiting.append(effect)
            self._next()
        else:
            self._press(effect, pj.PJSUA_DTMF_METHOD_RFC2833)

    def answered(self) -> None:
        """The far end has taken an INFO, or has not."""
        self._asking = False
        self._next()

    def _next(self) -> None:
        while self._waiting and not self._asking:
            effect = self._waiting.popleft()
            if self._call.leg:
                self._call.leg.info_answered = self.answered
            self._asking = self._press(effect, pj.PJSUA_DTMF_METHOD_SIP_INFO)

    def _press(self, effect: SendDigit, method: int) -> bool:
        if self._call.leg is None:
            return False
        prm = pj.CallSendDtmfParam()
        prm.method, prm.digits = method, effect.digit
        prm.duration = round(1000 * min(max(effect.seconds, 0.04), 1.0))
        try:
            self._call.leg.sendDtmf(prm)
        except pj.Error as error:  # he has left, or takes no events
            logger.warning("call %s: a key is not sent: %s", self._call.id, error.reason)
            return False
        return True
