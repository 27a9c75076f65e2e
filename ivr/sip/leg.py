"""What pjsua2 calls back on.  Nothing acts in here.

Inside a callback the stack is half way through something: an answer given there aborts the
process, and what a callback is handed is gone when it returns.  So each one copies what matters
into plain values and leaves the rest to be done after the poll.  One thing cannot wait: a call that
is over must be let go of at once, because its slot may have a new caller before the poll returns,
and an old object would act on that one.
"""

from __future__ import annotations

import functools
import itertools
import logging
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import pjsua2 as pj

from . import glare, redirect, sdp
from .message import audio_streams, dialog_id, one_line, read_headers, short_session
from .quality import Quality
from .silence import Sound

if TYPE_CHECKING:
    from .stack import Stack

logger = logging.getLogger(__name__)

# The stack looks for a free port from the first on, each time, and calls each one taken an error.
TAKEN = re.compile(r"RTP socket bind\(\) at .* error: Address already in use")
TOLD = re.compile("SIP registration (error|failed)")  # better, and once, by `registrar`
# All that the stack tells, at level 3, of a TLS connection that has cost it a socket for nothing.
UNFINISHED = re.compile("Handshake failed on .* in accepting ")
LINES = 20  # of the stack's log, in a second
TOO_MANY = 70010  # PJ_ETOOMANY: no player, recorder or call slot to spare

_keys = itertools.count()

F = TypeVar("F", bound=Callable[..., None])


def logged(callback: F) -> F:
    """SWIG prints what a callback raises to stderr and forgets it; here it reaches the log."""

    @functools.wraps(callback)
    def guarded(*args: Any) -> None:
        try:
            callback(*args)
        except Exception:
            logger.exception("in %s", callback.__qualname__)

    return guarded  # type: ignore[return-value]


class LegOwner(Protocol):
    """Whoever a leg belongs to.  Called after the poll, never inside it."""

    leg: Leg | None

    def confirmed(self) -> None:
        """The dialog stands: 200 and ACK have passed."""

    def progressed(self, code: int) -> None:
        """The far end of a leg that we called sent this provisional answer."""

    def media_changed(self) -> None:
        """The audio port was made, or made anew after a re-INVITE."""

    def pressed(self, key: str, transport: str) -> None:
        """A key, by `rtp`, `info` or `tone`."""

    def referred(self, code: int, final: bool) -> None:
        """How a REFER of ours is getting on (RFC 3515)."""

    def ended(self, code: int, reason: str) -> None:
        """The leg is over; `leg` is None by now."""


