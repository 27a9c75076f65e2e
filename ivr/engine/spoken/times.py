"""Times of day out of words.

They are those of a clock of 24 hours, as they are typed: `nine thirty` is in the morning, unless a
part of the day is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import time
from functools import lru_cache

from ..saying.numbers import ordinal
from ..saying.times import time_
from ..saying.tongues import base_of
from .numbers import digits_of, forms, words_of_numbers
from .tongues import Hours, spoken_of
from .words import Tokens, joined, tokens

_DAY = 24 * 60  # minutes


def time_of(words: Tokens, language: str) -> str | None:
    """The keys of a time: `2130` for half past nine in the evening."""
    leads = sorted(map(tokens, spoken_of(language).at), key=len, reverse=True)
    lead = next((lead for lead in leads if words[: len(lead)] == lead), ())
    found = set(_meant(words[len(lead) :], language))
    if len(found) == 1:
        hour, minute = divmod(found.pop(), 60)
        return f"{hour:02}{minute:02}"
    digits = digits_of(words, language) if len(words) in (3, 4) else None
    return digits if digits is not None and len(digits) == len(words) else None


def _meant(words: Tokens, language: str) -> Iterator[int]:
    """Minutes since midnight, for each way to understand *words*."""
    for part, hours in _parts(words, language):
        for form, offset, sign in _forms(language):
            for hour, minute in _readings(form, part, language):
                yield from _at(hour, offset + sign * minute, hours)


def _readings(
    form: Tokens, words: Tokens, language: str, hour: int = 0, minute: int = 0
) -> Iterator[tuple[int, int]]:
    """The hour and the minutes, for each way in which *words* have this *form*."""
    if not form or not words:
        if not form and not words:
            yield hour, minute
        return
    known = _SLOTS.get(form[0])
    if known is None:
        if form[0] == words[0]:
            yield from _readings(form[1:], words[1:], language, hour, minute)
        return
    for end in range(1, len(words) + 1):
        found = known(language).get("".join(words[:end]))
        if found is not None:
            said = (found, minute) if form[0] == "{h}" else (hour, found)
            yield from _readings(form[1:], words[end:], language, *said)


def _at(hour: int, minutes: int, hours: Hours | None) -> Iterator[int]:
    """*minutes* before or after the *hour* that was said, in this part of the day."""
    if hours is not None:
        # `half past eleven at night` and `twenty to twelve at night` are of the same night.
        before = minutes < 0 and hour - 1 in hours
        meant = hours.get(hour - 1, 0) + 1 if before else hours.get(hour)
        if meant is None:
            return
        hour = meant
    yield (hour * 60 + minutes) % _DAY


def _parts(words: Tokens, language: str) -> Iterator[tuple[Tokens, Hours | None]]:
    """*words*, and what they are without the part of the day at their end."""
    yield words, None
    for name, hours in spoken_of(language).day.items():
        end = tokens(name)
        if words[-len(end) :] == end:
            yield words[: -len(end)], hours


@lru_cache(maxsize=64)
def _forms(language: str) -> tuple[tuple[Tokens, int, int], ...]:
    """The forms of a time: its words and slots, the minutes they add, and the sign of {m}."""
    spoken = spoken_of(language)
    return (
        *((_parted(form), 0, 1) for form in spoken.clock),
        *((_parted(form), 0, -1) for form in spoken.before),
        *((_parted(form), offset, 1) for form, offset in spoken.halves.items()),
    )


def _parted(form: str) -> Tokens:
    parts = ((word,) if "{" in word else tokens(word) for word in form.split())
    return tuple(each for part in parts for each in part)


@lru_cache(maxsize=64)
def _hours(language: str) -> Mapping[str, int]:
    named = {joined(word): hour for word, hour in spoken_of(language).hours.items()}
    counted = {joined(word): hour % 24 for hour in range(25) for word in forms(hour, language)}
    numerals = {str(hour): hour % 24 for hour in range(25)}
    return {**numerals, **counted, **_ordinals(language), **named}


def _ordinals(language: str) -> dict[str, int]:
    """Polish counts hours in order: dziewiąta, o dziewiątej."""
    if base_of(language) != "pl":
        return {}
    said = {hour: ordinal(hour, language, "feminine") for hour in range(1, 24)}
    bent = {hour: re.sub(r"a\b", "ej", words) for hour, words in said.items()}
    return {joined(words[hour]): hour for words in (said, bent) for hour in words}


@lru_cache(maxsize=64)
def _minutes(language: str) -> Mapping[str, int]:
    named = {joined(word): minute for word, minute in spoken_of(language).minutes.items()}
    counted = {joined(word): minute for minute in range(60) for word in forms(minute, language)}
    numerals = {str(minute): minute for minute in range(60)}
    return {**numerals, **_two_digits(language), **counted, **named}


@lru_cache(maxsize=64)
def _two_digits(language: str) -> Mapping[str, int]:
    """Minutes as they stand directly behind the hour: `twenty one` is no minute past eight."""
    digits = spoken_of(language).digits.items()
    zeros = [*forms(0, language), *(word for word, digit in digits if digit == 0)]
    found = {f"{minute:02}": minute for minute in range(60)}
    for minute in range(60):
        for word in forms(minute, language):
            leads = zeros if minute < 10 else [""]
            found |= {joined(lead) + joined(word): minute for lead in leads}
    return found


_SLOTS = {"{h}": _hours, "{m}": _minutes, "{mm}": _two_digits}


def words_of_times(language: str) -> Iterator[str]:
    spoken = spoken_of(language)
    yield from words_of_numbers(language)
    said = (*spoken.clock, *spoken.before, *spoken.halves)
    yield from (re.sub(r"{\w+}", "", form) for form in said)
    yield from (*spoken.hours, *spoken.minutes, *spoken.at, *spoken.day)
    if base_of(language) == "pl":
        yield from (time_(time(hour), language) for hour in range(24))
        yield from _ordinals(language)
