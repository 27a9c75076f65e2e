"""Every request of every stranger comes by here, and is answered, dropped, or let in.

The shim asks before the stack sees it, because the stack answers some wrongly, leaves others
without any answer, and would come to harm by a few.  Nothing in here acts on a call.
"""

from __future__ import annotations

import functools
import re
import time
from collections.abc import Callable, Mapping

from . import contact, message, requests, sdp
from .challenges import Challenges
from .leg import Leg
from .requests import SILENCE, Answer, Request
from .settings import LineSettings
from .sockets import Sockets
from .sources import is_scanner

BAD_SDP = Answer(400, "Bad SDP")
OFFERING = ("INVITE", "UPDATE", "PRACK")  # what an offer may come in, and be refused


class Gate:
    """`admits` says whether there is room for a new call, `leaving` whether the line is about to
    close, `defer` has something done later."""

    def __init__(
        self, settings: LineSettings, legs: Mapping[int, Leg], sockets: Sockets,
        admits: Callable[[], bool], leaving: Callable[[], bool],
        defer: Callable[[Callable[[], None]], None],
    ) -> None:  # fmt: skip
        self._legs = legs
        self._sockets = sockets
        self._admits = admits
        self._leaving = leaving
        self._defer = defer
        self._transports = () if settings.front else settings.transports
        self._challenges = Challenges()
        self._encrypts = settings.srtp != "off"
        self._refusal = Answer(503, "", tuple(settings.refusal))
        # Behind a front, everybody has its address, and it has looked already.
        self._sources = None if settings.front else settings.sources()

    def answer(self, raw: bytes, cut: bool, source: str) -> Answer | None:
        """What to say to a request, or None to let it pass; `cut`: its end is lost."""
        if self._sources and not self._sources.hears(source):
            return SILENCE
        request, now = Request.of(raw), time.monotonic()
        if request.method == "ACK":  # which no answer may follow
            return SILENCE if message.harmful(raw) else None
        leg = self._leg(request)
        if leg is None and self._ignores(request, source, now):
            return SILENCE
        if fault := _fault(request, raw, cut):
            return fault
        if request.method == "INVITE":
            return self._invite(request, leg, raw, now)
        if leg:
            if request.method == "INFO":
                self._press(leg, request, raw)
            answer = requests.inside(request, leg.refers)
            return self._refer(leg, request) if request.method == "REFER" and not answer else answer
        if request.method == "OPTIONS" and not request.in_dialog and self._leaving():
            return self._refusal  # RFC 3261 11.2: what an INVITE would get
        return requests.outside(request)

    @staticmethod
    def passes(response: bytes) -> bool:
        """Whether a response may reach the stack."""
        return not message.harmful(response)

    def mended(self, raw: bytes) -> bytes:
        """What the stack may read of a message that is let in, which has the same length.

        Nobody can refuse an answer, be it in a 200 or in an ACK: a leg whose far end wants its
        sound sent to a name is ended.
        """
        if not sdp.named(raw):
            return raw
        call = Request.of(raw).first("call-id")
        for leg in self._legs.values():
            if leg.dialog[0] == call:
                self._defer(functools.partial(self._end, leg.key))
        return sdp.unnamed(raw)

    def _end(self, key: int) -> None:
        if leg := self._legs.get(key):
            leg.give_up(488, "sound to a host by name")

    def challenged_enough(self, response: bytes) -> bool:
        """Whether the challenge in a response is not to be met."""
        return self._challenges.too_many(response)

    def screen(self, invite: str, source: str) -> Answer | None:
        """The same for an INVITE that the stack has taken in, where there is no shim.  Then
        something has to be said to everybody."""
        if self._sources and not self._sources.hears(source):
            return Answer(403)
        if self._sources and not self._sources.spares(source, time.monotonic()):
            return self._refusal
        request = Request(invite)
        if is_scanner(request.first("user-agent")):
            return Answer(403)
        return requests.fault(request)

    def _ignores(self, request: Request, source: str, now: float) -> bool:
        """Whether a request from outside of our calls is not worth an answer."""
        if self._sources is None or request.method == "CANCEL":
            return False
        return not self._sources.spares(source, now) or is_scanner(request.first("user-agent"))

    def _leg(self, request: Request) -> Leg | None:
        if not request.in_dialog:
            return None
        call, tag = request.first("call-id"), request.tags[0]
        for leg in self._legs.values():
            if leg.dialog in ((call, tag), (call, "")):
                return leg
        return None

    def _invite(self, request: Request, leg: Leg | None, raw: bytes, now: float) -> Answer | None:
        streams = message.audio_streams(raw)
        if streams > message.MOST_STREAMS:
            return Answer(488)
        if self._encrypts and sdp.unkeyed(raw):
            return Answer(488)  # the stack would say 406, which is about an Accept
        if request.in_dialog and leg is None:
            return requests.NO_CALL
        if leg:
            # Nothing else stops one without an offer, for which the stack may take new sockets.
            return Answer(491) if self._sockets.short(now) else None
        if fault := contact.fault(request, self._transports):
            return fault
        if not self._admits():
            return self._refusal
        self._sockets.admitted(now, streams)
        return None

    @staticmethod
    def _refer(leg: Leg, request: Request) -> Answer:
        """Whom a phone refers us to.

        None of these may reach the stack: in a dialog that is over, but not yet forgotten, it takes
        one for a request in the call that has the slot now, and aborts the process.
        """
        if leg.on_refer is None:
            return Answer(603)
        if leg.refer[0] < request.cseq:  # else a repeat: our answer was lost
            taken = leg.on_refer(request.first("refer-to"), request.cseq)
            leg.refer = request.cseq, 202 if taken else 603
        return Answer(leg.refer[1])

    def _press(self, leg: Leg, request: Request, raw: bytes) -> None:
        """Keys: on a `Signal=1` that no line end follows, the stack aborts the process."""
        if request.cseq > leg.info_cseq and leg.owner:  # else a repeat: our answer was lost
            leg.info_cseq = request.cseq
            text = raw.decode("utf-8", "surrogateescape")
            self._defer(functools.partial(leg.owner.pressed, text, "info"))


def _fault(request: Request, raw: bytes, cut: bool) -> Answer | None:
    # The answer would go to somebody else (RFC 3261 18.2.2); where it cannot go, the stack aborts.
    if ";maddr" in re.sub(r"\s", "", request.first("via")).lower():
        return SILENCE
    if cut:
        return requests.TOO_LARGE
    if message.harmful(raw):
        return BAD_SDP
    return requests.fault(request) or _offer(request, raw)


def _offer(request: Request, raw: bytes) -> Answer | None:
    if request.method not in OFFERING:
        return None
    if request.kind == "application/sdp" and sdp.garbage(request.body):
        return BAD_SDP
    return Answer(488) if sdp.unservable(raw) else None
