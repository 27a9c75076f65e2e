"""How long something takes."""

from __future__ import annotations

from ..errors import FlowError
from .cldr import locale_of
from .lists import joined
from .numbers import as_decimal, counted

UNITS = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))
_MOST = 1000 * 86400


def duration(value: object, language: str) -> str:
    """Seconds as `one hour, twenty minutes and five seconds`, from 0 to 1000 days."""
    left = int(as_decimal(value))
    if not 0 <= left < _MOST:
        raise FlowError(f"a duration of {left} seconds; expected 0 to {_MOST - 1}")
    parts: list[str] = []
    for unit, seconds in UNITS:
        amount, left = divmod(left, seconds)
        if amount or (unit == "second" and not parts):
            parts.append(timed(amount, unit, language))
    return joined(parts, language)


def timed(amount: int, unit: str, language: str) -> str:
    """`one hour`: *amount*, less than 1000, with the *unit* in the form that goes with it."""
    words = _with_unit(amount, unit, language)
    said = words.replace("\N{NO-BREAK SPACE}", " ").replace(
        str(amount), counted(amount, unit, language), 1
    )
    return said.replace("una ora", "un'ora")


def _with_unit(amount: int, unit: str, language: str) -> str:
    """CLDR leaves the long form out where the short one is the same."""
    from babel.units import format_unit

    locale = locale_of(language)
    left_out = format_unit(2, unit, length="long", locale=locale) == f"2 {unit}"
    return format_unit(amount, unit, length="short" if left_out else "long", locale=locale)