class Leg(pj.Call):  # type: ignore[misc]
    """One SIP dialog."""

    def __init__(self, stack: Stack, account: Account, slot: int = -1) -> None:
        super().__init__(account, slot)
        self._stack = stack
        self.key = next(_keys)
        self.owner: LegOwner | None = None
        self.dialog = ("", "")  # see `message.dialog_id`; no tag where any will do
        self.info_cseq = 0  # of the last INFO
        self.refers = False  # we have sent a REFER, so NOTIFYs of it are expected
        self.session = 0  # the stack's, of which its slot is a part
        self.source = ""  # whence its INVITE came: host:port
        self.takes_events = False  # the far end of a call of ours sends keys as RFC 4733 events
        self.heard = False  # the far end of a call of ours has said something
        self.second = False  # it belongs to a caller, who has a slot of his own
        self.left = False  # it was the far end that ended it, by BYE or CANCEL
        self.cause = ""  # ... and its Reason (RFC 3326)
        self.fault: tuple[int, str] | None = None  # why we gave it up: a status and its words
        self.info_answered: Callable[[], None] | None = None  # ours, by whatever
        self.quality = Quality()
        self.on_refer: Callable[[str, int], bool] | None = None  # see `Successor.wanted`
        self.refer = 0, 0  # CSeq and status of the last REFER that this was asked about
        self._redirects = 0
        self._streams: set[int] = set()  # that have or had sockets
        self._unanswered: Callable[[], None] | None = None
        self._glare = glare.Glare(stack.later, slot < 0)

    def call_id(self) -> str:
        """The Call-ID.  Raises `pj.Error` when the leg is over."""
        info = self.getInfo()
        return str(info.callIdString)

    def received(self) -> int | None:
        """Packets of the far end so far, RTP and RTCP; None while it has nothing to send, as on
        hold.  Raises `pj.Error` when the leg is over."""
        # By name: the parts of what SWIG returns are gone as soon as nobody holds the whole.
        info = self.getInfo()
        for number, media in enumerate(info.media):
            if media.type != pj.PJMEDIA_TYPE_AUDIO or media.status != pj.PJSUA_CALL_MEDIA_ACTIVE:
                continue
            if media.dir & pj.PJMEDIA_DIR_DECODING:
                stat = self.getStreamStat(number)
                return int(stat.rtcp.rxStat.pkt + stat.rtcp.txStat.updateCount)
        return None

    def sound(self) -> Sound | None:
        """What RTP has done so far; None while it is not to go both ways.  Raises `pj.Error`."""
        info = self.getInfo()
        for number, media in enumerate(info.media):
            if (
                media.type == pj.PJMEDIA_TYPE_AUDIO
                and media.dir == pj.PJMEDIA_DIR_ENCODING_DECODING
            ):
                stat, stream = self.getStreamStat(number), self.getStreamInfo(number)
                transport = self.getMedTransportInfo(number)
                return Sound(
                    came=stat.rtcp.rxStat.pkt, went=stat.rtcp.txStat.pkt,
                    ours=transport.localRtpName, theirs=stream.remoteRtpAddress,
                    source=transport.srcRtpName,
                )  # fmt: skip
        return None

    def give_up(self, code: int, why: str) -> None:
        """Ends it because of what the far end has sent."""
        self.fault = code, why
        hang_up(self)

    def ask(self, unanswered: Callable[[], None]) -> None:
        """Asks whether anybody is still there, by OPTIONS; calls `unanswered` if not.  Raises
        `pj.Error`."""
        self._unanswered = unanswered
        request = pj.CallSendRequestParam()
        request.method = "OPTIONS"
        self.sendRequest(request)

    @logged
    def onCallState(self, prm: pj.OnCallStateParam) -> None:
        try:
            info = self.getInfo()
            state, code, reason = info.state, info.lastStatusCode, info.lastReason
            self._stack.wiretap.glimpse(prm.e)
        except pj.Error as error:  # what cannot be asked is not to be held on to
            state, code, reason = pj.PJSIP_INV_STATE_DISCONNECTED, 0, error.reason
        owner = self.owner
        if state == pj.PJSIP_INV_STATE_CONNECTING:
            self._stack.held.answered(self.session)
        elif state == pj.PJSIP_INV_STATE_CONFIRMED and owner:
            self._stack.held.confirmed(self.session)
            self._stack.tolls.answered(self.key)
            self._stack.defer(owner.confirmed)
        elif state == pj.PJSIP_INV_STATE_EARLY and owner:
            self._stack.defer(functools.partial(owner.progressed, code))
        elif state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self._stack.forget(self)
            self._glare.over()
            self.on_refer = None
            if owner:
                self.owner = owner.leg = None
                why = self.cause or (reason if code != 200 else "")  # which says nothing else
                if self.fault:
                    code, why = self.fault
                self._stack.defer(functools.partial(owner.ended, code, why))

    @logged
    def onCallMediaState(self, prm: pj.OnCallMediaStateParam) -> None:
        if self.owner:
            self._stack.defer(self.owner.media_changed)

    @logged
    def onDtmfDigit(self, prm: pj.OnDtmfDigitParam) -> None:
        # INFO is read in onCallTsxState: here the wheel takes its `Signal=11` for a 1.
        if self.owner and prm.method == 0:
            self._stack.defer(functools.partial(self.owner.pressed, prm.digit, "rtp"))

    @logged
    def onCallTsxState(self, prm: pj.OnCallTsxStateParam) -> None:
        self._stack.wiretap.glimpse(prm.e)
        body = prm.e.body.tsxState
        if not self.session and body.tsx.method == "INVITE":
            self.session = self._stack.held.hold(int(body.tsx.pjTransaction))
        if body.tsx.role == pj.PJSIP_ROLE_UAC:
            self.refers = self.refers or body.tsx.method == "REFER"
            came = body.type == pj.PJSIP_EVENT_RX_MSG
            self.heard = self.heard or came
            if came and body.tsx.method == "INVITE" and 180 < body.tsx.statusCode < 300:
                self.takes_events = "telephone-event" in body.src.rdata.wholeMsg
            if came and body.tsx.statusCode == 491 and body.tsx.method in glare.METHODS:
                self._glare.met(self, body.tsx.method)
            lost = body.tsx.statusCode == 481 if came else body.tsx.statusCode >= 400
            if lost and body.tsx.method == "OPTIONS" and self._unanswered:
                self._stack.defer(self._unanswered)
            if (
                body.tsx.method == "INFO"
                and self.info_answered
                and (body.tsx.statusCode >= (200 if came else 400))
            ):
                self._stack.defer(self.info_answered)
        elif self.owner and body.type == pj.PJSIP_EVENT_RX_MSG and body.tsx.method == "INFO":
            text = body.src.rdata.wholeMsg
            self._stack.defer(functools.partial(self.owner.pressed, text, "info"))
        elif body.type == pj.PJSIP_EVENT_RX_MSG and body.tsx.method in ("BYE", "CANCEL"):
            self.left = True
            self.cause = read_headers(body.src.rdata.wholeMsg).get("reason", "")

    @logged
    def onCallTransferStatus(self, prm: pj.OnCallTransferStatusParam) -> None:
        if self.owner:
            partial = functools.partial(self.owner.referred, prm.statusCode, prm.finalNotify)
            self._stack.defer(partial)

    @logged
    def onCreateMediaTransport(self, prm: pj.OnCreateMediaTransportParam) -> None:
        if prm.mediaIdx in self._streams:
            self._stack.renewed()
        self._streams.add(prm.mediaIdx)

    @logged
    def onStreamDestroyed(self, prm: pj.OnStreamDestroyedParam) -> None:
        # The last moment at which the stack knows; here, too, the whole is held by name.
        stat, stream = self.getStreamStat(prm.streamIdx), self.getStreamInfo(prm.streamIdx)
        rtcp, quality = stat.rtcp, self.quality
        quality.codec = stream.codecName
        quality.sent += rtcp.txStat.pkt
        quality.received += rtcp.rxStat.pkt
        quality.lost += rtcp.rxStat.loss
        quality.discarded += stat.jbuf.discard
        jitter, trip = rtcp.rxStat.jitterUsec, rtcp.rttUsec
        quality.jitter.add(jitter.n, jitter.mean, jitter.max)
        quality.round_trip.add(trip.n, trip.mean, trip.max)

    @logged
    def onCallSdpCreated(self, prm: pj.OnCallSdpCreatedParam) -> None:
        ours, theirs = prm.sdp.wholeSdp, prm.remSdp.wholeSdp
        if theirs:
            prm.sdp.wholeSdp = sdp.preferring(self._stack.settings.codecs, ours, theirs)

    @logged
    def onCallRxOffer(self, prm: pj.OnCallRxOfferParam) -> None:
        text = prm.offer.wholeSdp
        offer, codecs = text.encode("utf-8", "replace"), self._stack.settings.codecs
        servable = not sdp.unservable(offer) and sdp.codec(codecs, text)
        if not servable or not self._stack.may_renew(audio_streams(offer)):
            prm.statusCode = pj.PJSIP_SC_NOT_ACCEPTABLE_HERE  # all stays as it was: RFC 3261 14.2

    @logged
    def onCallTransferRequest(self, prm: pj.OnCallTransferRequestParam) -> None:
        # Left alone, the stack calls wherever a stranger's REFER points to, at our cost.  Only
        # without the shim does one get here: see `Gate`.
        prm.statusCode = pj.PJSIP_SC_DECLINE

    def onCallRedirected(self, prm: pj.OnCallRedirectedParam) -> int:
        # Rejected, the far end's own code reaches the flow; left alone, the stack says 487.
        try:
            response = prm.e.body.tsxState.src.rdata.wholeMsg
            target, may_be_called = prm.targetUri, self._stack.tolls.permits
            if self._redirects >= redirect.MOST:
                logger.warning("redirected to %s, once too often", one_line(target))
            elif redirect.may_follow(response, target, may_be_called):
                self._redirects += 1
                return int(pj.PJSIP_REDIRECT_ACCEPT)
            else:
                logger.warning("redirected to %s, who may not be called", one_line(target))
        except Exception:
            logger.exception("in Leg.onCallRedirected")
        return int(pj.PJSIP_REDIRECT_REJECT)

    @logged
    def onCallReplaceRequest(self, prm: pj.OnCallReplaceRequestParam) -> None:
        # Left alone, the stack hands this call to whoever knows its ids (RFC 3891 9).
        prm.statusCode = pj.PJSIP_SC_DECLINE


