"""Keys by pattern, such as ``6XX``, ``[2-9]XX`` and ``0Z.``, and by range, such as ``2-5``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from .digits import LONGEST_ENTRY, Matcher, Verdict, pattern, verdict_of

DIGITS = "0123456789"
_CLASSES = {"X": DIGITS, "Z": DIGITS[1:], "N": DIGITS[2:]}
_RANGE = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")
_PART = re.compile(r"\[[^]]+\]|.")
_SPAN = re.compile(r"([0-9])-([0-9])|([0-9])")

Places = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeyPattern:
    """The keys that may stand at each place; `is_open`: one or more digits follow them."""

    places: Places
    is_open: bool = False

    def verdict(self, typed: str) -> Verdict:
        more = len(typed) - len(self.places)
        if more > 0 and not self.is_open:
            return Verdict.NO_MATCH
        fits = all(key in place for key, place in zip(typed, self._first(len(typed)), strict=True))
        if not fits:
            return Verdict.NO_MATCH
        return verdict_of(more >= self.is_open, more < 0 or self.is_open)

    def overlaps(self, other: KeyPattern) -> bool:
        """Whether there are keys that both of them accept."""
        length = max(len(self.places) + self.is_open, len(other.places) + other.is_open)
        if any(not each.is_open and len(each.places) < length for each in (self, other)):
            return False
        pairs = zip(self._first(length), other._first(length), strict=True)
        return all(set(one) & set(two) for one, two in pairs)

    def _first(self, count: int) -> Places:
        return (self.places + (DIGITS,) * count)[:count]


@dataclass(frozen=True, slots=True)
class Either:
    """What any of several matchers accepts."""

    matchers: tuple[Matcher, ...]

    def verdict(self, typed: str) -> Verdict:
        found = {matcher.verdict(typed) for matcher in self.matchers}
        return verdict_of(
            bool(found & {Verdict.MATCH, Verdict.MAX}),
            bool(found & {Verdict.MATCH, Verdict.PARTIAL}),
        )


def is_pattern(text: str) -> bool:
    """Whether *text* is meant as a pattern or a range, and not as keys or words."""
    return bool(_RANGE.fullmatch(text) or re.fullmatch(r"(?=.*[][XZN.])[][0-9*#XZN-]+\.?", text))


@lru_cache(maxsize=1024)
def key_patterns(text: str) -> tuple[KeyPattern, ...]:
    """What the pattern or range *text* accepts: what any of these does.  Raises ValueError."""
    found = _RANGE.fullmatch(text)
    if found:
        return tuple(KeyPattern(places) for places in _range(found[1], found[2]))
    pattern(text)  # says what is wrong with it
    parts = _PART.findall(text)
    places = tuple(_place(part) for part in parts if part != ".")
    if text.startswith("+") or len(places) > LONGEST_ENTRY:
        raise ValueError(f"{text!r}: no caller types that; expected at most {LONGEST_ENTRY} keys")
    return (KeyPattern(places, parts[-1] == "."),)


@lru_cache(maxsize=1024)
def matcher_of(patterns: tuple[str, ...]) -> Either:
    """A matcher of what any of *patterns* accepts.  Raises ValueError."""
    return Either(tuple(each for text in patterns for each in key_patterns(text)))


def overlapping(one: Iterable[KeyPattern], two: Iterable[KeyPattern]) -> bool:
    others = tuple(two)
    return any(each.overlaps(other) for each in one for other in others)


def _place(part: str) -> str:
    if part.startswith("["):
        spans = _SPAN.findall(part)
        return "".join(single or _between(first, last) for first, last, single in spans)
    return _CLASSES.get(part, part)


def _between(first: str, last: str) -> str:
    return DIGITS[int(first) : int(last) + 1]


def _range(first: str, last: str) -> Iterator[Places]:
    """``8-12`` is what has one digit and is at least 8, or has two and is at most 12."""
    padded = first.startswith("0") or last.startswith("0")
    if (len(first), first) > (len(last), last) or (padded and len(first) != len(last)):
        raise ValueError(f"{first}-{last} is no range; expected such as 2-5 or 10-29")
    for length in range(len(first), len(last) + 1):
        least = first if length == len(first) else "1" + "0" * (length - 1)
        yield from _as_long(least, last if length == len(last) else "9" * length)


def _as_long(first: str, last: str) -> Iterator[Places]:
    """From *first* to *last*, which have the same length, as few patterns."""
    rest = len(first) - 1
    if not rest or (first[1:], last[1:]) == ("0" * rest, "9" * rest):
        yield (_between(first[0], last[0]), *(DIGITS,) * rest)
    elif first[0] == last[0]:
        for places in _as_long(first[1:], last[1:]):
            yield (first[0], *places)
    else:
        for places in _as_long(first[1:], "9" * rest):
            yield (first[0], *places)
        middle = _between(first[0], last[0])[1:-1]
        if middle:
            yield (middle, *(DIGITS,) * rest)
        for places in _as_long("0" * rest, last[1:]):
            yield (last[0], *places)
