"""A leg that we call for a caller, and what joins the two."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol
from urllib.parse import quote

import pjsua2 as pj

from ..engine.call_out import URI
from ..engine.effects import Dial, Play, SendDigit
from ..engine.events import (
    Event,
    LegAnswered,
    LegDigit,
    LegEnded,
    LegRinging,
    Offered,
    PlayDone,
)
from ..engine.far_end import MEDIA_TIMEOUT, NO_RESPONSE
from .dialler import Dialler
from .keys import KeyFilter
from .leg import TOO_MANY, Leg, LegOwner, hang_up, has_sound
from .message import one_line
from .speaker import Prompts, Speaker
from .stack import Stack
from .watch import Watch

SILENCE = 8.0  # seconds without any answer to an INVITE, of which five have been sent by then

logger = logging.getLogger(__name__)


class NoWay(Exception):
    """Somebody cannot be called; the text says why: `no_slot`, `not_allowed`, ..."""


def call_out(
    stack: Stack, owner: LegOwner, to: str, number: str, call_id: str, account: str = "",
    replaces: str = "",
) -> Leg:  # fmt: skip
    """Calls the SIP URI `to`, which is shown `number` (empty: that of the `account`, if any).

    `replaces`: the call whose place this one is to take there (RFC 3891).  Raises `NoWay`.
    """
    uri = one_line(to)
    if not URI.fullmatch(uri):
        raise NoWay(f"{uri!r} is not a SIP URI")
    if reason := stack.tolls.refuses(uri, call_id):
        raise NoWay(reason)
    if not stack.has_slot():
        raise NoWay("no_slot")
    here, prm = stack.settings, pj.CallOpParam(True)
    user = quote(number, safe="+-_.!~*'()")
    if not account:
        prm.txOption.localUri = f"<sip:{user or 'anonymous'}@{here.advertised}:{here.port}>"
    if replaces:
        header = pj.SipHeader()
        header.hName, header.hValue = "Replaces", replaces
        prm.txOption.headers.push_back(header)
    try:
        return stack.dial(owner, f"<{uri}>", prm, account, user)
    except KeyError:
        raise NoWay(f"there is no account {account!r}") from None
    except pj.Error as error:
        full = error.status == TOO_MANY
        raise NoWay("no_slot" if full else one_line(error.reason)) from None


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
        self._dialler = Dialler(self)
        self._speaker = Speaker(stack, prompts, self)
        self._is_confirmed = self._has_media = self._told = False
        self._joined = self._early = self._rang = False

    def dial(self, effect: Dial) -> None:
        """Calls.  It may be over before this returns."""
        try:
            own = "" if effect.account else self._caller.offer.caller
            number = effect.caller_id or own
            self.leg = call_out(self._stack, self, effect.to, number, self.id, effect.account)
        except NoWay as reason:
            logger.warning("call %s: no way to %s: %s", self.id, effect.to, reason)
            self._end(0, str(reason))
        else:
            self.leg.second = True
            self._stack.later(SILENCE, self._unheard)
            self._stack.wiretap.claim(self.leg.dialog[0], self.id, self.number)

    def _unheard(self) -> None:
        """An INVITE is repeated for 32 s (RFC 3261 17.1.1.2, timer B): nobody waits so long."""
        if self.leg and not self.leg.heard:
            self.drop()
            self._end(408, NO_RESPONSE)

    def join(self, early: bool) -> None:
        """Lets the caller and this leg hear one another, or him this leg only."""
        self._joined, self._early = True, early
        self.connect()

    def press(self, effect: SendDigit) -> None:
        self._dialler.send(effect)

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
            hang_up(leg)

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
        self._rang = True
        self._caller.emit(LegRinging(self.number, code, self._has_media))

    def confirmed(self) -> None:
        self._is_confirmed = True
        if patience := self._stack.settings.media_timeout:
            Watch(self._stack, self, patience, self._vanished)
        self._tell()

    def _vanished(self, why: str) -> None:
        self.drop()
        self._end(200 if self._told else 408, MEDIA_TIMEOUT)

    def media_changed(self) -> None:
        if not has_sound(self.leg):
            return
        self._has_media = True
        self.connect()
        self._speaker.connect()
        if self._is_early():
            self._caller.emit(LegRinging(self.number, 183, early=True))
        self._tell()

    def _is_early(self) -> bool:
        """Whether there is sound before the answer; the 200's own comes before it is confirmed."""
        try:
            info = self.leg.getInfo() if self.leg else None
        except pj.Error:
            return False
        return info is not None and info.state == pj.PJSIP_INV_STATE_EARLY

    def _tell(self) -> None:
        if self._is_confirmed and self._has_media and not self._told:
            self._told = True
            if self._early and self.leg:  # who answers is heard when he has taken the call
                self._part(self.leg)
                self._joined = self._early = False
            self._caller.emit(LegAnswered(self.number))

    def pressed(self, key: str, transport: str) -> None:
        key = self._keys.key(key, transport, self._stack.now())
        if key:
            self._caller.emit(LegDigit(self.number, key))

    def referred(self, code: int, final: bool) -> None:
        """We send no REFER on this leg."""

    def ended(self, code: int, reason: str) -> None:
        self._speaker.silence()
        if code == 408 and self._stack.settings.front and not self._rang:
            reason = NO_RESPONSE  # it was the front that heard nothing
        self._end(200 if self._told else code, one_line(reason))

    def _end(self, code: int, reason: str) -> None:
        self._gone(self.number)
        detail = reason if code == 0 or reason in (NO_RESPONSE, MEDIA_TIMEOUT) else ""
        self._caller.emit(LegEnded(self.number, code, detail))
