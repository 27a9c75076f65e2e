"""The voice that comes with the product: pyttsx3 and espeak-ng, in a process of their own.

Alone, pyttsx3 returns before it has spoken, loses utterances and can hang; and espeak-ng may end
its process.  The child bears that, and keeps a GPL-3.0 library out of the serving process.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from .child import Child, ChildError
from .voice import NoVoice, VoiceError


class Pyttsx3Voice:
    """Speaks every language that espeak-ng knows.

    `voices` names the voice of a language, such as ``{"en": "gmw/en-us+f3"}``; `rate` is in words
    per minute (80 to 450).
    """

    def __init__(self, voices: Mapping[str, str] | None = None, rate: int = 165) -> None:
        self._voices = {language.lower(): voice for language, voice in (voices or {}).items()}
        self._rate = rate
        self._engine = ""
        self._child = Child("ivr.speech.pyttsx3_child")

    @property
    def pid(self) -> int | None:
        """The process that speaks, None while there is none."""
        return self._child.pid

    def identity(self, language: str) -> str:
        """See `Voice`."""
        if not self._engine:
            self._engine = f"pyttsx3 {version('pyttsx3')}, espeak-ng {version('espeakng-loader')}"
        return f"{self._engine}, voice {self._voice(language) or language}, {self._rate} wpm"

    def speak(self, words: str, language: str, file: Path, limit: float) -> None:
        """See `Voice`."""
        request = {
            "words": words,
            "language": language,
            "voice": self._voice(language),
            "rate": self._rate,
            "file": str(file),
            "limit": limit,
        }
        try:
            answer = self._child.ask(request, limit)
        except ChildError as error:
            raise VoiceError(f"the voice failed: {error}") from error
        if answer.get("no_voice"):
            raise NoVoice(str(answer["error"]))
        if "error" in answer:
            raise VoiceError(f"the voice failed: {answer['error']}")

    def close(self) -> None:
        """See `Voice`."""
        self._child.close()

    def _voice(self, language: str) -> str:
        return self._voices.get(language.lower(), "")
