"""Prompts that a voice cuts off where nobody listens for words: `ivr serve` and real SIP.

Prompts are tones, so that what a caller hears tells what became of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
import pytest

from . import audio, sounds, speakers
from .peer import Dialog
from .test_speech import NO_VOICES, TONES, Office, below, command

pytestmark = pytest.mark.line

FLOW = """ivr: 1
flow: NAME
start: greet
states:
  greet:
    do: [answer, NOTICES]
    then: menu
  menu:
    do: {ask: {prompts: menu, choices: {one: 1}, first_digit: 15 s}}
    then: {one: bye, no_input: bye, no_match: bye}
  bye:
    do: [say: goodbye, hang_up]
"""
NOTICES = {
    "say": "say: {prompts: long, barge_in: speech}",
    "play": "play: {prompts: welcome, seconds: 20 s, barge_in: speech}",
}
ASKS = FLOW.replace(", NOTICES", "").replace("prompts: menu", "prompts: long, barge_in: speech")
VOICE = np.concatenate([speakers.said("sales")] * 3)


class Hallway(Office):
    """Tells callers something, and listens for no words."""

    def _write(self) -> None:
        sound = self.folder / "prompts/en"
        sound.mkdir(parents=True)
        for name, (hertz, seconds) in TONES.items():
            audio.write_wav(sound / f"{name}.wav", audio.sine(hertz, round(seconds * audio.RATE)))
        flows = {name: FLOW.replace("NOTICES", what) for name, what in NOTICES.items()}
        for name, flow in (flows | {"ask": ASKS}).items():
            (self.folder / f"{name}.yaml").write_text(flow.replace("NAME", name))
        routes = {name: f"{name}.yaml" for name in (*NOTICES, "ask")}
        (self.folder / "ivr.yaml").write_text(json.dumps({"routes": routes}))

    def tells(self, flow: str = "say", prompt: str = "long") -> Dialog:
        """A caller who has heard the beginning of the prompt."""
        call = self.peer.up(flow)
        self.hears(call, prompt)
        return call

    def sounds_to(self, call: Dialog) -> list[float]:
        """What the caller hears now."""
        call.heard.clear()
        self.peer.run(None, 0.3)
        return [hertz for hertz, _ in call.tones()]

    def effects(self, call: Dialog) -> list[str]:
        return [str(line["effect"]) for line in self.journal(call) if "effect" in line]


@pytest.fixture(scope="module")
def hallway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hallway]:
    hallway = Hallway(tmp_path_factory.mktemp("hallway"))
    yield hallway
    recognisers = [p for p in below(hallway.server.pid) if "ivr.speech.ear_child" in command(p)]
    assert hallway.close() == 0
    assert not recognisers
    assert "Traceback" not in hallway.log.read_text()


@pytest.mark.parametrize("voice", speakers.VOICES)
def test_a_voice_cuts_off_what_is_said(hallway: Hallway, voice: str) -> None:
    call = hallway.tells()
    hallway.is_told(call, np.concatenate([speakers.said("sales", voice)] * 3))
    hallway.hears(call, "long", "menu")
    call.says.clear()
    call.press("1")
    hallway.hears(call, "goodbye")
    hallway.peer.expect(lambda: call.got("BYE"), "BYE")
    lines = hallway.journal(call)
    ears = [line for line in lines if line.get("effect") in ("listen", "unlisten")]
    assert [line["effect"] for line in ears] == ["listen", "unlisten"]
    assert not ears[0]["phrases"] and not ears[0]["loop"]


def test_a_voice_cuts_off_what_is_played_again_and_again(hallway: Hallway) -> None:
    call = hallway.tells("play", "welcome")
    hallway.is_told(call, VOICE)
    hallway.hears(call, "menu")
    call.bye()


def test_a_voice_cuts_off_a_question_that_expects_no_words(hallway: Hallway) -> None:
    call = hallway.tells("ask")
    hallway.is_told(call, VOICE)
    hallway.peer.run(lambda: not call.says, 5)
    assert hallway.sounds_to(call) == []
    call.press("1")
    hallway.hears(call, "goodbye")


@pytest.mark.alone
def test_what_is_no_voice_cuts_off_nothing(hallway: Hallway) -> None:
    call = hallway.tells()
    pause = sounds.silence(0.3)
    for name, sound in NO_VOICES.items():
        hallway.says(call, np.concatenate([pause, sound, pause]))
        assert [hertz for hertz, _ in call.tones()] == [TONES["long"][0]], name
    hallway.is_told(call, VOICE)
    hallway.hears(call, "long", "menu")
    call.bye()


def test_keys_cut_off_nothing_and_are_kept_for_the_next_question(hallway: Hallway) -> None:
    call = hallway.tells()
    call.press("1")
    hallway.peer.run(None, 0.5)
    assert hallway.sounds_to(call) == [TONES["long"][0]]
    hallway.is_told(call, VOICE)
    hallway.hears(call, "long", "goodbye")
    hallway.peer.expect(lambda: call.got("BYE"), "BYE")


def test_who_hangs_up_is_listened_to_no_more(hallway: Hallway) -> None:
    call = hallway.tells()
    call.bye()
    hallway.peer.expect(lambda: "unlisten" in hallway.effects(call), "the end of listening")
