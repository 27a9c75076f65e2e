"""What a caller may answer to a menu, by key or by word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .digits import KEYS, Keys

RESERVED = ("no_input", "no_match")


class Choices:
    """Names of choices, and the keys and words that mean them.

    ``Choices({"sales": ["1", "sales", "new order"]})``: what consists of keys only is a key.
    Raises ValueError when one key or word means two choices.
    """

    __slots__ = ("by_key", "by_word", "keys", "names", "words")

    def __init__(self, table: Mapping[str, Iterable[str]]) -> None:
        self.names = tuple(table)
        self.by_key: dict[str, str] = {}
        self.by_word: dict[str, str] = {}
        for name, ways in table.items():
            if name in RESERVED:
                raise ValueError(f"a choice cannot be called {name!r}: that is an outcome of ask")
            for way in ways:
                is_key = bool(way) and all(sign in KEYS for sign in way)
                side, sign = (self.by_key, way) if is_key else (self.by_word, way.casefold())
                other = side.setdefault(sign, name)
                if other != name:
                    kind = "key" if is_key else "word"
                    raise ValueError(f"{kind} {way!r} means both {other!r} and {name!r}")
        self.keys = Keys(self.by_key)
        self.words = tuple(self.by_word)

    def said(self, text: str) -> str | None:
        """The choice whose word occurs in *text*; None if none does, or those of two do."""
        padded = f" {text.casefold()} "
        hits = {name for word, name in self.by_word.items() if f" {word} " in padded}
        return hits.pop() if len(hits) == 1 else None
