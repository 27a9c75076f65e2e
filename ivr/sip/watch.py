"""Callers who vanish without a BYE: nothing says that they are gone, and their slot is taken."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Protocol

import pjsua2 as pj

from .leg import Leg
from .stack import Stack

logger = logging.getLogger(__name__)

LOOK = 5.0  # seconds between two looks, or a quarter of the time-out where that is less


class Watched(Protocol):
    """A call that may fall silent."""

    id: str
    leg: Leg | None


class Watch:
    """Calls `gone` with the reason when nothing came for `seconds`, neither RTP nor RTCP.

    A phone that holds the call sends nothing and may do so for as long as it likes.  It is asked
    from time to time, by OPTIONS in the dialog, and is gone when no answer comes (RFC 3261
    12.2.1.2).
    """

    def __init__(
        self, stack: Stack, call: Watched, seconds: float, gone: Callable[[str], None]
    ) -> None:
        self._stack = stack
        self._call = call
        self._seconds = seconds
        self._gone = gone
        self._received: int | None = None
        self._since = time.monotonic()
        self._key = call.leg.key if call.leg else -1
        self._again()

    def _again(self) -> None:
        self._stack.later(min(LOOK, self._seconds / 4), self._look)

    def _look(self) -> None:
        leg = self._call.leg
        if leg is None or leg.key != self._key:
            return
        try:
            self._judge(leg, time.monotonic())
        except pj.Error as error:
            logger.info("call %s: nobody to be asked: %s", self._call.id, error.reason)
        self._again()

    def _judge(self, leg: Leg, now: float) -> None:
        received = leg.received()
        if received != self._received:
            self._received, self._since = received, now
        elif now - self._since >= self._seconds:
            self._since = now
            if received is None:
                leg.ask(lambda: self._gone("on hold, and does not answer"))
            else:
                why = f"nothing heard for {self._seconds:g} s"
                logger.warning("%s", why, extra={"call": self._call.id})
                self._gone(why)
