"""The model that comes with ivr hears, in the real vosk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import vosk

from ivr.speech import wav
from ivr.speech.pyttsx3_voice import Pyttsx3Engine
from ivr.speech.speaker import Speaker
from ivr.speech.vosk_model import EMBEDDED


@pytest.fixture(scope="module")
def model() -> vosk.Model:
    vosk.SetLogLevel(-1)
    return vosk.Model(str(EMBEDDED["en"]))


@pytest.mark.parametrize("said", ["yes", "no", "operator", "four two seven"])
def test_it_understands_the_voice_that_comes_with_ivr(
    model: vosk.Model, said: str, tmp_path: Path
) -> None:
    file = tmp_path / "said.wav"
    voice = Speaker(Pyttsx3Engine())
    try:
        voice.speak(said, "en", file, 10.0)
    finally:
        voice.close()
    phrases = ["yes", "no", "operator", "four two seven", "four seven two"]
    recogniser = vosk.KaldiRecognizer(model, wav.RATE, json.dumps(phrases))
    recogniser.AcceptWaveform(bytes(wav.RATE // 2) + wav.read(file) + bytes(wav.RATE // 2))
    assert json.loads(recogniser.FinalResult())["text"] == said
