"""The child that speaks with pyttsx3.

``{"words", "language", "voice", "rate", "file", "limit"}`` in; ``{}`` out, or ``{"error": text}``
with ``"no_voice": true`` where the language cannot be spoken.

One engine in one thread, one utterance at a time: two engines, or two threads, hang for ever in the
one callback that espeak-ng has.
"""

from __future__ import annotations

import ctypes
import os
import threading
import time
from pathlib import Path
from typing import Any

import espeakng_loader

# Before pyttsx3 looks for the library: the wheel's copy bears the name that pyttsx3 asks the
# dynamic linker for, and knows no other place for its data than that of its builder.
os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
ctypes.CDLL(espeakng_loader.get_library_path())

import pyttsx3  # noqa: E402
from pyttsx3.drivers import _espeak  # noqa: E402

from . import audio  # noqa: E402
from .child import Json, answer_requests  # noqa: E402


class Speaker:
    """The engine of this process."""

    def __init__(self) -> None:
        self._engine: Any = pyttsx3.init("espeak")
        self._engine.connect("finished-utterance", self._on_finished)
        self._engine.connect("error", self._on_error)
        self._finished = threading.Event()
        self._completed = False
        self._error: BaseException | None = None
        self._voices: dict[str, str] = {}

    def handle(self, request: Json) -> Json:
        """Say something into a file."""
        voice = request["voice"] or self._voice(request["language"])
        if not voice:
            return {"error": f"no voice speaks {request['language']!r}", "no_voice": True}
        file = Path(request["file"])
        raw = file.with_suffix(".raw.wav")
        try:
            for attempt in (1, 2):
                try:
                    # A full disk shows here; in pyttsx3's callback, the error would be lost.
                    raw.write_bytes(bytes(200_000))
                    self._say(request["words"], voice, request["rate"], raw, request["limit"])
                    sound, rate = audio.read(raw)
                    audio.write(file, audio.polish(audio.to_phone_rate(sound, rate)))
                    break
                except (ValueError, OSError):
                    # pyttsx3 loses an utterance now and then: the file is empty, or absent.
                    if attempt == 2:
                        raise
        finally:
            raw.unlink(missing_ok=True)
        return {}

    def _voice(self, language: str) -> str:
        """The voice for exactly this language tag, "" where there is none."""
        if not self._voices:
            voices = self._engine.getProperty("voices")
            for voice in voices:
                for tag in voice.languages:
                    self._voices.setdefault(tag.lower(), voice.id)
            # espeak-ng names its voices after languages too: gmw/en, whose language is en-gb.
            self._voices.update((voice.id.rpartition("/")[2], voice.id) for voice in voices)
        return self._voices.get(language.lower(), "")

    def _say(self, words: str, voice: str, rate: int, file: Path, limit: float) -> None:
        self._finished.clear()
        self._completed = False
        self._error = None
        self._engine.setProperty("voice", voice)
        self._engine.setProperty("rate", rate)
        if self._error:
            raise RuntimeError(f"voice {voice!r}: {self._error}")
        # Setting the rate keeps espeak-ng "playing" for a moment, too.
        deadline = time.monotonic() + limit
        _settle(deadline)
        self._engine.save_to_file(words, str(file))
        # Returns after 10 ms, whether the words are spoken or not.
        self._engine.runAndWait()
        if not self._finished.wait(limit):
            raise TimeoutError("the voice did not finish")
        _settle(deadline)
        if self._error:
            raise RuntimeError(str(self._error))
        if not self._completed:
            raise ValueError("the utterance was cancelled")

    def _on_finished(self, name: str | None, completed: bool) -> None:
        self._completed = completed
        self._finished.set()

    def _on_error(self, name: str | None, exception: BaseException) -> None:
        self._error = exception
        self._finished.set()


def _settle(deadline: float) -> None:
    """Wait until espeak-ng is idle: pyttsx3 cancels what it finds playing when it starts."""
    while _espeak.IsPlaying() and time.monotonic() < deadline:
        time.sleep(0.0005)


if __name__ == "__main__":
    answer_requests(Speaker().handle)
