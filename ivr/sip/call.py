"""One caller: what the flow asked for, done with the stack's means."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pjsua2 as pj

from ..engine.effects import (
    Answer,
    Effect,
    HangUp,
    Play,
    Record,
    Redirect,
    Reject,
    Stop,
    Transfer,
)
from ..engine.events import (
    Answered,
    Digit,
    Event,
    HungUp,
    Offered,
    PlayDone,
    RecordDone,
    TransferDone,
)
from . import message
from .keys import KeyFilter
from .leg import Leg
from .playback import Player, Unplayable
from .recorder import Recording
from .stack import Stack
from .transfer import Bridge, Handover, Refer
from .watch import Watch

logger = logging.getLogger(__name__)

Prompts = Callable[[Play, Callable[[Sequence[Path]], None]], None]
STOP_KEY = 0.5  # seconds before the end of a recording in which a key may have sounded


class Playing:
    """A `Play` from the effect to its end.  `player` is None until the files are there."""

    def __init__(self, id: int) -> None:
        self.id = id
        self.player: Player | None = None


class LineCall:
    """A call from a caller, until `HungUp`."""

    def __init__(
        self, stack: Stack, prompts: Prompts, id: str, leg: Leg | None, offer: Offered,
        emit: Callable[[str, Event], None],
    ) -> None:  # fmt: skip
        self.id = id
        self.offer = offer
        self.leg = leg
        self._stack = stack
        self._prompts = prompts
        self._emit = emit
        self._keys = KeyFilter()
        self._key_at = float("-inf")
        self._answering = self._is_confirmed = self._has_media = self._told = False
        self._events_negotiated = True
        self._playing: Playing | None = None
        self._recording: Recording | None = None
        self._recordings = 0  # begun so far
        self._unfinished = 0  # ... and not yet in place
        self._transfer: Handover | None = None
        self._leaving: int | None = None  # the playback after which we hang up
        self._bye = False  # hang up as soon as the ACK is in
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
            case Record():
                self._record(effect)
            case _ if self.leg:
                self._perform(effect)
            case _:
                pass

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Answer():
                self._answer()
            case Play():
                self._play(effect)
            case Transfer():
                self._hand_over(effect)
            case HangUp(after):
                if self._playing and after == self._playing.id:
                    self._leaving = after
                else:
                    self.hang_up()
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

    def _play(self, effect: Play) -> None:
        self._silence()
        playing = self._playing = Playing(effect.id)

        def ready(files: Sequence[Path]) -> None:
            self._stack.hand(lambda: self._start(playing, files))

        try:
            self._prompts(effect, ready)
        except Exception:
            logger.exception("call %s: no prompts for playback %d", self.id, effect.id)
            self._start(playing, ())

    def _start(self, playing: Playing, files: Sequence[Path]) -> None:
        if playing is not self._playing or playing.player:
            return  # stopped while the prompt was made
        post = self._stack.post

        def at_end() -> None:
            post(lambda: self._played(playing))

        try:
            try:
                playing.player = Player.of(files, self._stack.tail, at_end)
            except pj.Error:
                self._stack.exhume()
                playing.player = Player.of(files, self._stack.tail, at_end)
        except (Unplayable, pj.Error) as error:
            logger.error("call %s: nothing is played: %s", self.id, error)
            self._played(playing)
            return
        self._connect_player()

    def _played(self, playing: Playing) -> None:
        if playing is not self._playing:
            return
        self._silence()
        self.emit(PlayDone(playing.id))
        if self._leaving == playing.id:
            self.hang_up()

    def _silence(self) -> None:
        playing, self._playing = self._playing, None
        if playing and playing.player:
            player = playing.player
            playing.player = None
            if self.leg:
                self._try("stop", lambda leg: player.stopTransmit(leg.getAudioMedia(-1)))
            self._stack.bury(player)

    def _connect_player(self) -> None:
        player = self._playing and self._playing.player
        if player and self._has_media:
            self._try("play", lambda leg: player.startTransmit(leg.getAudioMedia(-1)))

    def _record(self, effect: Record) -> None:
        if self._recording:
            self._recording.stop("stopped", "stopped")
        self._unfinished += 1
        if self.leg is None:
            self._recorded(RecordDone(effect.id, 0.0, "error", "", "the call is over"))
            return
        self._recordings += 1
        facts = {
            "call": self.id,
            "caller": self.offer.caller,
            "dialled": self.offer.dialled,
            "label": message.one_line(effect.name),
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }
        name = f"{self.id}-{self._recordings}"
        folder = self._stack.settings.recordings
        try:
            self._recording = Recording(self._stack, effect, folder, name, facts, self._recorded)
        except (OSError, pj.Error) as error:
            detail = str(getattr(error, "strerror", None) or getattr(error, "reason", error))
            logger.error("call %s: no recording in %s: %s", self.id, folder, detail)
            self._recorded(RecordDone(effect.id, 0.0, "error", "", detail))
            return
        self._connect_recorder()

    def _connect_recorder(self) -> None:
        recording = self._recording
        if recording and self._has_media:
            self._try("record", lambda leg: recording.connect(leg.getAudioMedia(-1), _held(leg)))

    def _recorded(self, done: RecordDone) -> None:
        if self._recording and self._recording.id == done.id:
            self._recording = None
        self._unfinished -= 1
        self.emit(done)
        self._close()

    def _stop(self, id: int) -> None:
        if self._playing and self._playing.id == id:
            self._silence()
        if self._recording and self._recording.id == id:
            keyed = time.monotonic() - self._key_at < STOP_KEY
            self._recording.stop("stopped", "stopped", stop_key=keyed)
        if self._transfer and self._transfer.id == id:
            self._transfer.cancel()

    def _hand_over(self, effect: Transfer) -> None:
        if self._transfer:
            self._transfer.cancel()
        uri = message.one_line(effect.to)
        if effect.mode == "bridge":
            self._bridge(effect.id, uri, effect.ring)
        else:
            bridging = effect.mode == "refer_then_bridge"

            def refused(done: TransferDone) -> None:
                if bridging and done.reason != "stopped" and self.leg:
                    self._bridge(effect.id, uri, effect.ring)
                else:
                    self._transferred(done)

            def ended(done: TransferDone) -> None:
                self._transferred(done) if done.outcome == "answered" else refused(done)

            self._transfer = Refer(self._stack, effect.id, self, uri, effect.ring, ended)
            self._transfer.begin()

    def _bridge(self, id: int, uri: str, ring: float) -> None:
        self._transfer = Bridge(self._stack, id, self, uri, ring, self._transferred)
        self._transfer.begin()

    def _transferred(self, done: TransferDone) -> None:
        self._transfer = None
        self.emit(done)

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
        if not self._answering:
            self._by = self._by or by
            self._try("refuse", lambda leg: leg.answer(_code(480)))
        elif self._is_confirmed or at_once:
            self._by = self._by or by
            self._try("hang up", lambda leg: leg.hangup(pj.CallOpParam()))
        else:
            self._bye = True

    def turn_away(self, code: int, retry_after: int | None = None) -> None:
        """Ends an offer that no flow has seen."""
        headers = [] if retry_after is None else [("Retry-After", str(retry_after))]
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
        patience = self._stack.settings.media_timeout
        if patience:
            Watch(self._stack, self, patience, lambda: self.hang_up("media_timeout"))
        if self._bye:
            self.hang_up()
        else:
            self._tell()

    def media_changed(self) -> None:
        leg = self.leg
        if leg is None:
            return
        try:
            leg.getAudioMedia(-1)
        except pj.Error:
            return  # no audio just now
        self._has_media = True
        self._connect_player()
        self._connect_recorder()
        if isinstance(self._transfer, Bridge):
            self._transfer.reconnect()
        self._tell()

    def _tell(self) -> None:
        if self._is_confirmed and self._has_media and not self._told and self.leg:
            self._told = True
            self.emit(Answered())

    def pressed(self, key: str, transport: str) -> None:
        key = self._keys.key(key, transport, time.monotonic())
        if not key:
            return
        self._key_at = time.monotonic()
        if self._transfer and self._transfer.joined:
            self._transfer.forward(key)
        else:
            self.emit(Digit(key))

    def referred(self, code: int, final: bool) -> None:
        if isinstance(self._transfer, Refer):
            self._transfer.progress(code, final)

    def ended(self, code: int, reason: str) -> None:
        by = self._by
        if not by:
            by = "caller" if code in (0, 200, 487) else "error"
        self._last = HungUp(by, 0 if code == 200 else code, message.one_line(reason))
        self._silence()
        if self._transfer:
            self._transfer.caller_left(by)
            self._transfer = None
        if self._recording:
            self._recording.stop("hang_up", "hang_up")
        self._close()

    def _close(self) -> None:
        """`HungUp` is the last event: every message is in place before it."""
        if self._last and not self._unfinished:
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
