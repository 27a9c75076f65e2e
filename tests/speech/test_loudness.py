"""All sounds are equally loud, and none is clipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.speech import audio
from ivr.speech.audio import Sound
from ivr.speech.loudness import CEILING, SILENT, is_clipped, levelled, loudness
from ivr.speech.pyttsx3_voice import Pyttsx3Engine
from ivr.speech.recordings import Converter
from ivr.speech.review import review
from ivr.speech.speaker import Speaker
from ivr.speech.wav import USUAL, Standard


def sine(amplitude: float, seconds: float = 1.0, rate: int = 8000) -> Sound:
    moments = np.arange(round(seconds * rate)) / rate
    return np.asarray(amplitude * np.sin(2 * np.pi * 440 * moments), np.float32)


def test_pauses_do_not_count() -> None:
    talk = sine(0.1)
    with_pause = np.concatenate([talk, np.zeros(16000, np.float32), talk])
    assert loudness(talk) == pytest.approx(-23, abs=0.1)
    assert loudness(with_pause) == pytest.approx(loudness(talk), abs=0.5)


@pytest.mark.parametrize("sound", [sine(0.0), sine(0.0005), sine(0.5, 0.0)])
def test_what_cannot_be_heard_is_left_as_it_is(sound: Sound) -> None:
    assert loudness(sound) == SILENT
    assert np.array_equal(levelled(sound, USUAL), sound)


@given(
    st.floats(0.002, 1.0),
    st.floats(0.02, 1.5),
    st.floats(-40, -10),
    st.floats(0.1, 1.4),
    st.integers(0, 2**32 - 1),
)
def test_nothing_is_ever_clipped(
    amplitude: float, seconds: float, target: float, volume: float, seed: int
) -> None:
    noise = np.random.default_rng(seed).laplace(0, amplitude, round(seconds * 8000))
    made = levelled(np.asarray(noise, np.float32), Standard(loudness=target), volume)
    assert np.abs(made).max() <= CEILING + 1e-3


@pytest.mark.parametrize("amplitude", [0.02, 0.1, 0.7])
def test_recordings_are_brought_to_one_loudness(tmp_path: Path, amplitude: float) -> None:
    source, made = tmp_path / "in.wav", tmp_path / "made.wav"
    audio.write(source, sine(amplitude, rate=16000), 16000)
    converter = Converter()
    try:
        converter.convert(source, made, 10, Standard(16000, -23))
    finally:
        converter.close()
    sound, rate = audio.read(made)
    assert rate == 16000
    assert loudness(sound, rate) == pytest.approx(-23, abs=0.2)


@pytest.fixture(scope="module")
def speak() -> Iterator[Callable[[str, str, Path, float], float]]:
    speakers: list[Speaker] = []

    def say(words: str, language: str, file: Path, volume: float) -> float:
        speakers.append(Speaker(Pyttsx3Engine(), volume=volume))
        speakers[-1].speak(words, language, file, 20)
        return loudness(*audio.read(file))

    yield say
    for each in speakers:
        each.close()


def test_so_is_speech(speak: Callable[[str, str, Path, float], float], tmp_path: Path) -> None:
    file = tmp_path / "said.wav"
    for words, language in (("One.", "en"), ("Guten Tag, was können wir für Sie tun?", "de")):
        assert speak(words, language, file, 1.0) == pytest.approx(-20, abs=0.5)
    assert speak("Welcome to us.", "en", file, 0.5) == pytest.approx(-26, abs=0.5)


def test_a_recording_that_was_too_loud_is_found(tmp_path: Path) -> None:
    loud = np.clip(sine(1.5), -1, 1)
    assert is_clipped(loud * np.float32(0.5))
    assert not is_clipped(sine(1.0))
    assert not is_clipped(sine(0.0))
    made, source = tmp_path / "made.wav", tmp_path / "in.wav"
    audio.write(made, sine(0.14))
    audio.write(source, loud)
    (wrong,) = review(made, source, USUAL, 20)
    assert wrong == "clipped: its loudest parts are cut off; record it again, less loud"
    assert not list(review(made, made, USUAL, 20))


def test_what_is_too_long_or_too_quiet_is_found(tmp_path: Path) -> None:
    file = tmp_path / "made.wav"
    audio.write(file, sine(0.05, 3.0))
    assert list(review(file, None, USUAL, 2)) == [
        "too long: 3.0 s, more than 2 s",
        "too quiet: -29 dBFS, and -29 when made louder",
    ]
    audio.write(file, sine(0.0))
    assert list(review(file, None, USUAL, 2)) == ["too quiet: nothing can be heard"]
    file.write_bytes(b"RIFF")
    (wrong,) = review(file, None, USUAL, 2)
    assert wrong.startswith("cannot be read: ")