def has_sound(leg: Leg | None) -> bool:
    """Whether there is an audio port to connect with."""
    try:
        return leg is not None and leg.getAudioMedia(-1) is not None
    except pj.Error:
        return False


def held(leg: Leg) -> bool:
    """Whether the caller has put us on hold, and sends nothing."""
    info = leg.getInfo()  # by name, else its parts are gone before they are looked at
    return any(
        media.type == pj.PJMEDIA_TYPE_AUDIO and media.status != pj.PJSUA_CALL_MEDIA_ACTIVE
        for media in info.media
    )


def hang_up(leg: Leg) -> None:
    """Ends `leg`, if it is there."""
    try:
        leg.hangup(pj.CallOpParam())
    except pj.Error as error:
        logger.info("a leg is gone already: %s", error.reason)


class Account(pj.Account):  # type: ignore[misc]
    """The one account: every call comes in on it."""

    def __init__(self, stack: Stack) -> None:
        super().__init__()
        self._stack = stack

    @logged
    def onIncomingCall(self, prm: pj.OnIncomingCallParam) -> None:
        invite = prm.rdata.wholeMsg
        headers = read_headers(invite)
        if sdp.unservable(invite.encode("utf-8", "surrogateescape")) or short_session(
            headers.get("session-expires", "")
        ):
            return  # no call for these: 480 to the one, without a shim, and 422 to the other
        leg = Leg(self._stack, self, prm.callId)
        leg.dialog = dialog_id(headers)
        leg.source = prm.rdata.srcAddress
        self._stack.wiretap.glimpsed(False, invite)
        self._stack.offered(leg, invite)

    @logged
    def onSendRequest(self, prm: pj.OnSendRequestParam) -> None:
        told = prm.e.body.tsxState.tsx
        if told.statusCode >= 300:
            logger.info("%s was answered %d %s", told.method, told.statusCode, told.statusText)

    @logged
    def onIncomingSubscribe(self, prm: pj.OnIncomingSubscribeParam) -> None:
        # Left alone, the stack keeps a dialog for each, for as long as a stranger likes.
        prm.code, prm.reason = pj.PJSIP_SC_BAD_EVENT, "Bad Event"


