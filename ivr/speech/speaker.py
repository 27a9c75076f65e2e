"""An engine, and how it is set: the voice that says the texts of a project."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..engine.ssml import PLAIN, Manner, Part, Pause, Words, is_ssml, parts_of
from . import wav
from .catalogue import canonical, widened
from .ssml import without_emphasis, written
from .voice import NoVoice, Utterance, VoiceEngine, VoiceError
from .wav import USUAL, Standard

SLOWEST, FASTEST = 80, 450  # words per minute


class Speaker:
    """Speaks with `engine`; `names` has the voice of a language, `rate` is in words per minute.

    `pitch` and `volume` are times the usual, which is as loud as `standard` says.  SSML is given to
    an engine that knows it; any other is given its words, part by part, and what it says is joined.
    """

    def __init__(
        self,
        engine: VoiceEngine,
        names: Mapping[str, str] | None = None,
        rate: int = 165,
        pitch: float = 1.0,
        volume: float = 1.0,
        standard: Standard = USUAL,
    ) -> None:
        self.engine = engine
        self._names = {canonical(language): voice for language, voice in (names or {}).items()}
        self._rate = rate
        self._pitch = pitch
        self._volume = volume
        self._standard = standard

    def identity(self, language: str) -> str:
        """See `Voice`."""
        voice = self._names.get(canonical(language)) or language
        manner = f"{self._rate} wpm, pitch {self._pitch:g}, volume {self._volume:g}"
        return f"{self.engine.version(language)}, voice {voice}, {manner}"

    def speaks(self, language: str) -> bool:
        """See `Voice`."""
        return self.engine.speaks(language)

    def speak(self, words: str, language: str, file: Path, limit: float) -> None:
        """See `Voice`."""
        if not is_ssml(words):
            return self._say(words, language, PLAIN, file, limit)
        parts = parts_of(words, language)
        if not any(isinstance(part, Words) and _has_words(part) for part in parts):
            raise VoiceError("there are no words in it")
        self._join(_whole(parts) if self.engine.knows_ssml else parts, language, file, limit)

    def close(self) -> None:
        """See `Voice`."""
        self.engine.close()

    def _join(
        self, pieces: Sequence[Part | tuple[Part, ...]], language: str, file: Path, limit: float
    ) -> None:
        """Say `pieces`, one after the other, each within what is left of `limit`."""
        deadline, samples = time.monotonic() + limit, b""
        for piece in pieces:
            left = max(deadline - time.monotonic(), 0.0)
            match piece:
                case Pause(seconds):
                    samples += wav.silence(seconds, self._standard.rate)
                    continue
                case Words(words, manner):
                    if not _has_words(piece):
                        continue
                    self._in_language(words, language, without_emphasis(manner), file, left)
                case _:
                    text, volume = written(piece, language)
                    manner = Manner(volume=volume)
                    self._say(text, language, manner, file, left, ssml=True)
            try:
                samples += wav.read(file, self._standard.rate)
            except ValueError as error:
                raise VoiceError(f"the voice made no usable file: {error}") from error
        wav.write(file, samples, self._standard.rate)

    def _in_language(
        self, words: str, language: str, manner: Manner, file: Path, limit: float
    ) -> None:
        """Say words that may be in a language of their own; if need be with the voice for all."""
        own = widened(canonical(manner.language)) if manner.language else ()
        for each in own:
            try:
                return self._say(words, each, manner, file, limit)
            except NoVoice:
                continue
        self._say(words, language, manner, file, limit)

    def _say(
        self, text: str, language: str, manner: Manner, file: Path, limit: float, ssml: bool = False
    ) -> None:
        utterance = Utterance(
            text,
            language,
            self._names.get(canonical(language), ""),
            min(max(round(self._rate * manner.rate), SLOWEST), FASTEST),
            self._pitch * manner.pitch,
            self._volume * manner.volume,
            ssml,
            self._standard,
        )
        self.engine.synthesize(utterance, file, limit)


def _has_words(part: Words) -> bool:
    return any(map(str.isalnum, part.words))


def _whole(parts: tuple[Part, ...]) -> list[Part | tuple[Part, ...]]:
    """`parts` as one piece, but for a pause at either end, which a voice would not keep."""
    first, last = 0, len(parts)
    if isinstance(parts[0], Pause):
        first = 1
    if isinstance(parts[-1], Pause):
        last -= 1
    return [*parts[:first], parts[first:last], *parts[last:]]
