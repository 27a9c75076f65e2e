"""The caller's sound in Python, and sound from Python in the caller's ear."""

from __future__ import annotations

import array
import gc
import itertools
import logging
import threading
import time
from collections.abc import Sequence

import pytest

from ivr.engine.effects import Answer, Effect, Note
from ivr.engine.events import Answered, Digit, Event, HungUp, Offered
from ivr.sip.call import LineCall
from ivr.sip.feed import Feed
from ivr.sip.phone import Phone
from ivr.sip.tap import TapPort

from . import audio
from .conftest import Line, Script, StartLine
from .peer import Dialog

pytestmark = pytest.mark.line


class Listening(Phone):
    """A phone that does in Python what a note names; what came of it is in the log."""

    def perform(self, call_id: str, effect: Effect) -> None:
        call = self._calls.get(call_id)
        if isinstance(effect, Note) and call:
            getattr(self, effect.kind)(call)
        else:
            super().perform(call_id, effect)

    def listens(self, call: LineCall) -> None:
        self.heard: list[int] = []
        tap = call._detectors.tap
        owner = threading.get_ident()

        def whole(sound: bytes) -> None:
            assert threading.get_ident() == owner
            assert len(sound) == 320
            self.heard.append(max(array.array("h", sound)) > 1000)

        def once(sound: bytes) -> None:
            logging.info("a listener of one frame")
            tap.remove(once)

        def broken(sound: bytes) -> None:
            raise RuntimeError("broken on purpose")

        self.listener = whole
        for listener in (broken, once, whole):
            tap.add(listener)

    def tells(self, call: LineCall) -> None:
        logging.info("heard %d frames, %d loud", len(self.heard), sum(self.heard))

    def turns_away(self, call: LineCall) -> None:
        call._detectors.tap.remove(self.listener)
        self.heard.clear()

    def looks(self, call: LineCall) -> None:
        logging.info("a port: %s; heard %d frames", call._detectors.tap._ear, len(self.heard))

    def counts(self, call: LineCall) -> None:
        ports = [thing for thing in gc.get_objects() if type(thing) is TapPort]
        logging.info("ports: %d", len(ports))

    def makes(self, call: LineCall) -> None:
        left = [audio.sine(400, 160).tobytes()] * 25 + [audio.sine(600, 160).tobytes()[:160]]

        def make(size: int) -> bytes | None:
            return left.pop(0) if left else None

        self.feed = Feed(self._stack, call, make, lambda: logging.info("the feed has ended"))

    def makes_nonsense(self, call: LineCall) -> None:
        def make(size: int) -> bytes:
            raise RuntimeError("nothing to say")

        self.feed = Feed(self._stack, call, make, lambda: logging.info("the feed has ended"))

    def makes_for_ever(self, call: LineCall) -> None:
        packet, made = audio.sine(400, 160).tobytes(), itertools.count(1)

        def make(size: int) -> bytes:
            if next(made) == 15:
                self._stack.defer(self.feed.stop)
            return packet

        self.feed = Feed(self._stack, call, make, lambda: None)


def says(phone: Line, call: Dialog, packets: int) -> None:
    call.says += [audio.ulaw(400)] * packets
    phone.peer.expect(lambda: not call.says, "all is said")


def hears(phone: Line, call: Dialog, packets: int) -> None:
    """So many more, of whatever."""
    heard = len(call.heard)
    phone.peer.expect(lambda: len(call.heard) >= heard + packets, "packets")


def does(**keys: str) -> Script:
    """`answered` and `key1` name what is done then."""

    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Answered() if "answered" in keys:
                return [Note(keys["answered"])]
            case Digit(key) if f"key{key}" in keys:
                return [Note(keys[f"key{key}"])]
        return []

    return script


