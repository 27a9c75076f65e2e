"""The line's part of listening to callers: what an ear is given, and what becomes of what it tells.

The ear here takes whatever is loud for speech, and tells from a thread of its own.
"""

from __future__ import annotations

import threading
from array import array
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from ivr.engine.effects import Answer, Effect, Listen, Play, Stop, Unlisten
from ivr.engine.events import (
    Answered,
    Digit,
    Event,
    Heard,
    HungUp,
    ListenFailed,
    Offered,
    PlayDone,
    SpeechStarted,
)
from ivr.sip.speech import Hearing

from . import sounds
from .conftest import Line, Script, StartLine
from .peer import Dialog
from .test_referred import refer, referring

pytestmark = pytest.mark.line

LOUD = 1000
QUIET = 25  # frames that end what was said
Tell = Callable[[Event], None]


class Ear:
    """Tells how many frames were loud and no tone, and how many had a tone."""

    def __init__(self, call_id: str, listen: Listen, tell: Tell) -> None:
        assert call_id and len(listen.phrases) == 1
        self._tell = tell
        self._loud = self._tones = self._quiet = 0

    def feed(self, sound: bytes, tone: bool) -> None:
        assert len(sound) == 320
        loud = max(array("h", sound)) > LOUD
        self._tones += tone
        self._quiet = 0 if loud or tone else self._quiet + 1
        if loud and not tone:
            self._loud += 1
            if self._loud == 1:
                self._tell(SpeechStarted())
        elif self._quiet == QUIET and self._loud + self._tones:
            self._tells(Heard(f"{self._loud} loud {self._tones} tones"))
            self._loud = self._tones = 0

    def close(self) -> None:
        self._tells(Heard("too late"))  # which an ear is not to do

    def _tells(self, event: Event) -> None:
        thread = threading.Thread(target=self._tell, args=(event,))
        thread.start()
        thread.join()


def fails(call_id: str, listen: Listen, tell: Tell) -> Hearing:
    tell(ListenFailed("no model"))
    return Ear(call_id, listen, tell)


def breaks(call_id: str, listen: Listen, tell: Tell) -> Hearing:
    raise RuntimeError("broken on purpose")


def listens() -> Script:
    """Listens from the answer on; `0` ends that, `1` begins it anew."""

    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Answered() | Digit("1"):
                return [Listen(("sales",))]
            case Digit("0"):
                return [Unlisten()]
        return []

    return script


def heard(phone: Line, count: int = 1) -> tuple[int, int]:
    """What was loud and no tone, and what was a tone, of the `count`-th turn; in frames."""
    loud, tones = phone.expect(Heard, count=count).text.split()[::2]
    return int(loud), int(tones)


def up(phone: Line, events: bool = True) -> Dialog:
    call = phone.peer.up(events=events)
    phone.expect(Answered)
    phone.peer.run(None, 0.2)
    return call


VOICE = [sounds.silence(0.1), sounds.voice(0.6), sounds.silence(0.4)]


def test_a_caller_is_heard_and_the_flow_is_told(line: StartLine) -> None:
    phone = line(listens, open=Ear)
    call = up(phone)
    for turn in (1, 2):
        call.says += sounds.packets(np.concatenate(VOICE))
        loud, tones = heard(phone, turn)
        assert 20 <= loud <= 40 and tones == 0
        assert len(phone.of(SpeechStarted)) == turn


def test_nothing_is_told_after_unlisten_nor_after_the_end(line: StartLine) -> None:
    phone = line(listens, open=Ear)
    call = up(phone)
    call.info("0")
    phone.expect(Digit)
    call.says += sounds.packets(np.concatenate(VOICE))
    phone.peer.run(lambda: not call.says, 3)
    assert not phone.of(SpeechStarted) and not phone.of(Heard)
    call.info("1")
    phone.expect(Digit, count=2)
    call.says += sounds.packets(np.concatenate(VOICE))
    phone.expect(SpeechStarted)
    call.bye()
    phone.expect(HungUp)
    phone.peer.run(None, 0.3)
    assert isinstance(phone.events[-1][1], HungUp) and not phone.of(Heard)


def test_a_new_listen_takes_the_place_of_the_last(line: StartLine) -> None:
    phone = line(listens, open=Ear)
    call = up(phone)
    call.info("1")
    phone.expect(Digit)
    call.says += sounds.packets(np.concatenate(VOICE))
    heard(phone)
    assert "too late" not in [event.text for event in phone.of(Heard)]
    assert len(phone.of(SpeechStarted)) == 1


