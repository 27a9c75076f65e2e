"""An engine and how it is set: what it is asked for, and how a text in parts becomes one sound."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.engine.ssml import Manner, Pause, Words, parts_of
from ivr.speech import wav
from ivr.speech.speaker import Speaker
from ivr.speech.ssml import written
from ivr.speech.voice import NoVoice, Offer, Utterance, VoiceError

from .fakes import seconds


class Engine:
    """Says everything as a tone of 0.2 s, and remembers what it was asked for."""

    def __init__(self, knows_ssml: bool = False) -> None:
        self.knows_ssml = knows_ssml
        self.said: list[Utterance] = []

    def version(self, language: str) -> str:
        return "fake 1"

    def speaks(self, language: str) -> bool:
        return True

    def voices(self) -> list[Offer]:
        return []

    def synthesize(self, utterance: Utterance, file: Path, limit: float) -> None:
        if utterance.language not in ("en", "de"):
            raise NoVoice(f"no voice speaks {utterance.language!r}")
        self.said.append(utterance)
        if utterance.text == "broken":
            file.write_bytes(b"RIFF")
        else:
            wav.write(file, wav.tone(700, 0.2))

    def close(self) -> None:
        pass


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "said.wav"


def test_a_plain_text_is_said_as_the_settings_have_it(file: Path) -> None:
    engine = Engine()
    Speaker(engine, {"EN": "amy"}, 120, 1.1, 0.5).speak("Hello <b>", "en", file, 5)
    assert engine.said == [Utterance("Hello <b>", "en", "amy", 120, 1.1, 0.5)]


def test_all_that_changes_the_sound_is_part_of_the_identity() -> None:
    speakers = [
        Speaker(Engine()),
        Speaker(Engine(), {"en": "amy"}),
        Speaker(Engine(), None, 120),
        Speaker(Engine(), None, 165, 1.1),
        Speaker(Engine(), None, 165, 1.0, 0.5),
    ]
    assert len({speaker.identity("en") for speaker in speakers}) == len(speakers)


def test_without_ssml_the_parts_are_said_one_after_the_other(file: Path) -> None:
    engine = Engine()
    text = (
        '<speak>One <break time="1s"/><prosody rate="50%" pitch="+10%" volume="50%">two</prosody>'
        '<lang xml:lang="de-CH">drei</lang>. <emphasis level="strong">four</emphasis></speak>'
    )
    Speaker(engine, rate=200).speak(text, "en", file, 5)
    assert engine.said == [
        Utterance("One ", "en", "", 200),
        Utterance("two", "en", "", 100, 1.1, 0.5),
        Utterance("drei", "de", "", 200),
        Utterance("four", "en", "", 170, 1.0, 1.25),
    ]
    assert seconds(file) == pytest.approx(4 * 0.2 + 1)


def test_a_language_that_the_engine_does_not_speak_is_said_by_the_voice_for_all(file: Path) -> None:
    engine = Engine()
    Speaker(engine).speak("<speak><lang xml:lang='tlh'>Qapla</lang></speak>", "en", file, 5)
    assert [each.language for each in engine.said] == ["en"]


def test_an_engine_that_knows_ssml_gets_it_whole_but_for_the_pauses_at_its_ends(file: Path) -> None:
    engine = Engine(knows_ssml=True)
    inside = '<break time="1s"/>One &amp; <break/><audio src="x">two</audio><break time="2s"/>'
    Speaker(engine).speak(f"<speak>{inside}</speak>", "en", file, 5)
    (said,) = engine.said
    assert said.ssml
    assert said.text == (
        '<speak version="1.1" xml:lang="en">One &amp; <break time="400ms"/>two</speak>'
    )
    assert seconds(file) == pytest.approx(3.2)


def test_a_volume_of_all_words_is_one_of_the_utterance(file: Path) -> None:
    engine = Engine(knows_ssml=True)
    text = '<speak><prosody volume="50%">a <prosody volume="50%">b</prosody></prosody></speak>'
    Speaker(engine, volume=0.8).speak(text, "en", file, 5)
    (said,) = engine.said
    assert said.volume == 0.4
    assert said.text == (
        '<speak version="1.1" xml:lang="en">a <prosody volume="50">b</prosody></speak>'
    )


@pytest.mark.parametrize("knows_ssml", [True, False])
def test_a_text_without_words_cannot_be_said(file: Path, knows_ssml: bool) -> None:
    speaker = Speaker(Engine(knows_ssml))
    for text in ("<speak/>", "<speak>. <break/></speak>", "<speak"):
        with pytest.raises(VoiceError):
            speaker.speak(f"{text} ", "tlh", file, 5)


def test_a_part_that_is_no_sound_is_an_error(file: Path) -> None:
    with pytest.raises(VoiceError, match="no usable file"):
        Speaker(Engine()).speak("<speak>one<break/>broken</speak>", "en", file, 5)


manners = st.builds(
    Manner,
    st.sampled_from(["", "de", "pt-BR"]),
    *[st.floats(0.5, 2.0)] * 3,
    st.sampled_from(["", "strong", "moderate", "reduced"]),
)
words = st.builds(
    Words,
    st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1),
    manners,
)
parts = st.lists(st.one_of(words, st.builds(Pause, st.floats(0.01, 10))), min_size=1).filter(
    lambda parts: any(isinstance(part, Words) for part in parts)
)


@given(parts)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_what_is_written_is_well_formed_and_has_the_same_words(parts: list[Words | Pause]) -> None:
    text, _ = written(parts, "en")
    said = [part.words for part in parts if isinstance(part, Words)]
    assert "".join(ET.fromstring(text).itertext()) == "".join(said)
    read = parts_of(text, "en")
    assert "".join(part.words for part in read if isinstance(part, Words)) == "".join(said)
