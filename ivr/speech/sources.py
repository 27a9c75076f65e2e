"""What a prompt can be made from, best first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..engine.effects import File, Given, Prompt, Recorded, Signal, Silence, Text, Tone, Url
from .catalogue import BUILT_IN, BUILT_IN_LANGUAGE, Catalogue, clean, widened
from .signals import Turn, turn
from .voice import Voice
from .wav import USUAL, Standard

FORMAT = 2
"""Version of what the cache holds; a new number makes every sound anew."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A file of the author's, in any WAV format."""

    file: Path

    def __str__(self) -> str:
        return f"recording {self.file}"


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words for a voice.  `lasting`: the same in every call, worth a place in the cache.

    `voice`: which of them; 0 is the one that is meant, the others stand in for it.
    """

    words: str
    language: str
    lasting: bool
    voice: int = 0

    def __str__(self) -> str:
        return f"spoken in {self.language}"


@dataclass(frozen=True, slots=True)
class Sine:
    """A tone."""

    tone: Tone

    def __str__(self) -> str:
        return f"tone of {self.tone.frequency} Hz"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A tone of the network, for so many seconds; 0: one turn of it."""

    turn: Turn
    seconds: float

    def __str__(self) -> str:
        return "tone of the network"


@dataclass(frozen=True, slots=True)
class Quiet:
    """Nothing, for so many seconds."""

    seconds: float

    def __str__(self) -> str:
        return f"{self.seconds:g} s of silence"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A sound of the web.  `lasting`: the same in every call, worth a place in the cache."""

    url: str
    lasting: bool

    def __str__(self) -> str:
        return "fetched"


Source = Recording | Spoken | Sine | Rhythm | Quiet | Fetched


def sources(
    catalogue: Catalogue,
    lasting: frozenset[tuple[str, str]],
    urls: frozenset[str],
    language: str,
    prompt: Prompt,
    voices: Sequence[Voice] = (),
) -> list[Source]:
    """Everything that `prompt` can be made from for a caller with `language`, best first.

    In each language, each of `voices` is tried that may speak it, before the next language.

    Empty for a name that nobody knows and for a text without words.  `lasting` holds the
    (language, words) of texts that never change, `urls` the sounds of the web that all calls have.
    """
    chain = catalogue.chain(language)
    if isinstance(prompt, Text):
        words = clean(prompt.words)
        lasts = (chain[0], words) in lasting
        return [*_spoken(words, chain, lasts, voices)] if words else []
    if isinstance(prompt, Recorded | Given):
        return []  # the one is there or not, the other is never played
    if isinstance(prompt, Url):
        return [Fetched(prompt.url, prompt.url in urls)]
    if not isinstance(prompt, str):
        return [_sound(prompt, language)]
    found: list[Source] = []
    for each in chain:
        entry = catalogue.entries.get(each, {}).get(prompt)
        if entry and entry.recording:
            found.append(Recording(entry.recording))
        if entry and entry.text:
            found += _spoken(entry.text, widened(each), True, voices)
        if built_in := BUILT_IN.get(prompt, {}).get(each):
            found += _spoken(built_in, (each,), True, voices)
    if prompt in BUILT_IN:
        usual = BUILT_IN[prompt][BUILT_IN_LANGUAGE]
        found += _spoken(usual, (BUILT_IN_LANGUAGE,), True, voices)
    return list(dict.fromkeys(found))


def _spoken(
    words: str, languages: Sequence[str], lasting: bool, voices: Sequence[Voice]
) -> Iterator[Spoken]:
    ways = [(language, index) for language in languages for index in range(len(voices) or 1)]
    able = [(each, index) for each, index in ways if voices and voices[index].speaks(each)]
    return (Spoken(words, each, lasting, index) for each, index in able or ways)


def _sound(prompt: Tone | Signal | Silence | File, language: str) -> Source:
    match prompt:
        case Tone():
            return Sine(prompt)
        case Signal(name, seconds, country):
            return Rhythm(turn(name, country or language), seconds)
        case Silence(seconds):
            return Quiet(seconds)
        case File(path):
            return Recording(Path(path))


def lasts(source: Source) -> bool:
    """Whether it has a place in the cache."""
    return not isinstance(source, Spoken | Fetched) or source.lasting


def cache_key(source: Source, voices: Sequence[Voice], standard: Standard = USUAL) -> str:
    """The name under which the sound of `source` is kept: a hash of all that decides it.

    Reads recordings: raises `OSError`.
    """
    parts: list[object] = [FORMAT, standard.rate, type(source).__name__]
    if isinstance(source, Recording | Spoken | Fetched):
        parts.append(standard.loudness)
    match source:
        case Recording(file):
            with file.open("rb") as content:
                parts.append(hashlib.file_digest(content, "sha256").hexdigest())
        case Spoken(words, language, _, index):
            parts += [voices[index].identity(language), language, words]
        case Sine(tone):
            parts += [tone.frequency, tone.seconds]
        case Rhythm(turn, seconds):
            parts += [turn, seconds]
        case Quiet(seconds):
            parts.append(seconds)
        case Fetched(url, _):
            parts.append(url)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
