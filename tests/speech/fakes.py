"""A voice without an engine, and ears for the tests."""

from __future__ import annotations

import threading
import time
import wave
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ivr.engine.effects import Play, Prompt
from ivr.speech import wav
from ivr.speech.prompts import PromptStore
from ivr.speech.sounds import FALLBACK
from ivr.speech.voice import NoVoice, VoiceError


class FakeVoice:
    """Says everything as a tone whose length tells the number of letters: 10 ms for each.

    Words that it finds in `troubles` make it fail in that way.
    """

    def __init__(self, languages: Sequence[str] = ("en", "de", "fr")) -> None:
        self.languages = languages
        self.version = "1"
        self.said: list[tuple[str, str]] = []
        self.troubles: dict[str, Callable[[Path], None]] = {}
        self.let_go = threading.Event()
        self.closed = 0

    def identity(self, language: str) -> str:
        return f"fake {self.version} {language}"

    def speaks(self, language: str) -> bool:
        return True

    def speak(self, words: str, language: str, file: Path, limit: float) -> None:
        if language not in self.languages:
            raise NoVoice(f"no voice speaks {language!r}")
        self.said.append((language, words))
        trouble = self.troubles.get(words)
        if trouble:
            trouble(file)
        else:
            wav.write(file, wav.tone(700, len(words) / 100))

    def close(self) -> None:
        self.closed += 1
        self.let_go.set()

    # Troubles.

    def hangs(self, file: Path) -> None:
        self.let_go.clear()
        self.let_go.wait(20)
        raise VoiceError("no answer within 10 s")

    def is_late(self, file: Path) -> None:
        self.let_go.clear()
        self.let_go.wait(20)
        wav.write(file, wav.tone(700, 0.5))

    def crashes(self, file: Path) -> None:
        raise VoiceError("the process ended (signal 11)")

    def has_a_bug(self, file: Path) -> None:
        raise KeyError("surprise")

    def writes_nothing(self, file: Path) -> None:
        pass

    def writes_garbage(self, file: Path) -> None:
        file.write_bytes(b"RIFF and so on")

    def writes_fast(self, file: Path) -> None:
        with wave.open(str(file), "wb") as target:
            target.setnchannels(1)
            target.setsampwidth(2)
            target.setframerate(22050)
            target.writeframes(bytes(22050))


class Ear:
    """What `resolve` is given as `ready`."""

    def __init__(self) -> None:
        self.calls: list[list[Path]] = []
        self.threads: list[threading.Thread] = []
        self._called = threading.Event()

    def __call__(self, files: Sequence[Path]) -> None:
        self.calls.append(list(files))
        self.threads.append(threading.current_thread())
        self._called.set()

    def files(self) -> list[Path]:
        assert self._called.wait(20), "nothing was handed out"
        assert len(self.calls) == 1
        return self.calls[0]


def hear(store: PromptStore, play: Play) -> list[Path]:
    """The files that `store` hands out for `play`."""
    ear = Ear()
    store.resolve(play, ear)
    return ear.files()


def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    """Wait for `condition`, not for a time."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        pause.wait(0.005)


def sound(file: Path) -> npt.NDArray[np.float64]:
    """The samples of a file of the phone's format, full scale is 1."""
    return np.frombuffer(wav.read(file), "<i2") / 32768


def pitch(file: Path) -> float:
    """The strongest frequency in hertz."""
    samples = sound(file)
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum)) * wav.RATE / len(samples)


def seconds(file: Path) -> float:
    return len(wav.read(file)) / 2 / wav.RATE


def play(*prompts: Prompt, language: str = "") -> Play:
    return Play(1, prompts, language)


def is_fallback(file: Path) -> bool:
    return seconds(file) == FALLBACK.seconds and abs(pitch(file) - FALLBACK.frequency) < 3
