"""Words as they are compared: without case, accents and punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

Tokens = tuple[str, ...]
_WORD = re.compile(r"[^\W_]+")
_WRITTEN = re.compile(r"o'[^\W_]+|[^\W_]+")  # o'clock is one word to those who list words


def tokens(text: str) -> Tokens:
    """The words of *text*, in their plain form."""
    plain = unicodedata.normalize("NFD", text.casefold())
    return tuple(_WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign))))


def joined(text: str) -> str:
    """*text* in one piece: how a number is parted into words differs from ear to ear."""
    return "".join(tokens(text))


def spoken_words(texts: Iterable[str]) -> tuple[str, ...]:
    """Each word of *texts* once, as it is written but for its case."""
    return tuple(dict.fromkeys(word for text in texts for word in _written(text)))


def spoken_phrases(texts: Iterable[str]) -> tuple[str, ...]:
    """Those of *texts* that are several words, in the same way."""
    phrases = (_written(text) for text in texts)
    return tuple(dict.fromkeys(" ".join(words) for words in phrases if len(words) > 1))


def _written(text: str) -> list[str]:
    return _WRITTEN.findall(text.lower().replace("\N{NO-BREAK SPACE}", " "))


def without(part: Iterable[str], words: Tokens) -> Tokens:
    """*words* but for those of *part*."""
    small = {word for text in part for word in tokens(text)}
    return tuple(word for word in words if word not in small)
