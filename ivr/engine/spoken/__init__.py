"""What callers say instead of typing: words into the keys that would have said the same.

So an entry that is spoken has the rules of one that is typed: one matcher, the same validators.
What is not wholly understood is not understood.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import lru_cache

from ..builtins import Type
from ..saying.cldr import tongue_of
from ..sentences import yes_and_no
from .dates import date_of, words_of_dates
from .money import currency_of, words_of_currencies
from .numbers import amount_of, digits_of, numbers_of_two_digits, words_of_numbers
from .phones import phone_of, words_of_phones
from .times import time_of, words_of_times
from .tongues import spoken_of
from .words import Tokens, spoken_phrases, spoken_words, tokens

__all__ = ["in_use", "keys_of", "loop_words", "phrases", "prepare"]


def keys_of(
    type: Type, text: str, language: str, today: date, yes: str = "1", no: str = "2"
) -> str | None:
    """The keys that would have said the same as *text*, in *language*; None: not understood.

    `one two three`, `double five` and `twelve thirty-four` are digits; `twelve euros fifty` is
    ``12*50``, `half past nine` ``0930``.  A date without a year is the next such day from *today*
    on.  *yes* and *no* are the keys of a boolean.
    """
    if type == "boolean":
        answer = yes_and_no(language).said(text)
        return None if answer is None else yes if answer == "yes" else no
    words = tokens(text)
    if type == "date":
        return date_of(words, language, today)
    return _UNDERSTOOD[type](words, language)


_UNDERSTOOD: Mapping[str, Callable[[Tokens, str], str | None]] = {
    "digits": digits_of,
    "number": amount_of,
    "currency": currency_of,
    "time": time_of,
    "phone": phone_of,
}


def _words_of_amounts(language: str) -> Iterator[str]:
    yield from words_of_numbers(language)
    yield from (tongue_of(language).point, *spoken_of(language).point)


_WORDS: Mapping[str, Callable[[str], Iterator[str]]] = {
    "digits": words_of_numbers,
    "number": _words_of_amounts,
    "currency": words_of_currencies,
    "date": words_of_dates,
    "time": words_of_times,
    "phone": words_of_phones,
}


@lru_cache(maxsize=256)
def loop_words(type: Type, language: str) -> tuple[str, ...]:
    """The words that may be said for an entry of this *type*, in any order.

    None for a boolean: its answers are phrases.
    """
    return () if type == "boolean" else spoken_words(_WORDS[type](language))


@lru_cache(maxsize=256)
def phrases(type: Type, language: str) -> tuple[str, ...]:
    """What may be said as a whole for an entry of this *type*: the answers of a boolean.

    And numbers of several words, which are likelier than their words are otherwise: `ninety nine`
    sounds like `nineteen nine`.
    """
    if type == "boolean":
        return yes_and_no(language).words
    return spoken_phrases(numbers_of_two_digits(language))


def in_use() -> bool:
    """Whether a flow that was read has entries that may be spoken."""
    return loop_words.cache_info().currsize > 0


def prepare(*languages: str) -> None:
    """Put the numbers of *languages* into words: no call is to wait for it."""
    for language in languages:
        for type in _UNDERSTOOD:
            loop_words(type, language)
            phrases(type, language)
            _UNDERSTOOD[type](("twelve",), language)
        date_of(("twelve", "of", "may", "nineteen", "hundred"), language, date(2025, 1, 1))
