"""Texts put together from recordings of words: ``numbers/en/twenty.wav``, ``please press.wav``."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from ..engine.errors import IvrError
from . import wav
from .catalogue import canonical
from .recordings import Converter
from .voice import NoVoice, Offer, Utterance, VoiceError
from .wav import Standard

_TOKEN = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*|[,;:.!?]")
_RESTS = {",": 0.15, ";": 0.3, ":": 0.3, ".": 0.3, "!": 0.3, "?": 0.3}  # seconds


class RecordedEngine:
    """Speaks with the files of `folder`: one folder a language, named by their words.

    It takes the longest recordings that fit: of ``one``, ``two`` and ``one two``, the last.  Case
    and signs do not count.  Rate, pitch and volume are those of the recordings.
    """

    knows_ssml = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._converter = Converter()
        self._converted: dict[tuple[Path, int, Standard], bytes] = {}

    def version(self, language: str) -> str:
        """See `VoiceEngine`."""
        seen = hashlib.sha256()
        for words, file in sorted(self._pieces(language).items()):
            at = file.stat()
            seen.update(repr((words, at.st_size, at.st_mtime_ns)).encode())
        return f"recordings {seen.hexdigest()[:16]}"

    def speaks(self, language: str) -> bool:
        """See `VoiceEngine`."""
        return self._of(language) is not None

    def voices(self) -> list[Offer]:
        """See `VoiceEngine`."""
        return [Offer(str(each), (canonical(each.name),)) for each in self._folders()]

    def synthesize(self, utterance: Utterance, file: Path, limit: float) -> None:
        """See `VoiceEngine`."""
        pieces = self._pieces(utterance.language)
        if not pieces:
            raise NoVoice(f"no recordings of words in {utterance.language!r}")
        standard = utterance.standard
        samples, tokens = b"", _TOKEN.findall(utterance.text.casefold())
        if all(token in _RESTS for token in tokens):
            raise VoiceError("there are no words in it")
        for found in _put_together(tokens, pieces):
            if isinstance(found, float):
                samples += wav.silence(found, standard.rate)
            else:
                samples += self._samples(found, file, limit, standard)
        wav.write(file, samples, standard.rate)

    def close(self) -> None:
        """See `VoiceEngine`."""
        self._converter.close()

    def _folders(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return sorted(each for each in self._folder.iterdir() if each.is_dir())

    def _of(self, language: str) -> Path | None:
        wanted = canonical(language)
        return next((each for each in self._folders() if canonical(each.name) == wanted), None)

    def _pieces(self, language: str) -> dict[tuple[str, ...], Path]:
        folder = self._of(language)
        files = sorted(folder.glob("*.wav")) if folder else []
        named = {tuple(_TOKEN.findall(file.stem.casefold())): file for file in files}
        return {words: file for words, file in named.items() if words}

    def _samples(self, recording: Path, file: Path, limit: float, standard: Standard) -> bytes:
        key = recording, recording.stat().st_mtime_ns, standard
        if key not in self._converted:
            made = file.with_suffix(".piece.wav")
            try:
                self._converter.convert(recording, made, limit, standard)
                self._converted[key] = wav.read(made, standard.rate)
            except (IvrError, ValueError) as error:
                raise VoiceError(f"{recording}: {error}") from error
            finally:
                made.unlink(missing_ok=True)
        return self._converted[key]


def _put_together(tokens: list[str], pieces: dict[tuple[str, ...], Path]) -> Iterator[Path | float]:
    """The recordings of `tokens`, and the seconds of rest between them."""
    longest, at = max(map(len, pieces)), 0
    while at < len(tokens):
        for length in range(min(longest, len(tokens) - at), 0, -1):
            found = pieces.get(tuple(tokens[at : at + length]))
            if found:
                yield found
                at += length
                break
        else:
            if tokens[at] not in _RESTS:
                # Which one may be a caller's own: it stays out of logs.
                raise VoiceError("not all of its words are recorded")
            yield _RESTS[tokens[at]]
            at += 1
