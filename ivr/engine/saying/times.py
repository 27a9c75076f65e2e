"""Times of day."""

from __future__ import annotations

from datetime import datetime, time

from ..errors import FlowError
from .cldr import locale_of, tongue_of
from .durations import timed
from .numbers import ordinal, whole
from .tongues import base_of, bend


def time_(value: object, language: str, hours: int = 0) -> str:
    """`two oh five PM`, or `vierzehn Uhr fünf`: on the clock of the language.

    ``time(12)`` and ``time(24)`` choose the clock.
    """
    clock = _as_time(value)
    if hours not in (0, 12, 24):
        raise FlowError(f"time({hours!r}): expected 12 or 24")
    if hours == 0:
        hours = 12 if "a" in locale_of(language).time_formats["short"].pattern else 24
    return _of_12(clock, language) if hours == 12 else _of_24(clock, language)


def _as_time(value: object) -> time:
    if isinstance(value, datetime):
        return value.time()
    if isinstance(value, time):
        return value
    if isinstance(value, str):
        try:
            return time.fromisoformat(value)
        except ValueError:
            pass
    raise FlowError("time needs a time, such as collect with type: time gives, or 14:05")


def _of_12(clock: time, language: str) -> str:
    from babel.dates import get_period_names

    names = get_period_names("wide", locale=locale_of(language))
    exact = {(0, 0): "midnight", (12, 0): "noon"}.get((clock.hour, clock.minute))
    if exact in names:
        return str(names[exact])
    half = "am" if clock.hour < 12 else "pm"
    period = str(names.get(half, half.upper())).replace("\N{NO-BREAK SPACE}", " ")
    hour = whole((clock.hour + 11) % 12 + 1, language)
    return f"{hour}{_minute(clock.minute, language)} {period}"


def _of_24(clock: time, language: str) -> str:
    from babel.dates import format_time

    match base_of(language):
        case "en":
            return whole(clock.hour, language) + (_minute(clock.minute, language) or " hundred")
        case "fr":
            return timed(clock.hour, "hour", language) + _minutes(clock.minute, language)
        case "de":
            hour = tongue_of(language).bent(whole(clock.hour, language), "Uhr")
            return f"{hour} Uhr{_minutes(clock.minute, language)}"
        case "nl":
            return f"{whole(clock.hour, language)} uur{_minutes(clock.minute, language)}"
        case "pl":
            hour = ordinal(clock.hour, language)
            words = bend(hour, tongue_of(language).ordinal_feminine) if clock.hour else hour
            return f"{words}{_minute(clock.minute, language)}"
        case "es" | "pt" | "it" as base:
            minutes = f" {_AND[base]} {timed(clock.minute, 'minute', language)}"
            return timed(clock.hour, "hour", language) + (minutes if clock.minute else "")
    return str(format_time(clock, "short", locale=locale_of(language)))


_AND = {"es": "y", "pt": "e", "it": "e"}


def _minutes(minute: int, language: str) -> str:
    return f" {whole(minute, language)}" if minute else ""


def _minute(minute: int, language: str) -> str:
    """With a zero before a single digit: `two oh five`."""
    if not minute:
        return ""
    zero = "oh" if base_of(language) == "en" else whole(0, language)
    return f" {zero} {whole(minute, language)}" if minute < 10 else f" {whole(minute, language)}"
