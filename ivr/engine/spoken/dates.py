"""Dates out of words.

Without a year it is the next such day, today included.  A day of the week that is said has to be
that of the date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache

from ..saying.cldr import locale_of, tongue_of
from ..saying.dates import date_, year
from ..saying.numbers import ordinal
from ..saying.tongues import base_of
from .numbers import digits_of, forms, words_of_numbers
from .tongues import spoken_of
from .words import Tokens, joined, tokens, without

YEARS = range(1900, 2101)  # those that are known by name; others can be said digit by digit
_AHEAD = 8  # years in which there is a 29th of February, whatever century begins


def date_of(words: Tokens, language: str, today: date) -> str | None:
    """The keys of a date: `20260512` for the twelfth of May twenty twenty-six."""
    for away, name in enumerate(tongue_of(language).today, -1):
        if words == tokens(name):
            return f"{today + timedelta(away):%Y%m%d}"
    weekday, words = _weekday(without(spoken_of(language).dates, words), language)
    days = set(_days(words, language, today))
    if len(days) != 1:
        digits = digits_of(words, language)
        return digits if digits is not None and len(digits) == 8 else None
    (day,) = days
    return f"{day:%Y%m%d}" if weekday in (None, day.weekday()) else None


def _weekday(words: Tokens, language: str) -> tuple[int | None, Tokens]:
    """The day of the week that *words* begin with, if they do, and what is left of them."""
    for name, number in _weekdays(language).items():
        if words[: len(name)] == name:
            return number, words[len(name) :]
    return None, words


def _days(words: Tokens, language: str, today: date) -> Iterator[date]:
    """What *words* can mean: day, month and year, or month, day and year."""
    months, days = _months(language), _days_of_month(language)
    numbered = _numbered_months(language)
    for first in range(1, len(words)):
        for second in range(first + 1, len(words) + 1):
            one, other = "".join(words[:first]), "".join(words[first:second])
            for day, month, known in (
                (one, other, months),
                (other, one, months),
                (one, other, numbered),
            ):
                if day in days and month in known:
                    found = _with_year(days[day], known[month], words[second:], language, today)
                    if found is not None:
                        yield found


def _with_year(day: int, month: int, said: Tokens, language: str, today: date) -> date | None:
    if said:
        number = _year(said, language)
        return None if number is None else _real(number, month, day)
    found = (_real(today.year + ahead, month, day) for ahead in range(_AHEAD + 1))
    return next((each for each in found if each is not None and each >= today), None)


def _real(number: int, month: int, day: int) -> date | None:
    try:
        return date(number, month, day)
    except ValueError:
        return None


def _year(words: Tokens, language: str) -> int | None:
    named = _years(language).get("".join(words))
    digits = digits_of(words, language) if named is None else None
    return int(digits) if digits is not None and len(digits) == 4 else named


@lru_cache(maxsize=64)
def _years(language: str) -> Mapping[str, int]:
    small = spoken_of(language).dates
    return {"".join(without(small, tokens(year(number, language)))): number for number in YEARS}


@lru_cache(maxsize=64)
def _days_of_month(language: str) -> Mapping[str, int]:
    return {joined(words): day for day in range(1, 32) for words in _day_forms(day, language)}


def _day_forms(day: int, language: str) -> set[str]:
    return {*_ordinals(day, language), *forms(day, language)}


def _ordinals(day: int, language: str) -> set[str]:
    word = ordinal(day, language)
    bent = {re.sub(*bends, word) for bends in spoken_of(language).ordinals}
    if base_of(language) == "pl":
        bent.add(date_(date(2024, 1, day), language, "day").split(", ")[1].rpartition(" ")[0])
    return {word, ordinal(day, language, "feminine"), *bent}


@lru_cache(maxsize=64)
def _months(language: str) -> Mapping[str, int]:
    return {joined(name): number for number, name in _month_names(language)}


@lru_cache(maxsize=64)
def _numbered_months(language: str) -> Mapping[str, int]:
    """Months that are said as numbers, behind the day: *zwölfter fünfter*."""
    months = range(1, 13) if spoken_of(language).numbered_months else ()
    return {joined(word): month for month in months for word in _ordinals(month, language)}


def _month_names(language: str) -> Iterator[tuple[int, str]]:
    from babel.dates import get_month_names

    locale = locale_of(language)
    yield from get_month_names("wide", context="format", locale=locale).items()
    yield from get_month_names("wide", context="stand-alone", locale=locale).items()


@lru_cache(maxsize=64)
def _weekdays(language: str) -> Mapping[Tokens, int]:
    from babel.dates import get_day_names

    names = get_day_names("wide", locale=locale_of(language)).items()
    whole = {tokens(name): number for number, name in names}
    return {**whole, **{name[:1]: number for name, number in whole.items()}}


def words_of_dates(language: str) -> Iterator[str]:
    yield from words_of_numbers(language)
    yield from (form for day in range(1, 32) for form in sorted(_day_forms(day, language)))
    yield from (name for _, name in _month_names(language))
    yield from (" ".join(name) for name in _weekdays(language))
    yield from (*tongue_of(language).today, *spoken_of(language).dates)
    bent = base_of(language) == "pl"  # elsewhere other years are made of the same words
    yield from (year(number, language) for number in (YEARS if bent else (1900, 2000)))
