"""Where in a text an option is told: ``For sales, press 1.``"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..engine.choices import Choice, is_key
from ..engine.key_patterns import key_patterns
from ..engine.saying.numbers import whole
from ..engine.sentences import sentences

Span = tuple[int, int]


def told_by(text: str, name: str, choice: Choice, language: str) -> tuple[int, bool]:
    """The end of what tells *choice* in *text*, 0 for nowhere; and whether its key is told, too.

    That is where both its words and its key have been said: of several, those that stand closest.
    """
    plain = text.casefold()
    words = (choice.say, name.replace("_", " "), *choice.words)
    mentions = list(_found(plain, filter(None, words)))
    keys = list(_found(plain, _names_of(choice.keys, language)))
    if mentions and keys:
        pairs = ((mention, key) for mention in mentions for key in keys)
        closest = min(pairs, key=lambda pair: max(pair[0][0], pair[1][0]) - min(map(_end, pair)))
        return max(map(_end, closest)), True
    return min(map(_end, keys or mentions), default=0), bool(keys)


def _end(span: Span) -> int:
    return span[1]


def _found(text: str, words: Iterable[str]) -> Iterator[Span]:
    for each in words:
        for found in re.finditer(rf"(?<!\w){re.escape(each.casefold())}(?!\w)", text):
            yield found.span()


def _names_of(keys: Iterable[str], language: str) -> Iterator[str]:
    """What keys are called in a text: ``1``, ``one``, ``star``; of a range the last one counts."""
    said = sentences(language)
    for key in map(_last_of, keys):
        if not key:
            continue
        yield key
        if len(key) == 1 and key.isdecimal():
            yield whole(int(key), language)
        elif key in "*#":
            yield said.star if key == "*" else said.hash


def _last_of(way: str) -> str:
    """The key *way*, or the last key of a range; empty where it is neither."""
    if is_key(way):
        return way
    first, *more = key_patterns(way)
    is_range = not more and not first.is_open and len(first.places) == 1
    return first.places[0][-1] if is_range else ""