@pytest.fixture(autouse=True)
def listening(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.sip.phone.Phone", Listening)


def test_each_tick_brings_a_frame(line: StartLine, capfd: pytest.CaptureFixture[str]) -> None:
    phone = line(lambda: does(answered="listens", key1="tells"))
    began = time.monotonic()
    call = phone.peer.up()
    phone.expect(Answered)
    says(phone, call, 40)
    call.press("1")
    phone.expect(Digit)
    ticks = (time.monotonic() - began) * 50
    call.bye()
    phone.expect(HungUp)
    phone.end()
    log = capfd.readouterr().err
    frames, loud = (int(word) for word in log.partition("heard ")[2].split()[:3:2])
    assert 25 <= loud <= frames <= ticks + 1
    assert log.count("RuntimeError: broken on purpose") == 1
    assert log.count("a listener of one frame") == 1


def test_it_goes_on_through_a_reinvite(line: StartLine, capfd: pytest.CaptureFixture[str]) -> None:
    phone = line(lambda: does(answered="listens", key1="tells"))
    call = phone.peer.up()
    phone.expect(Answered)
    for direction in ("sendonly", "sendrecv"):
        call.responses.clear()
        call.reinvite(direction)
        phone.peer.expect(lambda: call.final(), "a re-INVITE is answered")
        phone.peer.run(None, 0.2)
    says(phone, call, 60)
    call.press("1")
    phone.expect(Digit)
    phone.end()
    assert int(capfd.readouterr().err.partition("frames, ")[2].split()[0]) >= 40


def test_nothing_comes_when_nobody_listens(
    line: StartLine, capfd: pytest.CaptureFixture[str]
) -> None:
    phone = line(lambda: does(answered="listens", key1="turns_away", key2="looks"))
    call = phone.peer.up()
    phone.expect(Answered)
    call.press("1")
    phone.peer.run(None, 0.3)
    call.press("2")
    phone.expect(Digit, count=2)
    phone.end()
    assert "a port: None; heard 0 frames" in capfd.readouterr().err


def test_a_sound_that_is_made_is_heard(line: StartLine, capfd: pytest.CaptureFixture[str]) -> None:
    phone = line(lambda: does(answered="makes", key1="listens"))
    call = phone.peer.up()
    phone.peer.expect(lambda: len(call.tones()) > 1, "its end")
    assert call.tones() == [(400, 25), (600, 1)]
    phone.peer.run(None, 0.1)
    call.press("1")  # life goes on
    phone.expect(Digit)
    phone.end()
    assert "the feed has ended" in capfd.readouterr().err


def test_what_makes_it_may_break(line: StartLine, capfd: pytest.CaptureFixture[str]) -> None:
    phone = line(lambda: does(answered="makes_nonsense"))
    call = phone.peer.up()
    phone.expect(Answered)
    hears(phone, call, 15)
    assert call.tones() == []
    phone.end()
    log = capfd.readouterr().err
    assert log.count("RuntimeError: nothing to say") == 1
    assert "the feed has ended" in log


def test_it_may_be_stopped(line: StartLine) -> None:
    phone = line(lambda: does(answered="makes_for_ever"))
    call = phone.peer.up()
    phone.expect(Answered)
    phone.peer.expect(lambda: call.tones(), "what is made")
    phone.peer.expect(lambda: audio.tone(call.heard[-1].payload) == 0, "its end")
    hears(phone, call, 15)
    ((hertz, packets),) = call.tones()
    assert hertz == 400 and 15 <= packets <= 17


def test_calls_that_are_listened_to_come_and_go(
    line: StartLine, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever is left of a tap would end the process, or hold a port of the bridge."""
    phone = line(lambda: does(answered="listens", key1="counts"))
    for number in range(1, 7):
        calls = [phone.peer.up(events=False) for _ in range(4)]
        phone.expect(Answered, count=4 * number)
        phone.peer.run(None, 0.06)
        for call in calls:
            call.bye()
        phone.expect(HungUp, count=4 * number)
        phone.peer.run(None, 0.5)  # the stack keeps their sockets that long
    call = phone.peer.up()
    phone.expect(Answered, count=25)
    call.press("1")
    phone.expect(Digit)
    phone.end()
    assert "ports: 1\n" in capfd.readouterr().err
