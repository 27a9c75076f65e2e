"""What a string of keys amounts to: the four-valued matcher (SEMANTICS of an entry).

A matcher looks at what was typed so far and says whether that can never become an accepted entry,
could still become one, is one that could grow, or is one that cannot.  Timers and terminators are
not its business: see `entry.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

KEYS = "0123456789*#ABCD"
LONGEST_ENTRY = 32  # keys; a longer one can only be noise


class Verdict(Enum):
    """What a matcher says of the keys typed so far."""

    NO_MATCH = "no match"  # and no further key can mend it
    PARTIAL = "partial"  # not an entry yet
    MATCH = "match"  # an entry, and a longer one could be one too
    MAX = "max"  # an entry, and nothing longer can be one


def verdict_of(complete: bool, may_grow: bool) -> Verdict:
    if complete:
        return Verdict.MATCH if may_grow else Verdict.MAX
    return Verdict.PARTIAL if may_grow else Verdict.NO_MATCH


class Matcher(Protocol):
    """Anything that can judge an entry."""

    def verdict(self, typed: str) -> Verdict:
        """Judge the keys typed so far; the empty string too."""
        ...


class Keys:
    """A finite set of entries, such as the keys of a menu."""

    __slots__ = ("_beginnings", "entries", "longest")

    def __init__(self, entries: Iterable[str]) -> None:
        self.entries = frozenset(entries)
        self.longest = max(map(len, self.entries), default=0)
        self._beginnings = frozenset(e[:n] for e in self.entries for n in range(len(e)))

    def verdict(self, typed: str) -> Verdict:
        return verdict_of(typed in self.entries, typed in self._beginnings)


@dataclass(frozen=True, slots=True)
class Digits:
    """From `shortest` to `longest` digits.

    `waits_at_longest`: at the longest, still wait for a terminator (VoiceXML's ``maxlength``, as
    against its ``length``).
    """

    shortest: int = 1
    longest: int = LONGEST_ENTRY
    waits_at_longest: bool = False

    def verdict(self, typed: str) -> Verdict:
        if len(typed) > self.longest or not all("0" <= key <= "9" for key in typed):
            return Verdict.NO_MATCH
        may_grow = len(typed) < self.longest or self.waits_at_longest
        return verdict_of(len(typed) >= self.shortest, may_grow)


@dataclass(frozen=True, slots=True)
class Shape:
    """Entries of a regular shape: `complete` is one, `may_grow` is the start of a longer one."""

    complete: re.Pattern[str]
    may_grow: re.Pattern[str]

    def verdict(self, typed: str) -> Verdict:
        return verdict_of(
            self.complete.fullmatch(typed) is not None, self.may_grow.fullmatch(typed) is not None
        )


_CLASSES = {"X": "[0-9]", "Z": "[1-9]", "N": "[2-9]", ".": "[0-9]+"}
_PATTERN = re.compile(r"\+?(?:[0-9*#XZN]|\[(?:[0-9]|[0-9]-[0-9])+\])+\.?")


def pattern(text: str) -> re.Pattern[str]:
    """A dial pattern, as PBXs write them: ``6XX``, ``[1-3]0N``, ``0Z.``.

    ``X`` is 0-9, ``Z`` 1-9, ``N`` 2-9, ``[1-3]`` a range, a final ``.`` one or more digits.  It may
    begin with a plus.
    Raises ValueError.
    """
    if not _PATTERN.fullmatch(text):
        raise ValueError(
            f"{text!r} is no dial pattern; expected keys, X (0-9), Z (1-9), N (2-9), [1-3],"
            " and at most one final '.'"
        )
    parts = re.findall(r"\[[^]]+\]|.", text)
    try:
        return re.compile(
            "".join(_CLASSES.get(p) or p.replace("*", r"\*").replace("+", r"\+") for p in parts)
        )
    except re.error as error:
        raise ValueError(f"{text!r} is no dial pattern: {error}") from None
