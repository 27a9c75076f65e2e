"""Numbers of telephones out of words."""

from __future__ import annotations

from collections.abc import Iterator

from ..saying.cldr import tongue_of
from .numbers import digits_of, words_of_numbers
from .tongues import spoken_of
from .words import Tokens, tokens

ABROAD = "00"  # what a plus is typed as


def phone_of(words: Tokens, language: str) -> str | None:
    """The keys of a number; a star comes before its extension."""
    plus = tokens(tongue_of(language).plus)
    lead = ABROAD if words[: len(plus)] == plus else ""
    words = words[len(plus) :] if lead else words
    stars = {word for star in spoken_of(language).star for word in tokens(star)}
    mark = next((place for place, word in enumerate(words) if word in stars), None)
    if mark is None:
        number = digits_of(words, language)
        return None if number is None else lead + number
    number = digits_of(words[:mark], language)
    extension = digits_of(words[mark + 1 :], language)
    return None if number is None or extension is None else f"{lead}{number}*{extension}"


def words_of_phones(language: str) -> Iterator[str]:
    yield from words_of_numbers(language)
    yield tongue_of(language).plus
    yield from spoken_of(language).star
