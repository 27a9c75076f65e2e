"""Amounts of money out of words."""

from __future__ import annotations

from collections.abc import Iterator, Set
from functools import lru_cache

from ..saying.cldr import locale_of, tongue_of
from .numbers import amount_of, number_of, words_of_numbers
from .tongues import spoken_of
from .words import Tokens, tokens

# Those whose names are understood; which of them is said makes no difference.
CURRENCIES = (
    *("EUR", "USD", "GBP", "CHF", "PLN", "CAD", "AUD"),
    *("BRL", "CZK", "SEK", "NOK", "DKK"),
)


def currency_of(words: Tokens, language: str) -> str | None:
    """The keys of an amount: `12*50` for twelve euros fifty."""
    majors, minors = _names(language)
    for start, end in _spans(words, majors):
        major, rest = words[:start], words[end:]
        if not rest:
            return amount_of(major, language)
        whole, cents = number_of(major, language), _cents(rest, minors, language)
        return None if whole is None or cents is None else f"{whole}*{cents:02}"
    if _minor(words, minors):
        cents = _cents(words, minors, language)
        return None if cents is None else f"0*{cents:02}"
    return amount_of(words, language)


def _spans(words: Tokens, names: Set[Tokens]) -> Iterator[tuple[int, int]]:
    """Where in *words* one of *names* is, the longest first."""
    for start in range(1, len(words)):
        for end in range(len(words), start, -1):
            if words[start:end] in names:
                yield start, end


def _cents(words: Tokens, minors: Set[Tokens], language: str) -> int | None:
    """What is said behind the euros: with its unit or without, after an `and` or not."""
    words = words[: len(words) - _minor(words, minors)]
    linked = tokens(spoken_of(language).linked)
    if linked and words[:1] == linked:
        words = words[1:]
    cents = number_of(words, language)
    return cents if cents is not None and cents < 100 else None


def _minor(words: Tokens, minors: Set[Tokens]) -> int:
    """How many words the minor unit at the end has; 0: there is none."""
    return next((n for n in range(len(words) - 1, 0, -1) if words[-n:] in minors), 0)


@lru_cache(maxsize=64)
def _names(language: str) -> tuple[frozenset[Tokens], frozenset[Tokens]]:
    """The names of currencies and of their minor units."""
    names = {tokens(name) for name in _major_names(language)}
    nouns = {(name[spoken_of(language).noun],) for name in names}
    minors = {tokens(form) for forms in tongue_of(language).coins.values() for form in forms}
    return frozenset(names | nouns), frozenset(minors)


def _major_names(language: str) -> Iterator[str]:
    from babel.numbers import get_currency_name

    locale = locale_of(language)
    for code in CURRENCIES:
        yield from (get_currency_name(code, count, locale=locale) for count in (1, 2, 5))


def words_of_currencies(language: str) -> Iterator[str]:
    tongue = tongue_of(language)
    yield from words_of_numbers(language)
    yield from (tongue.point, *spoken_of(language).point)
    yield from _major_names(language)
    yield from (form for forms in tongue.coins.values() for form in forms)
