"""Who answered, on a real line."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from ivr.engine.effects import Answer, Effect, Screen, Stop
from ivr.engine.events import Answered, Digit, Event, Offered, Screened

from . import sounds
from .conftest import Script, StartLine

pytestmark = pytest.mark.line


def screens(seconds: float) -> Callable[[], Script]:
    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Answered():
                return [Screen(5, seconds)]
            case Digit():
                return [Stop(5)]
        return []

    return lambda: script


@pytest.mark.alone
def test_a_human_is_found_within_a_second_of_his_hello(line: StartLine) -> None:
    phone = line(screens(4))
    call = phone.peer.up()
    phone.expect(Answered)
    call.says += sounds.packets(np.concatenate([sounds.silence(0.3), sounds.voice(0.6)]))
    phone.peer.expect(lambda: not call.says, "hello is said")
    assert phone.expect(Screened, seconds=1) == Screened(5, "human")


def test_a_machine_and_then_its_beep(line: StartLine) -> None:
    phone = line(screens(4))
    call = phone.peer.up()
    phone.expect(Answered)
    greeting = [sounds.voice(3.2), sounds.silence(0.3), sounds.tone(1000, 0.4)]
    call.says += sounds.packets(np.concatenate(greeting))
    assert phone.expect(Screened) == Screened(5, "machine")
    assert call.says, "it is told while the machine speaks"
    assert phone.expect(Screened, count=2) == Screened(5, "beep")


def test_silence_takes_as_long_as_it_may(line: StartLine) -> None:
    phone = line(screens(0.6))
    began = time.monotonic()
    call = phone.peer.up()
    phone.expect(Answered)
    call.speaks = None  # no RTP at all
    assert phone.expect(Screened) == Screened(5, "silence")
    assert 0.6 <= time.monotonic() - began < 5


def test_a_screening_that_is_stopped_finds_nothing(line: StartLine) -> None:
    phone = line(screens(2))
    call = phone.peer.up()
    phone.expect(Answered)
    call.press("1")
    phone.expect(Digit)
    phone.peer.run(None, 2.2)
    assert phone.of(Screened) == []
