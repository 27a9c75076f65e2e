"""How words are pronounced: as espeak-ng says them in several accents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import product
from pathlib import Path

from .espeak import Espeak
from .phones import SILENCE, phones_of

Pronunciation = tuple[str, ...]
Lexicon = Mapping[str, Mapping[Pronunciation, float]]
"""Of each word the ways to say it; the most usual has weight 1."""

WORDS = Path(__file__).with_name("words.txt")
ACCENTS = {
    "gmw/en-US": 1.0,
    "gmw/en": 1.0,
    "gmw/en-GB-scotland": 0.5,
    "gmw/en-GB-x-rp": 0.5,
    "gmw/en-029": 0.5,
}
WEAK = {"a": ("@",), "the": ("D", "I"), "to": ("t", "@")}
"""What words are like before others; alone, espeak-ng says them as nobody does in a sentence."""
SPELT = ("am", "us")
"""Words that are said letter by letter, too; espeak-ng knows only of others."""
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*'?")


def read_words(file: Path) -> list[str]:
    """The words of *file*, which white space parts.

    Raises `ValueError`, with the line, for what is no word of small letters and apostrophes.
    """
    words = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        for word in line.split():
            if not _WORD.fullmatch(word):
                raise ValueError(
                    f"{file}:{number}: {word!r} is no word of small English letters; "
                    "write numbers and abbreviations as they are said: 'twenty', 'v i p'"
                )
            words.append(word)
    return words


def pronounce(words: Iterable[str]) -> Lexicon:
    """How *words* are said.  Raises `ValueError` for one that English has no sounds for."""
    espeak = Espeak()
    return {word: _pronounce(word, espeak) for word in sorted(set(words))}


def _pronounce(word: str, espeak: Espeak) -> Mapping[Pronunciation, float]:
    weights: dict[Pronunciation, float] = {}
    for accent, weight in ACCENTS.items():
        said = _said(word, accent, espeak)
        weights[said] = weights.get(said, 0) + weight
    weights.pop((), None)
    if not weights:
        raise ValueError(f"{word!r} has no sound in English")
    most = max(weights.values())
    usual = {said: weight / most for said, weight in weights.items()}
    others = [WEAK[word]] if word in WEAK else []
    if word in SPELT:
        others += (sum(said, ()) for said in product(*(_pronounce(each, espeak) for each in word)))
    return {**dict.fromkeys(others, 1.0), **usual}


def _said(words: str, accent: str, espeak: Espeak) -> Pronunciation:
    _, sounds = espeak.speak(words, accent)
    try:
        phones = [each for sound in sounds for each in phones_of(sound.mnemonic, accent)]
    except KeyError as error:
        raise ValueError(
            f"{words!r} is said with the sound {error}, which this model does not know; "
            "write the word as an English speaker would spell it"
        ) from None
    return tuple(phone for phone in phones if phone != SILENCE)
