"""One caller: what the flow asked for, done with the stack's means."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence

import pjsua2 as pj

from ..engine.effects import (
    Answer,
    Dial,
    Drop,
    Effect,
    HangUp,
    Join,
    Mask,
    Play,
    Press,
    Record,
    RecordCall,
    Redirect,
    Refer,
    Reject,
    Stop,
)
from ..engine.events import (
    Answered,
    Digit,
    Event,
    HungUp,
    Offered,
    PlayDone,
    RecordDone,
    ReferDone,
)
from . import message
from .far_leg import FarLeg, dial
from .keys import KeyFilter
from .leg import Leg
from .quality import Quality
from .recorder import Recorder
from .referral import Referral
from .referred import Successor, hang_up
from .speaker import Prompts, Speaker
from .stack import Stack
from .watch import Watch

logger = logging.getLogger(__name__)

STOP_KEY = 0.5  # seconds before the end of a recording in which a key may have sounded
DTMF = {"rtp": "rfc4733", "info": "info"}


class LineCall:
    """A call from a caller, until `HungUp`."""

    def __init__(
        self, stack: Stack, prompts: Prompts, id: str, leg: Leg | None, offer: Offered,
        emit: Callable[[str, Event], None],
    ) -> None:  # fmt: skip
        self.id = id
        self.offer = offer
        self.leg = leg
        self.dtmf = "none"  # the way of the keys, as far as is known
        self._stack = stack
        self._emit = emit
        self._prompts = prompts
        self._speaker = Speaker(stack, prompts, self)
        self._legs: dict[int, FarLeg] = {}
        self._quality = leg.quality if leg else Quality()  # which outlives the leg
        self._keys = KeyFilter()
        self._key_at = float("-inf")
        self._answering = self._is_confirmed = self._has_media = self._told = False
        self._recorder = Recorder(stack, self)
        self._referral: Referral | None = None
        self._successor = Successor(stack, self)
        self._leaving: int | None = None  # the playback after which we hang up
        self._bye = ""  # who wants us to hang up as soon as the ACK is in
        self._by = ""
        self._last: HungUp | None = None

    def emit(self, event: Event) -> None:
        self._emit(self.id, event)

    # -- effects ----------------------------------------------------------------------------------

    def perform(self, effect: Effect) -> None:
        """Does `effect`; once the caller is gone, only what still has something to end."""
        match effect:
            case Stop(id):
                self._stop(id)
            case Record() | RecordCall():
                self._record(effect)
            case _ if self.leg or self._successor.comes:
                self._perform(effect)
            case _:
                pass

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Answer():
                self._answer()
            case Play(leg=leg) if leg in self._legs:
                self._legs[leg].play(effect)
            case Play(leg=0):
                self._speaker.play(effect)
            case Mask(on):
                self._recorder.mask(on)
            case Dial() | Join() | Drop() | Press() | Refer():
                self._connect(effect)
            case HangUp(after, by):
                if self._speaker.plays(after):
                    self._leaving = after
                else:
                    self.hang_up(by)
            case Reject(code, reason, headers):
                self._refuse(code if 400 <= code <= 699 else 500, reason, headers)
            case Redirect(contacts, code, reason):
                self._redirect(contacts, code, reason)
            case _:
                pass  # `Listen`, `Unlisten` and `Note` are not the line's

    def _answer(self) -> None:
        if self._answering:
            return
        self._answering = True
        self._stack.clock.start(self._is_heard)
        self._try("answer", lambda leg: leg.answer(_code(200)))

    def _is_heard(self) -> bool:
        """Whether RTP comes from the caller."""
        try:
            return bool(self.leg and self.leg.received())
        except pj.Error:
            return False  # he has left

    def _record(self, effect: Record | RecordCall) -> None:
        self._recorder.begin(effect, self.leg is not None or self._successor.comes)
        self._connect_recorder()
        self._speaker.connect()

    def _connect_recorder(self) -> None:
        if self._has_media:
            self._try(
                "record",
                lambda leg: self._recorder.connect(leg.getAudioMedia(-1), _held(leg)),
            )

    def played(self, id: int) -> None:
        self.emit(PlayDone(id))
        if self._leaving == id:
            self.hang_up()

    def hear(self, source: pj.AudioMedia) -> None:
        """Lets the caller hear `source`, and the recording of the call with him."""
        heard = self._has_media and self._try(
            "hear", lambda leg: source.startTransmit(leg.getAudioMedia(-1))
        )
        if heard:
            self._recorder.add(source)

    def unhear(self, source: pj.AudioMedia) -> None:
        """Takes `source` away from both."""
        self._try("stop", lambda leg: source.stopTransmit(leg.getAudioMedia(-1)))
        self._recorder.remove(source)

    def recorded(self, done: RecordDone) -> None:
        self.emit(done)
        self._close()

    def _stop(self, id: int) -> None:
        self._speaker.stop(id)
        self._recorder.stop(id, stop_key=time.monotonic() - self._key_at < STOP_KEY)
        for leg in self._legs.values():
            leg.stop(id)
        if self._referral and self._referral.id == id:
            self._referral = None

    def _connect(self, effect: Dial | Join | Drop | Press | Refer) -> None:
        """What concerns other legs."""
        match effect:
            case Dial(leg):
                far = FarLeg(self._stack, self._prompts, self, leg, self._leg_gone)
                self._legs[leg] = far
                far.dial(effect)
            case Join(leg, early) if leg in self._legs:
                self._legs[leg].join(early)
            case Drop(leg) if leg in self._legs:
                self._legs.pop(leg).drop()
            case Press(0, key):
                dial(self.leg, key)
            case Press(leg, key) if leg in self._legs:
                self._legs[leg].press(key)
            case Refer():
                self._refer(effect)

    def _refer(self, effect: Refer) -> None:
        far = self._legs.get(effect.leg)
        target = far.leg if far else None  # whom we may call, we have called
        reason = "" if target else self._stack.tolls.refuses(message.one_line(effect.to), self.id)
        if reason:
            self.emit(ReferDone(effect.id, 0, reason))
            return
        self._referral = Referral(effect, self._was_referred)
        if self.leg:
            self._referral.begin(self.leg, target)

    def _was_referred(self, done: ReferDone) -> None:
        self._referral = None
        self.emit(done)

    def _leg_gone(self, number: int) -> None:
        self._legs.pop(number, None)

    def _refuse(self, code: int, reason: str, headers: Mapping[str, str]) -> None:
        kept, dropped = message.extra_headers(headers)
        if dropped:
            logger.warning("call %s: headers not sent: %s", self.id, ", ".join(dropped))
        self._final(code, reason, kept)

    def _redirect(self, contacts: Sequence[str], code: int, reason: str) -> None:
        values = message.contact_values(contacts)
        if not values:
            logger.error("call %s: redirect without a usable contact", self.id)
            self._final(500, "", [])
        else:
            headers = [("Contact", value) for value in values]
            self._final(code if 300 <= code <= 399 else 302, reason, headers)

    def _final(self, code: int, reason: str, headers: Sequence[tuple[str, str]]) -> None:
        if self._answering:
            self.hang_up()  # too late for a status: the caller has been answered
            return
        self._by = self._by or "flow"
        prm = _code(code, message.one_line(reason, message.REASON_LIMIT))
        for name, value in headers:
            header = pj.SipHeader()
            header.hName, header.hValue = name, value
            prm.txOption.headers.push_back(header)
        self._try("refuse", lambda leg: leg.answer(prm))

    def hang_up(self, by: str = "flow", at_once: bool = False) -> None:
        """BYE; 480 before the answer.  Between 200 and ACK it waits for the ACK (RFC 3261 15)."""
        if self._successor.comes:
            self._successor.drop()
            if self.leg is None:
                self._by = self._by or by
                self.ended(200, "")
        if not self._answering:
            self._by = self._by or by
            self._try("refuse", lambda leg: leg.answer(_code(480)))
        elif self._is_confirmed or at_once:
            self._by = self._by or by
            self._try("hang up", lambda leg: leg.hangup(pj.CallOpParam()))
        else:
            self._bye = by

    def turn_away(self, code: int, headers: Sequence[tuple[str, str]] = ()) -> None:
        """Ends an offer that no flow has seen."""
        self._final(code, "", headers)

    def _try(self, what: str, action: Callable[[Leg], object]) -> bool:
        """The far end may have left a moment ago: its event is on the way, nothing else to do."""
        if self.leg is None:
            return False
        try:
            action(self.leg)
        except pj.Error as error:
            logger.info("call %s: %s: %s", self.id, what, error.reason)
            return False
        return True

    # -- the leg's news ---------------------------------------------------------------------------

    def confirmed(self) -> None:
        self._is_confirmed = True
        self._attend()
        if self._bye:
            self.hang_up(self._bye)
        else:
            self._tell()

    def _attend(self) -> None:
        """From now on it matters whether anybody is there, and to whom he refers us."""
        here = self._stack.settings
        if here.media_timeout:
            Watch(self._stack, self, here.media_timeout, lambda: self.hang_up("media_timeout"))
        if self.leg and here.allow_refer:
            self.leg.on_refer = self._successor.wanted

    def move(self, leg: Leg) -> None:
        """Goes on with `leg`: the caller's phone referred us there, and has done its part."""
        logger.info("call %s: goes on with whom the caller's phone referred us to", self.id)
        before, self.leg = self.leg, leg
        leg.owner, self._quality, self._keys = self, leg.quality, KeyFilter()
        if before:
            before.owner = before.on_refer = None
            hang_up(before)
        self._attend()
        self.media_changed()

    def media_changed(self) -> None:
        leg = self.leg
        if leg is None:
            return
        try:
            leg.getAudioMedia(-1)
        except pj.Error:
            return  # no audio just now
        self._has_media = True
        self._connect_recorder()
        self._speaker.connect()
        for far in self._legs.values():
            far.connect()
        self._tell()

    def _tell(self) -> None:
        if self._is_confirmed and self._has_media and not self._told and self.leg:
            self._told = True
            self.emit(Answered())

    def pressed(self, key: str, transport: str) -> None:
        key = self._keys.key(key, transport, time.monotonic())
        if not key:
            return
        self.dtmf = DTMF[transport]
        self._key_at = time.monotonic()
        self.emit(Digit(key))

    def progressed(self, code: int) -> None:
        """The caller's leg is not one that we called."""

    def referred(self, code: int, final: bool) -> None:
        if self._referral:
            self._referral.progress(code, final)

    def ended(self, code: int, reason: str) -> None:
        if self.leg or self._successor.caller_left(code, reason):
            return  # as a phone may, once it has referred us (RFC 5589 6.1)
        by = self._by
        if not by:
            by = "caller" if code in (0, 200, 487) else "error"
        media = self._quality.facts(self.dtmf)
        self._last = HungUp(by, 0 if code == 200 else code, message.one_line(reason), media)
        self._speaker.silence()
        for far in self._legs.values():
            far.drop()
        self._legs.clear()
        if self._referral:
            self._referral.caller_left(by)
        self._recorder.end("hang_up")
        self._close()

    def _close(self) -> None:
        """`HungUp` is the last event: every message is in place before it."""
        if self._last and not self._recorder.unfinished:
            last, self._last = self._last, None
            self.emit(last)


def _code(code: int, reason: str = "") -> pj.CallOpParam:
    prm = pj.CallOpParam()
    prm.statusCode = code
    prm.reason = reason
    return prm


def _held(leg: Leg) -> bool:
    """Whether the caller has put us on hold, and sends nothing."""
    info = leg.getInfo()  # by name, else its parts are gone before they are looked at
    return any(
        media.type == pj.PJMEDIA_TYPE_AUDIO and media.status != pj.PJSUA_CALL_MEDIA_ACTIVE
        for media in info.media
    )
