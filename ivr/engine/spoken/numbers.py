"""Numbers out of words: the words of num2words, read backwards.

How it works.  Each number below a thousand, and each number of thousands, is put into words once;
what is heard is looked up there in one piece, since `zweiundzwanzig` may come as one word or as
three.  So there is no grammar of numbers, and none of them can be understood otherwise than it is
said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from ..digits import LONGEST_ENTRY
from ..saying.cldr import converter_of, tongue_of
from ..saying.numbers import whole
from ..saying.tongues import base_of, bend
from .tongues import spoken_of
from .words import Tokens, joined, tokens

MOST = 10**6  # of what is said as one number; a longer one can be said digit by digit
_LONGEST = 16  # words of one number


def forms(number: int, language: str) -> set[str]:
    """The ways to say a whole *number*: by itself, and before a noun."""
    tongue, said = tongue_of(language), whole(number, language)
    found = {said, bend(said, tongue.masculine), bend(said, tongue.feminine)}
    for pattern, other in spoken_of(language).also:
        found |= {re.sub(pattern, other, words) for words in found}
    return found


def units(language: str) -> Mapping[str, int]:
    """The numbers below a thousand, by their words in one piece."""
    return _units(_counts_as(language))


def thousands(language: str) -> Mapping[str, int]:
    """The numbers of thousands, in the same way."""
    return _thousands(_counts_as(language))


@lru_cache(maxsize=256)
def _counts_as(language: str) -> str:
    """The language that counts like *language*: `de` of `de-AT`, but `fr-CH` of itself."""
    base = base_of(language)
    return base if converter_of(language) is converter_of(base) else language


@lru_cache(maxsize=64)
def _units(language: str) -> Mapping[str, int]:
    return {joined(words): n for n in range(1000) for words in forms(n, language)}


@lru_cache(maxsize=64)
def _thousands(language: str) -> Mapping[str, int]:
    each = range(1000, MOST, 1000)
    return {joined(words): n for n in each for words in forms(n, language)}


def number_of(words: Tokens, language: str) -> int | None:
    """The whole number that *words* are, from 0; None: they are none."""
    if len(words) == 1 and _is_numeral(words[0]):
        return int(words[0])
    if not words or len(words) > _LONGEST or any(map(_is_numeral, words)):
        return None
    text = "".join(words)
    found = units(language).get(text)
    return _with_thousands(text, language) if found is None else found


def _with_thousands(text: str, language: str) -> int | None:
    for end in range(len(text), 0, -1):
        head = thousands(language).get(text[:end])
        if head is not None:
            rest = text[end:]
            tail = _rest(rest, language) or _rest(
                rest.removeprefix(spoken_of(language).linked), language
            )
            if tail is not None or not rest:
                return head + (tail or 0)
    return None


def _rest(text: str, language: str) -> int | None:
    return units(language).get(text) or None  # nobody says a thousand and zero


def digits_of(words: Tokens, language: str) -> str | None:
    """The digits that *words* are, one by one or in larger numbers: `one two`, `twelve`."""
    said: list[str] = []
    while words:
        group = _group(words, language)
        if group is None:
            return None
        digits, words = group
        said.append(digits)
    text = "".join(said)
    return text if 0 < len(text) <= LONGEST_ENTRY else None


def _group(words: Tokens, language: str) -> tuple[str, Tokens] | None:
    """The first digits of *words*, and what is left of them."""
    for many, count in spoken_of(language).times.items():
        head = tokens(many)
        if words[: len(head)] == head and (digit := _digit(words[len(head) :], language)):
            return digit * count, words[len(head) + 1 :]
    if _is_numeral(words[0]):
        return words[0], words[1:]
    for end in range(min(len(words), _LONGEST), 0, -1):
        number = number_of(words[:end], language)
        # `eight hundred five five` is 800 55, and `one hundred five` is 105.
        if number is not None and (number < 100 or number % 100 == 0 or end == len(words)):
            return str(number), words[end:]
    digit = _digit(words, language)
    return (digit, words[1:]) if digit else None


def _digit(words: Tokens, language: str) -> str:
    """The one digit that *words* begin with; empty: none."""
    if not words:
        return ""
    own = spoken_of(language).digits.get(words[0])
    number = number_of(words[:1], language) if own is None else own
    return str(number) if number is not None and number < 10 else ""


def amount_of(words: Tokens, language: str) -> str | None:
    """The keys of a number: `12*5` for twelve point five; None: *words* are none."""
    point = {*tokens(tongue_of(language).point)}.union(*map(tokens, spoken_of(language).point))
    marks = [place for place, word in enumerate(words) if word in point]
    if not marks:
        return _major(words, language)
    major = _major(words[: marks[0]], language) if marks[0] else ""
    minor = digits_of(words[marks[0] + 1 :], language)
    return None if major is None or minor is None else f"{major}*{minor}"


def _major(words: Tokens, language: str) -> str | None:
    number = number_of(words, language)
    if number is not None:
        return str(number)
    each = [_digit((word,), language) for word in words]
    return "".join(each) if each and all(each) else None


def _is_numeral(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) <= LONGEST_ENTRY


def numbers_of_two_digits(language: str) -> Iterator[str]:
    for number in range(10, 100):
        yield from sorted(forms(number, language))


def words_of_numbers(language: str) -> Iterator[str]:
    """What numbers are put together of."""
    for number in (*range(100), *range(100, 1000, 100), *range(1000, 11000, 1000)):
        yield from sorted(forms(number, language))
    spoken = spoken_of(language)
    yield from (*spoken.times, *spoken.digits, spoken.linked)
