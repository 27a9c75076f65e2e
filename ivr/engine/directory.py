"""Names, found by the keys that spell them.

All spellings are worked out once, when the names are read: 10,000 of them take most of a second,
which no call has.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Mapping

APOSTROPHES = "'\u2019"
_GROUPS = {"2": "abc", "3": "def", "4": "ghi", "5": "jkl", "6": "mno", "7": "pqrs", "8": "tuv"}
_GROUPS["9"] = "wxyz"
_KEYS = {letter: key for key, letters in _GROUPS.items() for letter in letters}  # ITU-T E.161
_SPELT = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "þ": "th"}
_UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue"}
_LAST = chr(0x10FFFF)  # sorts behind whatever goes on with the same keys


class Directory(Mapping[str, str]):
    """Names and their numbers, as pairs; `spelled` finds names by their keys."""

    __slots__ = ("_keys", "_names", "_pairs", "_whose")

    def __init__(self, pairs: Mapping[str, str]) -> None:
        self._pairs = dict(pairs)
        self._names = sorted(self._pairs, key=str.casefold)
        index = sorted(
            (keys, place) for place, name in enumerate(self._names) for keys in _spellings(name)
        )
        self._keys = [keys for keys, _ in index]
        self._whose = [place for _, place in index]

    def spelled(self, keys: str) -> list[str]:
        """The names of which a spelling begins with *keys*, in the order of the alphabet."""
        if not keys:
            return []
        first, last = bisect_left(self._keys, keys), bisect_left(self._keys, keys + _LAST)
        return [self._names[place] for place in sorted({*self._whose[first:last]})]

    def __getitem__(self, name: str) -> str:
        return self._pairs[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)


def _spellings(name: str) -> set[str]:
    """The keys of *name*, from its first word on, and from each later one."""
    found = set[str]()
    for plain in _plain(name):
        words = plain.split()
        found |= {_keys("".join(words[first:])) for first in range(len(words))}
        found.add(_keys("".join(reversed(words))))
    return found


def _plain(name: str) -> Iterator[str]:
    """*name* in letters without accents: an umlaut as one of them, and as two."""
    lower = unicodedata.normalize("NFC", name.lower())
    for umlauts in ({}, _UMLAUTS):
        letters = "".join(umlauts.get(sign) or _SPELT.get(sign, sign) for sign in lower)
        bare = filter(_is_no_accent, unicodedata.normalize("NFKD", letters))
        yield "".join(sign if sign.isalnum() else " " for sign in bare)


def _is_no_accent(sign: str) -> bool:
    return not unicodedata.combining(sign) and sign not in APOSTROPHES


def _keys(letters: str) -> str:
    return "".join(_KEYS.get(sign, sign) for sign in letters)