class Log(pj.LogWriter):  # type: ignore[misc]
    """The stack's own log up to `level`, in ours: bounded, because a stranger can make it complain
    at will.  `unfinished` is called for each TLS connection that never stood."""

    def __init__(self, level: int, unfinished: Callable[[], None]) -> None:
        super().__init__()
        self._level, self._unfinished = level, unfinished
        self._second = self._lines = 0

    @logged
    def write(self, entry: pj.LogEntry) -> None:
        if UNFINISHED.search(entry.msg):
            self._unfinished()
        if entry.level > self._level:
            return
        if TAKEN.search(entry.msg) or TOLD.search(entry.msg):
            return
        second = int(time.monotonic())
        if second != self._second:
            if self._lines > LINES:
                logger.warning("pjsip: %d more lines like that", self._lines - LINES)
            self._second, self._lines = second, 0
        self._lines += 1
        if self._lines <= LINES:
            level = (logging.ERROR, logging.ERROR, logging.WARNING, logging.INFO)
            # Whole messages follow some lines, and keys may be in them.
            line = entry.msg.partition("\n")[0]
            logger.log(level[min(entry.level, 3)], "pjsip: %s", one_line(line))


class Endpoint(pj.Endpoint):  # type: ignore[misc]
    """Tells the stack of what costs sockets."""

    def __init__(self, stack: Stack) -> None:
        super().__init__()
        self._stack = stack

    @logged
    def onTransportState(self, prm: pj.OnTransportStateParam) -> None:
        if prm.type.startswith(("TCP", "TLS")):
            self._stack.connection(prm.hnd, prm.state)

    @logged
    def onRejectedIncomingCall(self, prm: pj.OnRejectedIncomingCallParam) -> None:
        self._stack.refused_by_itself()
