"""Dates, in the order of the language."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from ..errors import FlowError
from .cldr import converter_of, locale_of, tongue_of
from .numbers import ordinal, whole
from .tongues import base_of, bend

FORMS = ("full", "long", "day", "near")


def date_(value: object, language: str, form: str = "full", *, today: date | None = None) -> str:
    """`Tuesday, December first, twenty twenty-six`.

    *form*: `full`; `long`, without the day of the week; `day`, without the year; `near`, which is
    `today`, `tomorrow` or `yesterday` where it is, else as `day`.
    """
    day = _as_date(value)
    if form not in FORMS:
        raise FlowError(f"date({form!r}): expected one of {', '.join(FORMS)}")
    if form == "near":
        form, away = "day", (day - today).days if today is not None else None
        if away in (-1, 0, 1):
            return tongue_of(language).today[away + 1]
    return "".join(_said(token, day, language) for token in _pattern(language, form)).strip(" ,")


def _as_date(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value).date()
        except ValueError:
            pass
    raise FlowError("date needs a date, such as collect with type: date gives, or 2026-12-01")


@lru_cache(maxsize=256)
def _pattern(language: str, form: str) -> tuple[tuple[str, str], ...]:
    """The parts of CLDR's pattern: a letter of a field, or words as they are."""
    from babel.dates import tokenize_pattern

    formats = locale_of(language).date_formats
    parts = []
    for kind, what in tokenize_pattern(formats["full" if form != "long" else "long"].pattern):
        sign = str(what[0])  # of a field its letter
        parts.append((kind, sign if kind == "field" else str(what).replace(".", "")))
    if form == "day":
        parts = [part for part in parts if part != ("field", "y")]
        while parts[-1][0] == "chars":
            parts.pop()
    return tuple(parts)


def _said(part: tuple[str, str], day: date, language: str) -> str:
    from babel.dates import get_day_names, get_month_names

    locale = locale_of(language)
    match part:
        case ("field", "E"):
            return str(get_day_names("wide", locale=locale)[day.weekday()])
        case ("field", "M"):
            return str(get_month_names("wide", locale=locale)[day.month])
        case ("field", "d"):
            return _day(day.day, language)
        case ("field", _):
            return year(day.year, language)
    return part[1]


def _day(number: int, language: str) -> str:
    days = tongue_of(language).days
    if days == "none" or (days == "first" and number > 1):
        return whole(number, language)
    words = ordinal(number, language)
    match base_of(language):
        case "de":
            return f"der {words}"
        case "pl":
            return _genitive(words)
        case "en" if _pattern(language, "long")[0] == ("field", "d"):
            return f"the {words} of"
    return words


def year(number: int, language: str) -> str:
    """`nineteen eighty-four`."""
    if base_of(language) == "pl":
        return f"{_genitive(ordinal(number, language))} roku"
    converter = converter_of(language)
    try:
        return str(converter.to_year(number)) if converter else str(number)
    except NotImplementedError:
        return whole(number, language)


def _genitive(words: str) -> str:
    """Of a Polish ordinal: pierwszy, pierwszego; drugi, drugiego; trzeci, trzeciego."""
    return " ".join(bend(word, _POLISH) for word in words.split())


_POLISH = ((r"^(trzy|cztery)$", r"\1"), (r"i$", "iego"), (r"y$", "ego"))
