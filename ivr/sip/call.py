"""One caller: what the flow asked for, done with the stack's means."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Mapping, Sequence

import pjsua2 as pj

from ..engine.call_out import CallOut
from ..engine.effects import (
    Answer,
    Dial,
    Drop,
    Early,
    Effect,
    HangUp,
    Join,
    Listen,
    Mask,
    Play,
    Record,
    RecordCall,
    Redirect,
    Refer,
    Reject,
    Ring,
    Screen,
    SendDigit,
    Stop,
    Unlisten,
)
from ..engine.events import (
    Answered,
    Digit,
    Event,
    HungUp,
    LegRinging,
    Offered,
    PlayDone,
    RecordDone,
)
from ..engine.far_end import NO_RESPONSE
from . import message, silence
from .detectors import Detectors
from .dialler import Dialler
from .far_leg import SILENCE, NoWay, call_out
from .keys import KeyFilter
from .leg import Leg, hang_up, has_sound, held
from .legs import Legs
from .opening import Opening, redirection, sendable
from .quality import Quality
from .recorder import Recorder
from .referred import Successor
from .speaker import Prompts, Speaker
from .speech import Open, Speech
from .stack import Stack
from .watch import Watch

logger = logging.getLogger(__name__)

STOP_KEY = 0.5  # seconds before the end of a recording in which a key may have sounded
DTMF = {"rtp": "rfc4733", "info": "info", "tone": "in-band"}


class LineCall:
    """A call from a caller, until `HungUp`."""

    def __init__(
        self, stack: Stack, prompts: Prompts, id: str, leg: Leg | None, offer: Offered,
        emit: Callable[[str, Event], None], open: Open | None = None,
    ) -> None:  # fmt: skip
        self.id = id
        self.offer = offer
        self.leg = leg
        self.dtmf = "none"  # the way of the keys, as far as is known
        self._stack = stack
        self._emit = emit
        self._speaker = Speaker(stack, prompts, self)
        self._legs = Legs(stack, prompts, self)
        self._quality = leg.quality if leg else Quality()  # which outlives the leg
        self._keys = KeyFilter()
        self._speech = Speech(stack, self, open)
        self._detectors = Detectors(stack, self, self._keys, self._speech)
        self._key_at = float("-inf")
        self._outgoing = self._has_rung = False
        self._answering = self._is_confirmed = self._has_media = self._told = False
        self._recorder = Recorder(stack, self)
        self._opening = Opening(stack, self)
        self._dialler = Dialler(self)
        self._successor = Successor(stack, self)
        self._leaving: int | None = None  # the playback after which we hang up
        self._bye = ""  # who wants us to hang up as soon as the ACK is in
        self._parting = 480
        self._by = self._cause = ""
        self._last: HungUp | None = None

    def emit(self, event: Event) -> None:
        self._emit(self.id, event)

    def dial(self, order: CallOut) -> None:
        """Calls somebody.  It may be over before this returns."""
        self._answering = self._outgoing = True
        self._stack.clock.start(self._is_heard)
        try:
            self.leg = call_out(
                self._stack, self, order.to, order.caller_id, self.id, order.account
            )
        except NoWay as reason:
            logger.warning("call %s: no way to %s: %s", self.id, order.to, reason)
            self.ended(0, str(reason))
        else:
            self._quality = self.leg.quality
            self._stack.wiretap.claim(self.leg.dialog[0], self.id)
            self._stack.later(order.ring, self._rang)
            self._stack.later(SILENCE, self._unheard)

    def _rang(self) -> None:
        self._unheard()
        if not self._is_confirmed:
            self.hang_up("no_answer")

    def _unheard(self) -> None:
        """Whoever is not there by now is not waited for."""
        leg = self.leg
        if leg and self._outgoing and not leg.heard:
            self.leg, self._by = None, "far_end"
            leg.owner = None
            hang_up(leg)
            self.ended(408, NO_RESPONSE)

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
            case Answer() | Ring() | Early() | Redirect() | Reject():
                self._respond(effect)
            case Play(leg=0):
                self._play(effect)
            case Mask(on):
                self._recorder.mask(on)
            case SendDigit():
                self._send(effect)
            case Dial() | Join() | Drop() | Refer() | Play():
                self._legs.perform(effect)
            case Listen() | Screen() | Unlisten():
                self._detectors.perform(effect)
            case HangUp(after, by, code):
                self._parting = code
                if self._speaker.plays(after):
                    self._leaving = after
                else:
                    self.hang_up(by)
            case _:
                pass  # `Note` is not the line's

    def _play(self, effect: Play) -> None:
        if self._opening.deaf and not self._has_media:
            self.emit(PlayDone(effect.id))
        else:
            self._speaker.play(effect)

    def _send(self, effect: SendDigit) -> None:
        if not effect.leg:
            self._dialler.send(effect)
        elif self.dtmf != "in-band":  # else the far end hears the caller's own tones
            self._legs.perform(effect)

    def _respond(self, effect: Answer | Ring | Early | Redirect | Reject) -> None:
        match effect:
            case Answer():
                self._answer()
            case Ring():
                self._opening.ring(effect)
            case Early():
                self._open()
            case Redirect():
                self._redirect(effect)
            case Reject(code, reason, headers):
                self._refuse(code if 400 <= code <= 699 else 500, reason, headers)

    def _answer(self) -> None:
        if self._answering:
            return
        self._answering = True
        self._stack.clock.start(self._is_heard)
        self._try("answer", lambda leg: self._opening.final(leg, 200))

    def _open(self) -> None:
        if not self._answering:
            self._stack.clock.start(self._is_heard)
            self._opening.open()
            if self._has_media:
                self._opening.heard()

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
                lambda leg: self._recorder.connect(leg.getAudioMedia(-1), held(leg)),
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
        self._detectors.stop(id)
        self._recorder.stop(id, stop_key=time.monotonic() - self._key_at < STOP_KEY)
        self._legs.stop(id)

    def _refuse(self, code: int, reason: str, headers: Mapping[str, str]) -> None:
        self._final(code, reason, sendable(self.id, headers))

    def _redirect(self, effect: Redirect) -> None:
        self._final(*redirection(self.id, effect))

    def _final(self, code: int, reason: str, headers: Sequence[tuple[str, str]]) -> None:
        if self._answering:
            self.hang_up()  # too late for a status: the caller has been answered
            return
        self._by = self._by or "flow"
        self._try("refuse", lambda leg: self._opening.final(leg, code, reason, headers))

    def hang_up(self, by: str = "flow", at_once: bool = False) -> None:
        """BYE, or `_parting` before the answer.  Between 200 and ACK it waits (RFC 3261 15)."""
        if self._successor.comes:
            self._successor.drop()
            if self.leg is None:
                self._by = self._by or by
                self.ended(200, "")
        if not self._answering:
            self._by = self._by or by
            self._try("refuse", lambda leg: self._opening.final(leg, self._parting))
        elif self._is_confirmed or self._outgoing or at_once:
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
        if self.leg and self.leg.takes_events:
            self.dtmf = "rfc4733"
            self._detectors.better_keys()
        self._attend()
        self._stack.later(silence.SOON, self._first_heard)
        if self._bye:
            self.hang_up(self._bye)
        else:
            self._tell()

    def _gone(self, why: str) -> None:
        self._cause = why
        self.hang_up("media_timeout")

    def _first_heard(self) -> None:
        sound = None
        with contextlib.suppress(pj.Error):  # he has left
            sound = self.leg.sound() if self.leg else None
        if sound and silence.warn(self.id, sound):
            self._quality.silent = True

    def _attend(self) -> None:
        """From now on it matters whether anybody is there, and to whom he refers us."""
        here = self._stack.settings
        if here.media_timeout:
            Watch(self._stack, self, here.media_timeout, self._gone)
        if self.leg and here.allow_refer:
            self.leg.on_refer = self._successor.wanted

    def move(self, leg: Leg) -> None:
        """Goes on with `leg`: the caller's phone referred us there, and has done its part."""
        logger.info("call %s: goes on with whom the caller's phone referred us to", self.id)
        before, self.leg = self.leg, leg
        leg.owner, self._quality, self._keys = self, leg.quality, KeyFilter()
        self._detectors.close()
        leg.second, self.dtmf = False, "rfc4733" if leg.takes_events else "none"
        self._detectors = Detectors(self._stack, self, self._keys, self._speech)
        self._dialler = Dialler(self)
        self._stack.wiretap.claim(leg.dialog[0], self.id)
        if before:
            before.owner = before.on_refer = None
            hang_up(before)
        self._attend()
        self.media_changed()

    def media_changed(self) -> None:
        if not has_sound(self.leg):
            return
        self._has_media = True
        self._connect_recorder()
        self._speaker.connect()
        self._legs.connect()
        self._detectors.connect()
        self._tell()
        self._opening.heard()

    def _tell(self) -> None:
        if self._is_confirmed and self._has_media and not self._told and self.leg:
            self._told = True
            self.emit(Answered())

    def pressed(self, key: str, transport: str) -> None:
        key = self._keys.key(key, transport, time.monotonic())
        if not key:
            return
        self.dtmf = DTMF[transport]
        if transport == "rtp":
            self._speech.pressed()
            self._detectors.better_keys()
        self._key_at = time.monotonic()
        self.emit(Digit(key))

    def progressed(self, code: int) -> None:
        if self._outgoing:
            self._has_rung = True
            self.emit(LegRinging(0, code))

    def referred(self, code: int, final: bool) -> None:
        self._legs.referred(code, final)

    def ended(self, code: int, reason: str) -> None:
        if self.leg or self._successor.caller_left(code, reason):
            return  # as a phone may, once it has referred us (RFC 5589 6.1)
        by = self._by
        if not by and self._outgoing and not self._is_confirmed:
            by = "far_end"
            if code == 408 and self._stack.settings.front and not self._has_rung:
                reason = NO_RESPONSE
        elif not by and code == 408 and self._is_confirmed:
            by = "media_timeout"  # a session timer ran out (RFC 4028), or nobody answers us
        elif not by:
            by = "caller" if code in (0, 200, 487) else "error"
        media = self._quality.facts(self.dtmf)
        self._last = HungUp(
            by, 0 if code == 200 else code, message.one_line(self._cause or reason), media
        )
        self._speaker.silence()
        self._legs.close(by)
        self._speech.unlisten()
        self._detectors.close()
        self._recorder.end("hang_up")
        self._opening.over()
        self._close()

    def _close(self) -> None:
        """`HungUp` is the last event: every message is in place before it."""
        if self._last and not self._recorder.unfinished:
            last, self._last = self._last, None
            self.emit(last)
