"""A leg that we call for a caller, and what joins the two."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Protocol
from urllib.parse import quote

import pjsua2 as pj

from ..engine.effects import Dial, Play
from ..engine.events import (
    Event,
    LegAnswered,
    LegDigit,
    LegEnded,
    LegRinging,
    Offered,
    PlayDone,
)
from .keys import KeyFilter
from .leg import TOO_MANY, Leg
from .message import one_line
from .speaker import Prompts, Speaker
from .stack import Stack

logger = logging.getLogger(__name__)

_URI = re.compile(r"(?:sips?|tel):[^\s<>\"]+", re.IGNORECASE)


class Caller(Protocol):
    """The call that the leg belongs to."""

    id: str
    leg: Leg | None
    offer: Offered

    def emit(self, event: Event) -> None:
        """Tells the flow."""

    def hear(self, source: pj.AudioMedia) -> None:
        """Connects a source of sound with the caller, again if need be."""

    def unhear(self, source: pj.AudioMedia) -> None:
        """Takes it away again."""


class FarLeg:
    """Leg `number` of a call, from `dial` to `LegEnded` or `drop`."""

    def __init__(
        self, stack: Stack, prompts: Prompts, caller: Caller, number: int,
        gone: Callable[[int], None],
    ) -> None:  # fmt: skip
        self.number = number
        self.id = caller.id  # for the log, as its prompts' listener
        self.leg: Leg | None = None
        self._stack = stack
        self._caller: Caller = caller
        self._gone = gone
        self._keys = KeyFilter()
        self._speaker = Speaker(stack, prompts, self)
        self._is_confirmed = self._has_media = self._told = False
        self._joined = self._early = False

    def dial(self, effect: Dial) -> None:
        """Calls.  It may be over before this returns."""
        uri = one_line(effect.to)
        if not _URI.fullmatch(uri):
            logger.error("call %s: %r is no SIP URI", self.id, uri)
            self._end(0, "not a SIP URI")
            return
        if reason := self._stack.tolls.refuses(uri, self.id):
            self._end(0, reason)
            return
        if not self._stack.has_slot():
            self._end(0, "no_slot")
            return
        number = effect.caller_id or self._caller.offer.caller
        here, prm = self._stack.settings, pj.CallOpParam(True)
        user = quote(number, safe="+-_.!~*'()") or "anonymous"
        prm.txOption.localUri = f"<sip:{user}@{here.advertised}:{here.port}>"
        try:
            self.leg = self._stack.dial(self, f"<{uri}>", prm)
        except pj.Error as error:
            logger.warning("call %s: no way to %s: %s", self.id, uri, error.reason)
            self._end(0, "no_slot" if error.status == TOO_MANY else one_line(error.reason))

    def join(self, early: bool) -> None:
        """Lets the caller and this leg hear one another, or him this leg only."""
        self._joined, self._early = True, early
        self.connect()

    def press(self, key: str) -> None:
        dial(self.leg, key)

    def play(self, effect: Play) -> None:
        self._speaker.play(effect)

    def stop(self, id: int) -> None:
        """Ends playback `id`, if it is this leg that hears it."""
        self._speaker.stop(id)

    def drop(self) -> None:
        """Hangs up, and tells no more."""
        self._speaker.silence()
        leg, self.leg = self.leg, None
        if leg:
            leg.owner = None
            self._part(leg)
            try:
                leg.hangup(pj.CallOpParam())
            except pj.Error as error:
                logger.info("call %s: the far end is gone: %s", self.id, error.reason)

    def connect(self) -> None:
        """Joins whoever is to hear whom; again after each re-INVITE of either leg."""
        near, far = self._caller.leg, self.leg
        if not (self._joined and self._has_media and near and far):
            return
        try:
            theirs = far.getAudioMedia(-1)
            self._caller.hear(theirs)
            if not self._early:
                near.getAudioMedia(-1).startTransmit(theirs)
        except pj.Error as error:
            logger.info("call %s: not joined: %s", self.id, error.reason)

    def _part(self, leg: Leg) -> None:
        try:
            if self._joined:
                self._caller.unhear(leg.getAudioMedia(-1))
        except pj.Error:
            pass  # it is gone, and its sound with it

    # -- as the listener of its prompts -----------------------------------------------------------

    def hear(self, source: pj.AudioMedia) -> None:
        try:
            if self.leg and self._has_media:
                source.startTransmit(self.leg.getAudioMedia(-1))
        except pj.Error as error:
            logger.info("call %s: nothing is played to the far end: %s", self.id, error.reason)

    def unhear(self, source: pj.AudioMedia) -> None:
        try:
            if self.leg and self._has_media:
                source.stopTransmit(self.leg.getAudioMedia(-1))
        except pj.Error:
            pass  # it is gone

    def played(self, id: int) -> None:
        self._caller.emit(PlayDone(id))

    # -- the leg's news ---------------------------------------------------------------------------

    def progressed(self, code: int) -> None:
        self._caller.emit(LegRinging(self.number, code, self._has_media))

    def confirmed(self) -> None:
        self._is_confirmed = True
        self._tell()

    def media_changed(self) -> None:
        try:
            if self.leg:
                self.leg.getAudioMedia(-1)
                self._has_media = True
        except pj.Error:
            return
        self.connect()
        self._speaker.connect()
        if not self._is_confirmed:
            self._caller.emit(LegRinging(self.number, 183, early=True))
        self._tell()

    def _tell(self) -> None:
        if self._is_confirmed and self._has_media and not self._told:
            self._told = True
            self._caller.emit(LegAnswered(self.number))

    def pressed(self, key: str, transport: str) -> None:
        key = self._keys.key(key, transport, self._stack.now())
        if key:
            self._caller.emit(LegDigit(self.number, key))

    def referred(self, code: int, final: bool) -> None:
        """We send no REFER on this leg."""

    def ended(self, code: int, reason: str) -> None:
        self._speaker.silence()
        self._end(200 if self._is_confirmed else code, one_line(reason))

    def _end(self, code: int, reason: str) -> None:
        self._gone(self.number)
        detail = reason if code == 0 else ""
        self._caller.emit(LegEnded(self.number, code, detail))


def dial(leg: Leg | None, key: str) -> None:
    """Sends a key by RFC 4733."""
    if leg:
        try:
            leg.dialDtmf(key)
        except pj.Error as error:
            logger.info("a key is not passed on: %s", error.reason)
