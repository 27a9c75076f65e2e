"""Callers who say what they want: `ivr serve`, real SIP, and the recogniser that comes along.

Prompts are tones, so that what a caller hears tells how he was understood.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from . import audio, sounds, speakers
from .hall import Hall
from .peer import Dialog
from .sounds import Sound

pytestmark = pytest.mark.line

TONES = {
    "welcome": (300, 0.2),
    "menu": (400, 0.3),
    "long": (500, 9.0),
    "sales": (600, 0.2),
    "support": (700, 0.2),
    "pardon": (800, 0.2),
    "goodbye": (900, 0.2),
}
FLOW = """ivr: 1
flow: NAME
start: greet
states:
  greet:
    do: [answer, say: welcome]
    then: menu
  menu:
    do:
      ask:
        prompts: PROMPT
        barge_in: BARGE_IN
        first_digit: 15 s
        choices:
          sales: {keys: 1, words: [sales, new order]}
          support: {keys: 2, words: [support]}
        no_match_prompts: pardon
        attempts: 9
    then: {sales: sales, support: support, no_input: bye, no_match: bye}
  sales:
    do: {say: sales}
    then: menu
  support:
    do: {say: support}
    then: menu
  bye:
    do: [say: goodbye, hang_up]
"""
FLOWS = {"menu": ("menu", "any"), "speech": ("long", "speech"), "any": ("long", "any")}
GAP = 0.5  # seconds without a packet, which a machine that is busy may take


class Office(Hall):
    """Asks callers what they want."""

    def _write(self) -> None:
        sound = self.folder / "prompts/en"
        sound.mkdir(parents=True)
        for name, (hertz, seconds) in TONES.items():
            audio.write_wav(sound / f"{name}.wav", audio.sine(hertz, round(seconds * audio.RATE)))
        for name, (prompt, barge_in) in FLOWS.items():
            flow = FLOW.replace("NAME", name).replace("PROMPT", prompt)
            (self.folder / f"{name}.yaml").write_text(flow.replace("BARGE_IN", barge_in))
        routes = {name: f"{name}.yaml" for name in FLOWS}
        (self.folder / "ivr.yaml").write_text(json.dumps({"routes": routes}))

    def asks(self, flow: str = "menu") -> Dialog:
        """A caller who has heard all of the menu, or its beginning."""
        call = self.peer.up(flow)
        self.hears(call, "welcome", FLOWS[flow][0])
        return call

    def hears(self, call: Dialog, *names: str) -> None:
        want = [TONES[name][0] for name in names]

        def heard() -> bool:
            tones = [hertz for hertz, _ in call.tones()]
            return any(tones[i : i + len(want)] == want for i in range(len(tones)))

        assert self.peer.run(heard, 10), f"expected {names}, heard {call.tones()}"

    def is_told(self, call: Dialog, sound: Sound) -> None:
        """The caller makes this sound, and has heard nothing before."""
        call.heard.clear()
        call.says += sounds.packets(sound)

    def says(self, call: Dialog, sound: Sound) -> None:
        """The same, to its end."""
        self.is_told(call, sound)
        self.peer.expect(lambda: not call.says, "all is said", 10 + len(sound) / sounds.RATE)

    def recogniser(self) -> int:
        """The process of the one worker."""
        found: list[int] = []

        def there() -> bool:
            found[:] = [p for p in below(self.server.pid) if "ivr.speech.ear_child" in command(p)]
            return bool(found)

        self.peer.expect(there, "a recogniser", 20)
        return found[0]


def below(pid: int) -> Iterator[int]:
    """The processes below this one, at whatever depth."""
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split():
                yield int(child)
                yield from below(int(child))
    except OSError:  # it has just ended
        return


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    office = Office(tmp_path_factory.mktemp("office"))
    yield office
    assert office.close() == 0
    assert "Traceback" not in office.log.read_text()


@pytest.mark.parametrize("below", [None, 20, 10], ids=["clean", "20 dB", "10 dB"])
@pytest.mark.parametrize("voice", speakers.VOICES)
def test_a_menu_is_answered_by_word(office: Office, voice: str, below: float | None) -> None:
    call = office.asks()
    for word in ("sales", "support"):
        office.is_told(call, speakers.turn(word, voice, below))
        office.hears(call, word, "menu")
    call.bye()


def test_words_among_others(office: Office) -> None:
    call = office.asks()
    office.is_told(call, speakers.turn("I want sales please"))
    office.hears(call, "sales")
    call.bye()


def test_a_key_is_taken_as_ever(office: Office) -> None:
    call = office.asks()
    call.heard.clear()
    call.press("2")
    office.hears(call, "support", "menu")
    call.bye()


def test_a_key_ends_what_is_being_said(office: Office) -> None:
    call = office.asks()
    office.is_told(call, speakers.turn("sales", before=0.1, after=1.0))
    office.peer.run(None, 0.4)
    call.press("2")
    office.hears(call, "support", "menu")
    office.peer.run(lambda: not call.says, 3)
    office.peer.run(None, 1.0)
    assert TONES["sales"][0] not in dict(call.tones())
    call.bye()


def test_a_voice_stops_a_prompt(office: Office) -> None:
    call = office.asks("speech")
    assert call.tones()[-1][0] == TONES["long"][0]
    office.is_told(call, np.concatenate([speakers.said("sales")] * 3))
    office.peer.run(None, 0.6)
    call.heard.clear()
    office.peer.run(None, 0.2)
    assert call.tones() == []
    call.says.clear()
    office.hears(call, "sales")
    call.bye()


def test_a_word_that_means_something_stops_a_prompt(office: Office) -> None:
    call = office.asks("any")
    office.is_told(call, speakers.turn("sales"))
    office.hears(call, "long", "sales")
    call.bye()


RINGING = sounds.tone(440, 1.0, 4000) + sounds.tone(480, 1.0, 4000)
NO_VOICES = {
    "ringing": RINGING,
    "busy": sounds.tone(425, 0.5, 8000),
    "beep": sounds.tone(1000, 0.5, 8000),
    "key": sounds.key("5", 0.4),
    "noise": sounds.noise(sounds.silence(1.0), 0, 60),
}


@pytest.mark.parametrize("sound", NO_VOICES)
def test_what_is_no_voice_stops_no_prompt(office: Office, sound: str) -> None:
    call = office.asks("speech")
    pause = sounds.silence(0.5)
    office.says(call, np.concatenate([pause, NO_VOICES[sound], pause, NO_VOICES[sound], pause]))
    assert [hertz for hertz, _ in call.tones()] == [TONES["long"][0]]
    office.is_told(call, speakers.turn("support"))  # and a voice does
    office.hears(call, "support")
    call.bye()


@pytest.mark.alone
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=lambda how: how.name)
def test_a_recogniser_that_fails_in_the_midst_of_a_turn(
    office: Office, how: signal.Signals
) -> None:
    """The call goes on, so does everybody else's sound, and the next turn is heard."""
    other, call = office.asks("any"), office.asks()
    pid = office.recogniser()
    office.is_told(call, speakers.turn("sales", before=0.2, after=0))
    office.peer.run(lambda: len(call.says) < 5, 2)
    other.heard.clear()
    os.kill(pid, how)
    office.hears(call, "pardon", "menu")
    office.peer.expect(lambda: pid not in below(office.server.pid), "it is gone", 10)
    assert office.recogniser() != pid
    office.is_told(call, speakers.turn("support", before=1.0))
    office.hears(call, "support", "menu")
    assert len(other.heard) > 100
    sound = [packet for packet in other.heard if packet.kind == 0]
    assert {after.stamp - before.stamp for before, after in itertools.pairwise(sound)} == {160}
    assert max(after.at - before.at for before, after in itertools.pairwise(sound)) < GAP
    other.bye()
    call.bye()
    assert "the recogniser is started again" in office.log.read_text()
