"""Callers who speak, by espeak-ng, and what an ear tells of them."""

from __future__ import annotations

import queue
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ivr.engine.effects import Listen
from ivr.engine.events import Event
from ivr.speech import wav
from ivr.speech.attention import Noticing
from ivr.speech.ear import Ear, Hearing
from ivr.speech.pyttsx3_voice import Pyttsx3Engine
from ivr.speech.speaker import Speaker
from ivr.speech.voice_activity import FRAME_BYTES

SILENCE = bytes(FRAME_BYTES)
LIMIT = 20.0  # seconds to wait for what has to come


@cache
def spoken(words: str, language: str = "en-us") -> bytes:
    """*words* at 8000 Hz, by the voice that comes with the product."""
    voice = Speaker(Pyttsx3Engine(), rate=160)
    try:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "said.wav"
            voice.speak(words, language, file, 20)
            return wav.read(file)
    finally:
        voice.close()


def frames(sound: bytes) -> Iterator[bytes]:
    for at in range(0, len(sound), FRAME_BYTES):
        yield sound[at : at + FRAME_BYTES].ljust(FRAME_BYTES, b"\0")


class Caller:
    """One who is listened to; what is told of him is in order."""

    def __init__(self, ear: Ear, listen: Listen, name: str = "call") -> None:
        self._told: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.hearing: Hearing | Noticing = ear.open(name, listen, self._told.put)

    def sounds(self, sound: bytes, toning: bool = False) -> None:
        for frame in frames(sound):
            self.hearing.feed(frame, toning)

    def is_silent(self, seconds: float) -> None:
        self.sounds(bytes(FRAME_BYTES * round(seconds * 50)))

    def told(self) -> Event:
        """What is told next.  Raises `queue.Empty` where nothing is."""
        return self._told.get(timeout=LIMIT)

    @property
    def told_more(self) -> bool:
        return not self._told.empty()