@pytest.mark.parametrize("hertz", [(440, 480), (425,), (1000,)], ids=["ringing", "busy", "beep"])
def test_tones_are_told_from_voices(line: StartLine, hertz: tuple[int, ...]) -> None:
    phone = line(listens, open=Ear)
    call = up(phone)
    tone = sum(sounds.tone(each, 0.8, 4000) for each in hertz)
    call.says += sounds.packets(np.concatenate([tone, sounds.silence(0.4)]))
    loud, tones = heard(phone)
    assert tones > loud


@pytest.mark.parametrize("events", [True, False], ids=["rfc4733", "in-band"])
def test_the_tone_of_a_key_is_no_voice(line: StartLine, events: bool) -> None:
    """Also where keys come as events: some phones send both."""
    phone = line(listens, open=Ear)
    call = up(phone, events)
    call.says += sounds.packets(np.concatenate([sounds.key("5", 0.4), sounds.silence(0.4)]))
    loud, tones = heard(phone)
    assert tones > loud
    assert {digit.key for digit in phone.of(Digit)} == (set() if events else {"5"})


def test_what_sounds_while_a_key_lasts_is_no_voice(line: StartLine) -> None:
    phone = line(listens, open=Ear)
    call = up(phone)
    call.press("5")
    phone.expect(Digit)
    phone.peer.run(None, 0.4)
    loud, tones = heard(phone)
    assert loud == 0 and 4 <= tones <= 6


def test_without_an_ear_the_flow_is_told_so(line: StartLine) -> None:
    phone = line(listens)
    up(phone)
    assert phone.expect(ListenFailed).reason == "nothing recognises speech here"


@pytest.mark.parametrize(("ear", "why"), [(fails, "no model"), (breaks, "broken on purpose")])
def test_an_ear_that_cannot_listen(line: StartLine, ear: object, why: str) -> None:
    phone = line(listens, open=ear)
    call = up(phone)
    assert phone.expect(ListenFailed).reason == why
    call.says += sounds.packets(np.concatenate(VOICE))
    phone.peer.run(lambda: not call.says, 3)
    assert not phone.of(SpeechStarted)
    call.press("1")
    phone.expect(ListenFailed, count=2)


def early() -> Script:
    """Listens before there is any sound."""

    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Listen(("sales",)), Answer()]
        return []

    return script


def test_listening_before_there_is_sound(line: StartLine) -> None:
    phone = line(early, open=Ear)
    call = up(phone)
    call.says += sounds.packets(np.concatenate(VOICE))
    assert heard(phone)[0] >= 20


def test_it_goes_on_after_hold(line: StartLine) -> None:
    phone = line(listens, open=Ear)
    call = up(phone)
    for direction in ("sendonly", "sendrecv"):
        call.reinvite(direction)
        phone.peer.expect(lambda: call.answered, "a re-INVITE is answered")
        phone.peer.run(None, 0.2)
    call.says += sounds.packets(np.concatenate(VOICE))
    assert heard(phone)[0] >= 20


def test_it_goes_on_after_another_codec(line: StartLine) -> None:
    phone = line(listens, open=Ear)
    call = up(phone)
    for kind in (8, 0):
        call.request("INVITE", call.sdp.replace("AVP 0 ", f"AVP {kind} "))
        phone.peer.expect(lambda: call.answered, "a re-INVITE is answered")
        assert f"AVP {kind}" in call.responses[-1].body
        phone.peer.run(None, 0.2)
    call.says += sounds.packets(np.concatenate(VOICE))
    assert heard(phone)[0] >= 20


def test_it_goes_on_with_whom_the_phone_refers_us_to(line: StartLine) -> None:
    phone, desk, call = referring(line, 200, script=listens, open=Ear)
    assert refer(call) == 202
    phone.peer.expect(lambda: call.got("BYE"), "the phone is let go")
    phone.peer.run(None, 0.2)
    desk.call.says += sounds.packets(np.concatenate(VOICE))
    assert heard(phone)[0] >= 20


def barges_in() -> Script:
    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Answered():
                return [Play(1, ("400x9",)), Listen(("sales",))]
            case SpeechStarted():
                return [Stop(1)]
        return []

    return script


def test_a_voice_stops_a_prompt(line: StartLine) -> None:
    phone = line(barges_in, open=Ear)
    call = phone.peer.up()
    phone.peer.expect(lambda: call.tones(), "sound")
    call.says += sounds.packets(sounds.voice(0.8))
    phone.expect(SpeechStarted)
    phone.peer.expect(lambda: call.hears_nothing, "the prompt stops", 5)
    assert phone.of(PlayDone) == []
