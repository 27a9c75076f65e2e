"""What a voice is.  Every engine is one small file beside this one."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from ..engine.errors import IvrError


class VoiceError(IvrError):
    """The voice could not say this; another try may succeed."""


class NoVoice(VoiceError):
    """The engine has no voice for this language, and will have none the next time either."""


class Voice(Protocol):
    """Turns words into a sound file.  Used from one thread at a time; `close` from any."""

    def identity(self, language: str) -> str:
        """Everything but the words that decides how `language` sounds: engine, version, voice.

        Part of the cache key: where it changes, prompts are rendered anew.
        """

    def speak(self, words: str, language: str, file: Path, limit: float) -> None:
        """Say `words` into `file`: WAV, PCM 16 bit, mono, 8000 Hz, audible.

        `language` is a tag such as ``en`` or ``de-CH``.  `limit` is the time in seconds that one
        attempt may take; a failed attempt may be repeated once.  Raises `NoVoice` for a language
        that the engine does not speak, `VoiceError` for everything else.
        """

    def close(self) -> None:
        """Let go of processes and memory, also in the middle of `speak`, which then raises
        `VoiceError`.  The next `speak` starts again."""
