"""What a caller may answer to a menu, by key or by word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from .digits import KEYS, Keys, Verdict
from .key_patterns import Either, KeyPattern, is_pattern, key_patterns, overlapping

RESERVED = ("no_input", "no_match")
_WORD = re.compile(r"\w+")
UNIVERSAL = ("repeat", "back", "top", "operator")


@dataclass(frozen=True, slots=True)
class Choice:
    """Keys, key ranges and patterns, and words, that mean a choice.

    `say`: what it is called in a menu that is built from its choices; empty: by its name.
    """

    keys: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    say: str = ""

    @classmethod
    def of(cls, ways: Ways) -> Choice:
        """``["1", "6XX", "sales"]``: what consists of keys only is one, a pattern is one."""
        if isinstance(ways, Choice):
            return ways
        each = (ways,) if isinstance(ways, str) else tuple(ways)
        keys = tuple(way for way in each if is_key(way) or is_pattern(way))
        return cls(keys, tuple(way for way in each if way not in keys))


Ways = str | Iterable[str] | Choice


def is_key(way: str) -> bool:
    return bool(way) and all(sign in KEYS for sign in way)


class Meanings:
    """What each key, pattern and word means; refuses a second meaning with a ValueError.

    A key by itself goes before a pattern that accepts it, too.
    """

    __slots__ = ("by_key", "by_pattern", "by_word")

    def __init__(self) -> None:
        self.by_key: dict[str, str] = {}
        self.by_word: dict[str, str] = {}
        self.by_pattern: dict[str, str] = {}

    def add_key(self, name: str, way: str) -> None:
        if is_key(way):
            self._add(self.by_key, way, name, f"key {way!r}")
            return
        patterns = key_patterns(way)
        for text, other in self.by_pattern.items():
            if other != name and overlapping(patterns, key_patterns(text)):
                raise ValueError(f"{way!r} and {text!r} overlap: {name!r} or {other!r}?")
        self.by_pattern[way] = name

    def add_word(self, name: str, word: str) -> None:
        self._add(self.by_word, word.casefold(), name, f"word {word!r}")

    @staticmethod
    def _add(side: dict[str, str], sign: str, name: str, what: str) -> None:
        other = side.setdefault(sign, name)
        if other != name:
            raise ValueError(f"{what} means both {other!r} and {name!r}")


class Choices:
    """Names of choices, and the keys and words that mean them.

    ``Choices({"sales": ["1", "sales", "new order"], "extension": ["6XX"]})``: what consists of
    keys only is a key, and what is built like one a pattern or a range of keys; or a `Choice` each.
    Raises ValueError when one key or word means two choices.
    """

    __slots__ = (
        "_patterns",
        "by_key",
        "by_word",
        "key_signs",
        "keys",
        "names",
        "table",
        "words",
    )

    def __init__(self, table: Mapping[str, Ways]) -> None:
        self.table = {name: Choice.of(ways) for name, ways in table.items()}
        self.names = tuple(table)
        meanings = Meanings()
        for name, choice in self.table.items():
            if name in RESERVED:
                raise ValueError(f"a choice cannot be called {name!r}: that is an outcome of ask")
            for way in choice.keys:
                meanings.add_key(name, way)
            for word in choice.words:
                meanings.add_word(name, word)
        self.by_key, self.by_word = meanings.by_key, meanings.by_word
        self._patterns: tuple[tuple[KeyPattern, str], ...] = tuple(
            (each, name)
            for text, name in meanings.by_pattern.items()
            for each in key_patterns(text)
        )
        keys = Keys(self.by_key)
        patterns = tuple(each for each, _ in self._patterns)
        self.keys = Either((keys, *patterns)) if patterns else keys
        self.words = tuple(self.by_word)
        places = (place for each, _ in self._patterns for place in each.places)
        self.key_signs = frozenset("".join((*self.by_key, *places)))
        """Every key that is part of an answer."""

    def typed(self, keys: str) -> str:
        """The choice that *keys* mean; empty for none."""
        exact = self.by_key.get(keys)
        if exact is not None:
            return exact
        accepted = (Verdict.MATCH, Verdict.MAX)
        names = (name for each, name in self._patterns if each.verdict(keys) in accepted)
        return next(names, "")

    def said(self, text: str) -> str | None:
        """The choice whose word occurs in *text*; None if none does, or those of two do."""
        hits = {self.by_word[word] for word in self._words_in(text)}
        return hits.pop() if len(hits) == 1 else None

    def word_in(self, text: str) -> str:
        """The longest word of a choice that occurs in *text*; *text*, if none does."""
        return max(self._words_in(text), key=len, default=text)

    def _words_in(self, text: str) -> list[str]:
        padded = f" {_plain(text)} "
        return [word for word in self.by_word if f" {_plain(word)} " in padded]


def _plain(text: str) -> str:
    """*text* without punctuation, which some recognisers write, and callers never say."""
    return " ".join(_WORD.findall(text.casefold()))


NO_CHOICES = Choices({})


def universal(table: Mapping[str, Ways]) -> Choices:
    """The choices that every question of a flow offers.  Raises ValueError."""
    for name, ways in table.items():
        if name not in UNIVERSAL:
            raise ValueError(f"no universal choice {name!r}; expected {', '.join(UNIVERSAL)}")
        if not all(map(is_key, Choice.of(ways).keys)):
            raise ValueError(f"{name}: a pattern cannot be a universal choice; expected keys")
    return Choices(table)


@lru_cache(maxsize=1024)
def with_universal(own: Choices, others: Choices) -> Choices:
    """*own*, and *others* where *own* has no such name and leaves their keys and words alone."""
    table = dict(own.table)
    for name, choice in others.table.items():
        if name not in own.table:
            table[name] = Choice(
                tuple(key for key in choice.keys if not own.typed(key)),
                tuple(word for word in choice.words if word.casefold() not in own.by_word),
            )
    return Choices(table)
