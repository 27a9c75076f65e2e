"""The real voice in its real process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ivr.engine.effects import Play, Text
from ivr.speech.check import check
from ivr.speech.child_engine import ChildEngine
from ivr.speech.loudness import loudness
from ivr.speech.pyttsx3_voice import Pyttsx3Engine
from ivr.speech.speaker import Speaker
from ivr.speech.voice import NoVoice, VoiceError

from .conftest import MakeStore
from .fakes import FakeVoice, hear, seconds, sound, until

LIMIT = 20.0
SENTENCE = {
    "en": "Welcome. For sales, press one. For support, press two.",
    "de": "Willkommen. Für den Verkauf drücken Sie die eins.",
    "es": "Bienvenido. Para ventas, pulse uno.",
    "fr": "Bienvenue. Pour le service des ventes, tapez un.",
}


@pytest.fixture(scope="module")
def speaker() -> Iterator[Speaker]:
    voice = Speaker(Pyttsx3Engine())
    yield voice
    voice.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "said.wav"


def pid_of(speaker: Speaker) -> int | None:
    assert isinstance(speaker.engine, ChildEngine)
    return speaker.engine.pid


def is_gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


@pytest.mark.parametrize("language", list(SENTENCE))
def test_words_become_speech(speaker: Speaker, file: Path, language: str) -> None:
    words = SENTENCE[language]
    speaker.speak(words, language, file, LIMIT)
    samples = sound(file)
    assert 0.04 < seconds(file) / len(words) < 0.12
    assert loudness(np.asarray(samples, np.float32)) == pytest.approx(-20, abs=0.5)
    assert np.sqrt(np.mean(samples**2)) > 0.05
    # Voiced speech: most of its energy lies where telephones are good at.
    spectrum = np.abs(np.fft.rfft(samples)) ** 2
    hertz = np.fft.rfftfreq(len(samples), 1 / 8000)
    assert spectrum[(hertz > 100) & (hertz < 3400)].sum() > 0.95 * spectrum.sum()


def test_there_is_little_silence_around_the_words(speaker: Speaker, file: Path) -> None:
    speaker.speak("Two.", "en", file, LIMIT)
    heard = np.flatnonzero(np.abs(sound(file)) > 0.02)
    assert heard[0] < 0.05 * 8000
    assert len(sound(file)) - heard[-1] < 0.15 * 8000


def test_languages_and_voices_sound_different(speaker: Speaker, tmp_path: Path) -> None:
    lengths = set()
    for language in ("en", "en-us", "de", "es", "fr", "fr-ch"):
        speaker.speak("1 2 3 4 5 6 7 8 9", language, tmp_path / "said.wav", LIMIT)
        lengths.add(seconds(tmp_path / "said.wav"))
    assert len(lengths) >= 5


def test_fifty_prompts_in_a_row_are_all_there(speaker: Speaker, tmp_path: Path) -> None:
    for i in range(50):
        speaker.speak(f"You are number {i} in the queue.", "en", tmp_path / f"{i}.wav", LIMIT)
    lengths = [seconds(tmp_path / f"{i}.wav") for i in range(50)]
    assert min(lengths) > 1.2
    assert max(lengths) < 3.5


def test_a_long_text_is_spoken_to_its_end(speaker: Speaker, file: Path) -> None:
    speaker.speak("Please hold the line while we connect you. " * 20, "en", file, LIMIT)
    assert 35 < seconds(file) < 75


def test_nothing_but_punctuation_cannot_be_heard(speaker: Speaker, file: Path) -> None:
    with pytest.raises(VoiceError, match="nothing can be heard"):
        speaker.speak(" ", "en", file, LIMIT)
    assert not file.exists()


def test_markup_and_strange_characters_are_only_words(speaker: Speaker, file: Path) -> None:
    speaker.speak("<speak> [[h@l'oU]] \U0001f600 <b>one</b> && \ufffe", "en", file, LIMIT)
    assert seconds(file) > 0.5


def test_an_unknown_language_has_no_voice(speaker: Speaker, file: Path) -> None:
    for language in ("xx", "de-CH", "../de", ""):
        with pytest.raises(NoVoice, match="no voice speaks"):
            speaker.speak("One.", language, file, LIMIT)


def test_a_voice_can_be_chosen_and_mistyped(file: Path) -> None:
    voice = Speaker(Pyttsx3Engine(), {"en": "gmw/en-us+f3", "DE": "gmw/dee"}, rate=120)
    try:
        assert "gmw/en-us+f3" in voice.identity("en")
        assert voice.identity("en") != Speaker(Pyttsx3Engine()).identity("en")
        voice.speak(SENTENCE["en"], "en", file, LIMIT)
        assert seconds(file) > 3.5
        with pytest.raises(VoiceError, match="gmw/dee"):
            voice.speak("Eins.", "de", file, LIMIT)
        voice.speak("One.", "en", file, LIMIT)
    finally:
        voice.close()


def test_a_place_that_cannot_be_written_is_an_error(speaker: Speaker, tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="No such file"):
        speaker.speak("One.", "en", tmp_path / "none" / "said.wav", LIMIT)
    speaker.speak("One.", "en", tmp_path / "said.wav", LIMIT)


# The process.


def test_a_stopped_process_is_replaced_within_the_limit(speaker: Speaker, file: Path) -> None:
    speaker.speak("One.", "en", file, LIMIT)
    stopped = pid_of(speaker)
    assert stopped
    os.kill(stopped, signal.SIGSTOP)
    speaker.speak("Two.", "en", file, 4.0)
    assert is_gone(stopped)
    assert pid_of(speaker) not in (None, stopped)


def test_a_killed_process_is_replaced(speaker: Speaker, file: Path) -> None:
    speaker.speak("One.", "en", file, LIMIT)
    killed = pid_of(speaker)
    assert killed
    os.kill(killed, signal.SIGKILL)
    speaker.speak("Two.", "en", file, LIMIT)
    assert pid_of(speaker) not in (None, killed)


def test_closing_breaks_off_a_request(tmp_path: Path) -> None:
    voice = Speaker(Pyttsx3Engine())
    voice.speak("One.", "en", tmp_path / "said.wav", LIMIT)
    pid = pid_of(voice)
    assert pid
    os.kill(pid, signal.SIGSTOP)
    errors: list[Exception] = []

    def speak() -> None:
        try:
            voice.speak("Two.", "en", tmp_path / "said.wav", 60)
        except VoiceError as error:
            errors.append(error)

    thread = threading.Thread(target=speak)
    thread.start()
    voice.close()
    thread.join(20)
    assert is_gone(pid)
    voice.close()
    # Either the request was under way, or it came after and a new process answered it.
    assert errors or tmp_path.joinpath("said.wav").exists()


def test_the_process_ignores_ctrl_c_and_ends_with_its_parent(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path;"
        "from ivr.speech.pyttsx3_voice import Pyttsx3Engine;"
        "from ivr.speech.speaker import Speaker;"
        f"voice = Speaker(Pyttsx3Engine()); say = lambda: voice.speak('One.', 'en', Path({str(tmp_path)!r}) / 'a.wav', 20);"  # noqa: E501
        "say(); pid = voice.engine.pid; os.kill(pid, signal.SIGINT); say();"
        "assert voice.engine.pid == pid;"
        "print(pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    until(lambda: is_gone(int(done.stdout)))


def test_the_process_does_not_inherit_our_descriptors(speaker: Speaker, file: Path) -> None:
    secret = file.with_name("open.txt")
    with secret.open("w") as held:
        os.set_inheritable(held.fileno(), True)
        speaker.close()
        speaker.speak("One.", "en", file, LIMIT)
        links = [os.readlink(each) for each in Path(f"/proc/{pid_of(speaker)}/fd").iterdir()]
    assert str(secret) not in links


def test_no_process_before_the_first_word_and_none_after_close(file: Path) -> None:
    voice = Speaker(Pyttsx3Engine())
    assert voice.identity("en").startswith("pyttsx3 ")
    assert pid_of(voice) is None
    voice.speak("One.", "en", file, LIMIT)
    pid = pid_of(voice)
    assert pid
    voice.close()
    assert pid_of(voice) is None
    assert is_gone(pid)


def test_a_store_speaks_with_it(make_store: MakeStore, speaker: Speaker) -> None:
    store = make_store(voice=speaker)
    welcome, text, menu = hear(
        store, Play(1, ("welcome", Text("Heute ist Montag."), "menu"), "de-CH")
    )
    assert all(0.5 < seconds(each) < 2.5 for each in (welcome, text, menu))


# The check.


def test_a_working_voice_is_found_to_work(speaker: Speaker) -> None:
    verdict = check(speaker, "en", LIMIT)
    assert verdict.ok
    assert "s of speech" in verdict.finding
    assert pid_of(speaker) is None


def test_a_voice_that_does_not_work_gets_a_remedy(speaker: Speaker) -> None:
    verdict = check(speaker, "tlh", LIMIT)
    assert not verdict.ok
    assert verdict.finding == "no voice speaks 'tlh'"
    assert verdict.remedy
    broken = FakeVoice()
    broken.troubles["One, two, three."] = broken.crashes
    verdict = check(broken, "en")
    assert not verdict.ok
    assert "reinstall" in verdict.remedy
