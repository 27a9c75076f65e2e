"""Callers who say what they want: `ivr serve`, real SIP, and the recogniser that comes along.

Prompts are tones, so that what a caller hears tells how he was understood.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ..ports import free_port
from . import audio, sounds, speakers
from .hall import Hall
from .peer import Dialog
from .sounds import Sound
from .test_mutations import silence
from .test_sipp import SCENARIOS, sipp

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
NUMBER = """ivr: 1
flow: number
start: greet
states:
  greet:
    do: [answer, say: welcome]
    then: number
  number:
    do:
      collect: {prompts: menu, into: number, length: 4, speech: yes, first_digit: 15 s}
    then: {done: bye, no_input: end, no_match: end}
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
        (self.folder / "number.yaml").write_text(NUMBER)
        routes = {name: f"{name}.yaml" for name in (*FLOWS, "number")}
        (self.folder / "ivr.yaml").write_text(json.dumps({"routes": routes}))

    def asks(self, flow: str = "menu") -> Dialog:
        """A caller who has heard the beginning of the question."""
        call = self.peer.up(flow)
        self.hears(call, "welcome", FLOWS[flow][0] if flow in FLOWS else "menu")
        return call

    def hears(self, call: Dialog, *names: str) -> None:
        want = [TONES[name][0] for name in names]

        def heard() -> bool:
            tones = [hertz for hertz, _ in call.tones()]
            return any(tones[i : i + len(want)] == want for i in range(len(tones)))

        assert self.peer.run(heard, 20), f"expected {names}, heard {call.tones()}"

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
    office.is_told(call, speakers.turn("sales", voice, below))
    office.hears(call, "sales")
    call.bye()


def test_one_word_after_the_other(office: Office) -> None:
    call = office.asks()
    for word in ("sales", "support", "sales"):
        office.is_told(call, speakers.turn(word, after=0.5))
        office.hears(call, word, "menu")
    call.bye()


def test_words_among_others(office: Office) -> None:
    call = office.asks()
    office.is_told(call, speakers.turn("sales please"))
    office.hears(call, "sales", "menu")
    call.bye()


def test_what_nobody_asked_for_is_not_understood(office: Office) -> None:
    call = office.asks()
    office.is_told(call, speakers.turn("could you help me with an orange banana"))
    office.hears(call, "pardon", "menu")
    call.bye()


@pytest.mark.parametrize("below", [None, 20, 10], ids=["clean", "20 dB", "10 dB"])
@pytest.mark.parametrize("voice", speakers.VOICES)
def test_digits_are_said(office: Office, voice: str, below: float | None) -> None:
    call = office.asks("number")
    office.is_told(call, speakers.turn("four seven one nine", voice, below))
    office.hears(call, "goodbye")
    office.peer.expect(lambda: call.got("BYE"), "BYE")
    (entry,) = [line for line in office.journal(call) if line.get("kind") == "entry"]
    assert entry["detail"] == "heard 4719"


def test_sipp_says_digits(office: Office, tmp_path: Path) -> None:
    sound = tmp_path / "said.pcmu"
    sound.write_bytes(b"".join(sounds.packets(speakers.turn("four seven one nine", "flite", 20))))
    scenario = tmp_path / "speaks.xml"
    scenario.write_text((SCENARIOS / "speaks.xml").read_text().replace("SOUND", str(sound)))
    sipp(office, tmp_path, scenario, "number", "-mp", str(free_port(4)))
    assert "heard 4719" in [line.get("detail") for line in office.journal()]


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
    office.peer.expect(lambda: not call.says, "all is said")
    office.peer.run(None, 1.0)
    assert TONES["sales"][0] not in dict(call.tones())
    call.bye()


def test_a_voice_stops_a_prompt(office: Office) -> None:
    call = office.asks("speech")
    assert call.tones()[-1][0] == TONES["long"][0]
    office.is_told(call, np.concatenate([speakers.said("sales")] * 3))
    office.peer.expect(lambda: call.hears_nothing, "the prompt is stopped")
    assert call.says, "while he still speaks"
    call.says.clear()
    office.hears(call, "sales")
    call.bye()


def test_a_word_that_means_something_stops_a_prompt(office: Office) -> None:
    call = office.asks("any")
    office.is_told(call, speakers.turn("sales"))
    office.hears(call, "long", "sales")
    call.bye()


NO_VOICES = {
    "ringing": sounds.tone(440, 0.8, 4000) + sounds.tone(480, 0.8, 4000),
    "busy": sounds.tone(425, 0.5, 8000),
    "beep": sounds.tone(1000, 0.5, 8000),
    "key": sounds.key("5", 0.4),
    "noise": sounds.noise(sounds.silence(1.0), 0, 60),
}


@pytest.mark.alone
def test_what_is_no_voice_stops_no_prompt(office: Office) -> None:
    call = office.asks("speech")
    pause = sounds.silence(0.3)
    for name, sound in NO_VOICES.items():
        office.says(call, np.concatenate([pause, sound, pause]))
        assert [hertz for hertz, _ in call.tones()] == [TONES["long"][0]], name
    office.is_told(call, speakers.turn("support"))  # and a voice does
    office.hears(call, "support")
    call.bye()


@pytest.mark.alone
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=lambda how: how.name)
def test_a_recogniser_that_fails_in_the_midst_of_a_turn(
    office: Office, how: signal.Signals
) -> None:
    """The call goes on, so does everybody else's sound, and the next turn is heard."""
    cut_off, whole = speakers.turn("sales", before=0.2, after=0), speakers.turn("support")
    other, call = office.asks("any"), office.asks()
    pid = office.recogniser()
    office.is_told(call, cut_off)
    office.peer.run(lambda: len(call.says) < 5, 2)
    other.heard.clear()
    began = time.monotonic()
    os.kill(pid, how)
    office.hears(call, "pardon", "menu")
    office.peer.expect(lambda: pid not in below(office.server.pid), "it is gone", 10)
    assert office.recogniser() != pid
    office.is_told(call, whole)
    office.hears(call, "support", "menu")
    assert silence(other, began) < GAP
    stamps = [packet.stamp for packet in other.heard]
    assert {after - before for before, after in itertools.pairwise(stamps)} == {160}
    other.bye()
    call.bye()
    assert "the recogniser is started again" in office.log.read_text()
