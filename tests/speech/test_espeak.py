"""espeak-ng by its library, in its real process."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ivr.engine.effects import Text
from ivr.speech import audio
from ivr.speech.espeak_voice import EspeakEngine
from ivr.speech.loudness import loudness
from ivr.speech.pyttsx3_voice import Pyttsx3Engine
from ivr.speech.speaker import Speaker
from ivr.speech.voice import NoVoice, VoiceDown, VoiceError

from .conftest import MakeStore
from .fakes import hear, is_fallback, play, seconds, sound

LIMIT = 20.0


@pytest.fixture(scope="module")
def engine() -> Iterator[EspeakEngine]:
    engine = EspeakEngine()
    yield engine
    engine.close()


@pytest.fixture
def speaker(engine: EspeakEngine) -> Speaker:
    return Speaker(engine)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "said.wav"


def said(speaker: Speaker, text: str, file: Path, language: str = "en") -> float:
    """How long it takes to say *text*."""
    speaker.speak(text, language, file, LIMIT)
    return seconds(file)


@pytest.mark.parametrize("language", ["en", "en-gb", "de", "es", "fr", "it", "pt-br", "nl", "pl"])
def test_it_speaks_many_languages(speaker: Speaker, file: Path, language: str) -> None:
    assert 0.3 < said(speaker, "Radio Berlin.", file, language) < 3


def test_an_unknown_language_has_no_voice_and_an_unknown_voice_is_named(
    engine: EspeakEngine, file: Path
) -> None:
    with pytest.raises(NoVoice, match="no voice speaks 'tlh'"):
        said(Speaker(engine), "Hello", file, "tlh")
    with pytest.raises(VoiceError, match=r"no voice 'gmw/xx'; `ivr prompts voices` lists them"):
        said(Speaker(engine, {"en": "gmw/xx"}), "Hello", file)


def test_it_lists_its_voices(engine: EspeakEngine) -> None:
    offers = {offer.name: offer.languages for offer in engine.voices()}
    assert len(offers) > 100
    assert "en-us" in offers["gmw/en-us"]
    assert "de" in offers["gmw/de"]


def test_ssml_is_heard_and_not_read_out(speaker: Speaker, file: Path) -> None:
    plain = said(speaker, "One two three four.", file)
    assert said(speaker, "<speak>One two <s/>three four.</speak>", file) < plain + 0.5
    paused = said(speaker, "<speak>One two <break time='2s'/>three four.</speak>", file)
    assert paused == pytest.approx(plain + 2, abs=0.5)
    slow = said(speaker, "<speak><prosody rate='50%'>One two three four.</prosody></speak>", file)
    assert slow > 1.5 * plain


def test_a_word_in_another_language_has_its_sounds(speaker: Speaker, file: Path) -> None:
    text = "<speak><lang xml:lang='{}'>Straße gehen nach Haus.</lang></speak>"
    lengths = {round(said(speaker, text.format(each), file), 2) for each in ("en", "de", "fr")}
    assert len(lengths) == 3


def test_volume_is_relative_to_what_is_usual(engine: EspeakEngine, file: Path) -> None:
    said(Speaker(engine), "Hello", file)
    usual = loudness(*audio.read(file))
    said(Speaker(engine), "<speak><prosody volume='-6dB'>Hello</prosody></speak>", file)
    assert loudness(*audio.read(file)) == pytest.approx(usual - 6, abs=0.3)
    said(Speaker(engine, volume=0.5), "Hello", file)
    assert loudness(*audio.read(file)) == pytest.approx(usual - 6, abs=0.3)


@pytest.mark.parametrize("engine_of", [EspeakEngine, Pyttsx3Engine])
def test_pitch_is_times_the_usual_one(
    engine_of: type[EspeakEngine] | type[Pyttsx3Engine], file: Path
) -> None:
    engine = engine_of()

    def hertz(pitch: float) -> float:
        Speaker(engine, pitch=pitch).speak("No no no no no no.", "en", file, LIMIT)
        return _voice_pitch(sound(file))

    try:
        assert hertz(1.4) == pytest.approx(1.4 * hertz(1.0), rel=0.12)
    finally:
        engine.close()


def _voice_pitch(samples: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """The median of how often the vocal cords open, in hertz."""
    found = []
    for at in range(0, len(samples) - 512, 256):
        frame = samples[at : at + 512]
        if np.abs(frame).max() > 0.1:
            alike = np.correlate(frame, frame, "full")[511:]
            found.append(8000 / (32 + int(np.argmax(alike[32:130]))))
    return float(np.median(found))


def test_a_process_that_hangs_is_ended_at_the_limit(engine: EspeakEngine, file: Path) -> None:
    speaker = Speaker(engine)
    said(speaker, "One", file)
    stopped = engine.pid
    assert stopped
    os.kill(stopped, signal.SIGSTOP)
    speaker.speak("Two", "en", file, 4.0)
    assert engine.pid not in (None, stopped)


def test_a_place_that_cannot_be_written_is_an_error(speaker: Speaker, tmp_path: Path) -> None:
    with pytest.raises(VoiceError):
        speaker.speak("One", "en", tmp_path / "none" / "a.wav", LIMIT)


def test_it_stands_in_for_an_engine_whose_process_does_not_start(
    make_store: MakeStore, engine: EspeakEngine
) -> None:
    class Broken(EspeakEngine):
        def __init__(self) -> None:
            super().__init__()
            self._child._module = "ivr.speech.no_such_child"

    with pytest.raises(VoiceDown, match="No module named"):
        Broken().voices()
    store = make_store(voice=Speaker(Broken()), others=[Speaker(engine)], limit=40)
    (file,) = hear(store, play(Text("Hello")))
    assert not is_fallback(file)
    assert store.stood_in == 1
