"""Two ways to hand a caller on: ask the caller's phone to call there, or call there ourselves."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Protocol
from urllib.parse import quote

import pjsua2 as pj

from ..engine.events import Event, Joined, Offered, TransferDone, TransferOutcome
from .keys import KeyFilter
from .leg import TOO_MANY, Leg
from .message import one_line, transfer_outcome
from .stack import Stack, Timer

logger = logging.getLogger(__name__)

RINGBACK = (425, 1000, 4000)  # hertz, ms on, ms off: ITU-T E.182
_URI = re.compile(r"(?:sips?|tel):[^\s<>\"]+", re.IGNORECASE)


class Caller(Protocol):
    """The call that is to be handed on."""

    id: str
    leg: Leg | None
    offer: Offered

    def emit(self, event: Event) -> None:
        """Tells the flow."""

    def hear(self, source: pj.AudioMedia) -> None:
        """Connects a source of sound with the caller."""


class Handover:
    """What both ways have in common: they end once, and say how."""

    joined = False

    def __init__(
        self, stack: Stack, id: int, caller: Caller, uri: str, ring: float,
        done: Callable[[TransferDone], None],
    ) -> None:  # fmt: skip
        self.id = id
        self._stack = stack
        self._caller = caller
        self._uri = uri
        self._ring = ring
        self._done: Callable[[TransferDone], None] | None = done
        self._timer: Timer | None = None

    def begin(self) -> None:
        """Starts.  It may be over before this returns."""
        if not _URI.fullmatch(self._uri):
            logger.error("call %s: %r is no SIP URI", self._caller.id, self._uri)
            self._end("unreachable", 0, "not a SIP URI")
            return
        self._timer = self._stack.later(self._ring, self._late)
        try:
            self._begin()
        except pj.Error as error:
            logger.warning("call %s: no way to %s: %s", self._caller.id, self._uri, error.reason)
            full = error.status == TOO_MANY
            self._end("unreachable", 0, "no_slot" if full else one_line(error.reason))

    def cancel(self) -> None:
        """Ends it, whether somebody answered or not."""
        self._give_up()
        if self.joined:
            self._end("answered", 200, "stopped")
        else:
            self._end("no_answer", 0, "stopped")

    def caller_left(self, by: str) -> None:
        """The caller's leg is over, ended by `by`."""
        self._give_up()
        self._close()

    def forward(self, key: str) -> None:
        """A key of the caller's, for the far end."""

    def _begin(self) -> None:
        raise NotImplementedError

    def _give_up(self) -> None:
        """Takes back what was begun."""

    def _late(self) -> None:
        self._give_up()
        self._end("no_answer", 0, "")

    def _end(self, outcome: TransferOutcome, code: int, reason: str) -> None:
        done = self._close()
        if done:
            done(TransferDone(self.id, outcome, code, reason))

    def _close(self) -> Callable[[TransferDone], None] | None:
        if self._timer:
            self._timer.cancel()
        done, self._done = self._done, None
        return done


class Refer(Handover):
    """A blind transfer (RFC 3515, RFC 5589)."""

    _accepted = False

    def _begin(self) -> None:
        if self._caller.leg:
            self._caller.leg.xfer(f"<{self._uri}>", pj.CallOpParam(True))

    def progress(self, code: int, final: bool) -> None:
        """202 counts as 100 here; then come the far end's own codes, by NOTIFY."""
        if code < 200:
            self._accepted = True
            if final:
                self._end("failed", code, "the phone stopped telling")
        elif final:
            self._end(transfer_outcome(code), code, "")

    def caller_left(self, by: str) -> None:
        # RFC 5589 6.1: the phone may leave as soon as it has somebody else to talk to.
        if self._accepted and by == "caller":
            self._end("answered", 0, "")
        self._close()


class Bridge(Handover):
    """A second leg, joined to the caller's while both last."""

    leg: Leg | None = None

    def __init__(
        self, stack: Stack, id: int, caller: Caller, uri: str, ring: float,
        done: Callable[[TransferDone], None],
    ) -> None:  # fmt: skip
        super().__init__(stack, id, caller, uri, ring, done)
        self._keys = KeyFilter()
        self._tone: pj.ToneGenerator | None = None
        self._is_confirmed = self._has_media = False

    def _begin(self) -> None:
        if not self._stack.has_room():
            self._end("unreachable", 0, "no_slot")
            return
        prm = pj.CallOpParam(True)
        here = self._stack.settings
        number = quote(self._caller.offer.caller, safe="+-_.!~*'()") or "anonymous"
        prm.txOption.localUri = f"<sip:{number}@{here.advertised}:{here.port}>"
        self.leg = self._stack.dial(self, f"<{self._uri}>", prm)
        self._stack.wiretap.claim(self.leg.dialog[0], self._caller.id)
        self._start_ringback()

    def _start_ringback(self) -> None:
        frequency, on, off = RINGBACK
        tone = pj.ToneDesc()
        tone.freq1, tone.freq2, tone.on_msec, tone.off_msec = frequency, 0, on, off
        self._tone = pj.ToneGenerator()
        self._tone.createToneGenerator(8000, 1)
        self._tone.play(pj.ToneDescVector([tone]), True)
        self.reconnect()

    def reconnect(self) -> None:
        """Joins whoever is to hear whom; again after each re-INVITE of either leg."""
        near, far = self._caller.leg, self.leg
        try:
            if self.joined and near and far:
                ours, theirs = near.getAudioMedia(-1), far.getAudioMedia(-1)
                ours.startTransmit(theirs)
                self._caller.hear(theirs)
            elif self._tone:
                self._caller.hear(self._tone)
        except pj.Error as error:
            logger.info("call %s: not joined: %s", self._caller.id, error.reason)

    def confirmed(self) -> None:
        self._is_confirmed = True
        self._join()

    def media_changed(self) -> None:
        try:
            if self.leg:
                self.leg.getAudioMedia(-1)
                self._has_media = True
        except pj.Error:
            return
        if self.joined:
            self.reconnect()
        self._join()

    def _join(self) -> None:
        if self._is_confirmed and self._has_media and not self.joined and self._done:
            self.joined = True
            self._tone = None
            if self._timer:
                self._timer.cancel()
            self.reconnect()
            self._caller.emit(Joined(self.id))

    def forward(self, key: str) -> None:
        _dial(self.leg, key)

    def pressed(self, key: str, transport: str) -> None:
        key = self._keys.key(key, transport, self._stack.now())
        if key and self.joined:
            _dial(self._caller.leg, key)

    def referred(self, code: int, final: bool) -> None:
        """We send no REFER on this leg."""

    def ended(self, code: int, reason: str) -> None:
        if self.joined:
            self._end("answered", 200, "")
        else:
            self._end(transfer_outcome(code) if code >= 300 else "failed", code, one_line(reason))

    def _late(self) -> None:
        self._give_up()
        if self._is_confirmed:
            self._end("failed", 200, "the far end answered without audio")
        else:
            self._end("no_answer", 0, "")

    def _give_up(self) -> None:
        leg = self.leg
        if leg:
            try:
                leg.hangup(pj.CallOpParam())
            except pj.Error as error:
                logger.info("call %s: the far end is gone: %s", self._caller.id, error.reason)

    def _close(self) -> Callable[[TransferDone], None] | None:
        self._tone = None
        return super()._close()


def _dial(leg: Leg | None, key: str) -> None:
    if leg:
        try:
            leg.dialDtmf(key)
        except pj.Error as error:
            logger.info("a key is not passed on: %s", error.reason)
