"""Texts put together from recordings of words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.engine.effects import Text
from ivr.speech import wav
from ivr.speech.recorded_voice import RecordedEngine
from ivr.speech.speaker import Speaker
from ivr.speech.voice import NoVoice, Offer, VoiceError

from .conftest import MakeStore
from .fakes import FakeVoice, hear, play, seconds

WORDS = {"one": 0.1, "two": 0.2, "twenty-one": 0.4, "Please press": 0.8, "please": 3.0}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("words") / "en"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def engine(folder: Path) -> Iterator[RecordedEngine]:
    for words, length in WORDS.items():
        wav.write(folder / f"{words}.wav", wav.tone(700, length))
    engine = RecordedEngine(folder.parent)
    yield engine
    engine.close()


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("One", 0.1),
        ("one two", 0.3),
        ("twenty one", 0.4),
        ("Please press one, two.", 0.8 + 0.1 + 0.15 + 0.2 + 0.3),
        ("<speak>One <break time='1s'/><say-as interpret-as='cardinal'>21</say-as></speak>", 1.5),
    ],
)
def test_the_longest_recordings_are_put_together(
    engine: RecordedEngine, tmp_path: Path, text: str, length: float
) -> None:
    file = tmp_path / "said.wav"
    Speaker(engine).speak(text, "EN", file, 5)
    assert seconds(file) == pytest.approx(length, abs=0.01)


def test_a_text_with_a_word_that_is_not_recorded_is_not_said(
    engine: RecordedEngine, tmp_path: Path
) -> None:
    for text in ("one secret", "..."):
        with pytest.raises(VoiceError) as raised:
            Speaker(engine).speak(text, "en", tmp_path / "said.wav", 5)
        assert "secret" not in str(raised.value)


def test_it_speaks_the_languages_that_have_a_folder(
    engine: RecordedEngine, folder: Path, tmp_path: Path
) -> None:
    assert engine.voices() == [Offer(str(folder), ("en",))]
    assert engine.speaks("en")
    assert not engine.speaks("de")
    with pytest.raises(NoVoice):
        Speaker(engine).speak("eins", "de", tmp_path / "said.wav", 5)
    assert RecordedEngine(tmp_path / "none").voices() == []


def test_a_recording_that_is_none_is_named(
    engine: RecordedEngine, folder: Path, tmp_path: Path
) -> None:
    (folder / "four.wav").write_bytes(b"RIFF")
    with pytest.raises(VoiceError, match=r"four\.wav: not a WAV file"):
        Speaker(engine).speak("four", "en", tmp_path / "said.wav", 5)


def test_another_recording_is_another_voice(engine: RecordedEngine, folder: Path) -> None:
    before = engine.version("en")
    wav.write(folder / "five.wav", wav.tone(700, 0.3))
    assert engine.version("en") != before


def test_what_is_not_recorded_another_voice_says(
    make_store: MakeStore, engine: RecordedEngine, voice: FakeVoice
) -> None:
    store = make_store(voice=Speaker(engine), others=[voice])
    recorded, spoken = hear(store, play(Text("one two"), Text("one three")))
    assert seconds(recorded) == pytest.approx(0.3, abs=0.01)
    assert voice.said == [("en", "one three")]
    assert seconds(spoken) == 0.1
