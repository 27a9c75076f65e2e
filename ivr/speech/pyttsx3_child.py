"""The child that speaks with pyttsx3: requests and answers as in `synthesis`.

One engine in one thread, one utterance at a time: two engines, or two threads, hang for ever in the
one callback that espeak-ng has.
"""

from __future__ import annotations

import ctypes
import os
import threading
import time
from functools import cached_property
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
from .child import Json  # noqa: E402
from .espeak_names import Names, pitch  # noqa: E402
from .synthesis import NoSuchVoice, Voices, finish, serve  # noqa: E402


class Engine:
    """The engine of this process."""

    def __init__(self) -> None:
        self._engine: Any = pyttsx3.init("espeak")
        self._engine.connect("finished-utterance", self._on_finished)
        self._engine.connect("error", self._on_error)
        self._finished = threading.Event()
        self._completed = False
        self._error: BaseException | None = None

    def say(self, request: Json) -> None:
        """Say something into a file."""
        voice = request["voice"] or self._names.of(request["language"])
        if not voice:
            raise NoSuchVoice
        raw = Path(request["file"]).with_suffix(".raw.wav")
        try:
            for attempt in (1, 2):
                try:
                    # A full disk shows here; in pyttsx3's callback, the error would be lost.
                    raw.write_bytes(bytes(200_000))
                    self._say(request, voice, raw)
                    finish(*audio.read(raw), request)
                    break
                except (ValueError, OSError):
                    # pyttsx3 loses an utterance now and then: the file is empty, or absent.
                    if attempt == 2:
                        raise
        finally:
            raw.unlink(missing_ok=True)

    def voices(self) -> Voices:
        """All that it knows."""
        return self._names.voices

    @cached_property
    def _names(self) -> Names:
        voices = self._engine.getProperty("voices")
        return Names((voice.id, voice.languages) for voice in voices)

    def _say(self, request: Json, voice: str, file: Path) -> None:
        self._finished.clear()
        self._completed = False
        self._error = None
        self._engine.setProperty("voice", voice)
        self._engine.setProperty("rate", request["rate"])
        self._engine.setProperty("pitch", pitch(request["pitch"]))
        if self._error:
            raise RuntimeError(f"voice {voice!r}: {self._error}")
        # Setting the rate keeps espeak-ng "playing" for a moment, too.
        deadline = time.monotonic() + request["limit"]
        _settle(deadline)
        self._engine.save_to_file(request["text"], str(file))
        # Returns after 10 ms, whether the words are spoken or not.
        self._engine.runAndWait()
        if not self._finished.wait(request["limit"]):
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
    engine = Engine()
    serve(engine.voices, engine.say)
