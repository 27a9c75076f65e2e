"""What a voice is, and the engine that it comes from.  Every engine is one small file beside."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..engine.errors import IvrError
from .wav import USUAL, Standard


class VoiceError(IvrError):
    """The voice could not say this; another try may succeed."""


class NoVoice(VoiceError):
    """The engine has no voice for this language, and will have none the next time either."""


class VoiceDown(VoiceError):
    """The engine itself is in trouble: it hangs, it ended, or it is not there."""


class Voice(Protocol):
    """Turns words into a sound file.  Used from one thread at a time; `close` from any."""

    def identity(self, language: str) -> str:
        """Everything but the words that decides how `language` sounds: engine, version, voice.

        Part of the cache key: where it changes, prompts are rendered anew.
        """

    def speaks(self, language: str) -> bool:
        """False where it is known, without a try, that the engine has no voice for `language`."""

    def speak(self, words: str, language: str, file: Path, limit: float) -> None:
        """Say `words`, or SSML, into `file`: WAV, PCM 16 bit, mono, 8000 Hz, audible.

        `language` is a tag such as ``en`` or ``de-CH``.  `limit` is the time in seconds that one
        attempt may take; a failed attempt may be repeated once.  Raises `NoVoice` for a language
        that the engine does not speak, `VoiceDown` where it is the engine that is in trouble,
        `VoiceError` for everything else.
        """

    def close(self) -> None:
        """Let go of processes and memory, also in the middle of `speak`, which then raises
        `VoiceError`.  The next `speak` starts again."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A voice that an engine has: its `name`, as settings have it, and its languages."""

    name: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Utterance:
    """What an engine is to say.

    `voice`: the name of an `Offer`; empty: the engine's own choice for `language`.  `rate` is in
    words per minute, `pitch` and `volume` are times what the voice has anyway.  `ssml`: the text is
    well-formed SSML.  The file is to be as `standard` says.
    """

    text: str
    language: str
    voice: str = ""
    rate: int = 165
    pitch: float = 1.0
    volume: float = 1.0
    ssml: bool = False
    standard: Standard = USUAL


class VoiceEngine(Protocol):
    """A way to make speech.  Used from one thread at a time; `close` from any.

    `knows_ssml`: whether an utterance may be SSML.
    """

    knows_ssml: bool

    def version(self, language: str) -> str:
        """Its name and version, and that of its voice for `language`; starts nothing."""

    def speaks(self, language: str) -> bool:
        """See `Voice.speaks`."""

    def voices(self) -> list[Offer]:
        """All that it has here.  Raises `VoiceError`."""

    def synthesize(self, utterance: Utterance, file: Path, limit: float) -> None:
        """Say `utterance` into `file`: see `Voice.speak`, with its errors."""

    def close(self) -> None:
        """See `Voice.close`."""
