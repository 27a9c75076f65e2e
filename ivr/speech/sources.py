"""What a prompt can be made from, best first."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from ..engine.effects import Prompt, Text, Tone
from .catalogue import BUILT_IN, BUILT_IN_LANGUAGE, Catalogue, clean, widened
from .voice import Voice

FORMAT = 1
"""Version of what the cache holds; a new number makes every sound anew."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A file of the author's, in any WAV format."""

    file: Path

    def __str__(self) -> str:
        return f"recording {self.file}"


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words for the voice.  `lasting`: the same in every call, worth a place in the cache."""

    words: str
    language: str
    lasting: bool

    def __str__(self) -> str:
        return f"spoken in {self.language}"


@dataclass(frozen=True, slots=True)
class Sine:
    """A tone."""

    tone: Tone

    def __str__(self) -> str:
        return f"tone of {self.tone.frequency} Hz"


Source = Recording | Spoken | Sine


def sources(
    catalogue: Catalogue, lasting: frozenset[tuple[str, str]], language: str, prompt: Prompt
) -> list[Source]:
    """Everything that `prompt` can be made from for a caller with `language`, best first.

    Empty for a name that nobody knows and for a text without words.  `lasting` holds the
    (language, words) of texts that never change.
    """
    if isinstance(prompt, Tone):
        return [Sine(prompt)]
    chain = catalogue.chain(language)
    if isinstance(prompt, Text):
        words = clean(prompt.words)
        lasts = (chain[0], words) in lasting
        return [Spoken(words, each, lasts) for each in chain] if words else []
    found: list[Source] = []
    for each in chain:
        entry = catalogue.entries.get(each, {}).get(prompt)
        if entry and entry.recording:
            found.append(Recording(entry.recording))
        if entry and entry.text:
            found += [Spoken(entry.text, voice, True) for voice in widened(each)]
    if prompt in BUILT_IN:
        found.append(Spoken(BUILT_IN[prompt], BUILT_IN_LANGUAGE, True))
    return found


def cache_key(source: Source, voice: Voice) -> str:
    """The name under which the sound of `source` is kept: a hash of all that decides it.

    Reads recordings: raises `OSError`.
    """
    parts: list[object] = [FORMAT, type(source).__name__]
    match source:
        case Recording(file):
            with file.open("rb") as content:
                parts.append(hashlib.file_digest(content, "sha256").hexdigest())
        case Spoken(words, language, _):
            parts += [voice.identity(language), language, words]
        case Sine(tone):
            parts += [tone.frequency, tone.seconds]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
