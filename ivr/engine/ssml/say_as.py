"""``<say-as>``: values in the words that texts say them in, whichever voice says them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import NoReturn

from ..errors import FlowError
from ..saying import SAID
from ..saying.dates import year

DATES = {
    **{"ymd": "ymd", "yyyymmdd": "ymd", "dmy": "dmy", "ddmmyyyy": "dmy", "mdy": "mdy"},
    **{"mmddyyyy": "mdy", "y": "y"},
}
"""The formats of a date, and the order of its parts."""
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
_MONEY = re.compile(r"(?P<before>[A-Z]{3}|[$€£¥])?\s*(?P<amount>-?\d+(?:\.\d+)?)\s*(?P<after>.*)")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d\d))?\s*(?:([ap])\.?m\.?)?", re.IGNORECASE)


def say_as(kind: str, format: str, value: str, language: str) -> str:
    """*value* in words.  Raises `FlowError` for what cannot be said so."""
    if kind not in KINDS:
        raise FlowError(f"expected one of {', '.join(KINDS)}")
    return KINDS[kind](" ".join(value.split()), language, format)


def _digits(value: str, language: str, format: str) -> str:
    signs = [sign for sign in value if sign.isalnum()]
    if not signs:
        raise FlowError("expected digits")
    return " ".join(signs)


def _telephone(value: str, language: str, format: str) -> str:
    return SAID["phone"](value, language)


def _date(value: str, language: str, format: str) -> str:
    order = DATES.get(format.lower() or "ymd")
    if order is None:
        raise FlowError(f"format: expected one of {', '.join(DATES)}")
    if order == "y":
        return year(int(value), language) if re.fullmatch("[0-9]{1,4}", value) else _no_date(order)
    numbers = re.findall("[0-9]+", value)
    if len(numbers) == 1 and len(numbers[0]) == 8:
        at = iter(numbers[0])
        numbers = ["".join(next(at) for _ in range(4 if part == "y" else 2)) for part in order]
    if len(numbers) != len(order):
        _no_date(order)
    parts = dict(zip(order, map(int, numbers), strict=True))
    try:
        day = date(parts["y"], parts["m"], parts["d"])
    except (ValueError, OverflowError):
        _no_date(order)
    return SAID["date"](day, language, "long")


def _no_date(order: str) -> NoReturn:
    raise FlowError(f"expected a date in the order {order}")


def _time(value: str, language: str, format: str) -> str:
    found = _CLOCK.fullmatch(value)
    hours = {"": 0, "hms12": 12, "hms24": 24}.get(format)
    if hours is None:
        raise FlowError("format: expected hms12 or hms24")
    if not found or not (found[2] or found[3]):
        raise FlowError("expected a time, such as 14:05 or 2 pm")
    hour = int(found[1])
    if found[3]:
        hour = hour % 12 + (12 if found[3].lower() == "p" else 0)
    return SAID["time"](f"{hour:02}:{found[2] or '00'}", language, hours)


def _currency(value: str, language: str, format: str) -> str:
    found = _MONEY.fullmatch(value)
    if not found:
        raise FlowError("expected an amount, such as EUR 12.50")
    code = found["before"] or found["after"] or format
    return SAID["currency"](found["amount"], language, _SIGNS.get(code, code))


def _spelled(value: str, language: str, format: str) -> str:
    return SAID["spelled"](value, language)


def _cardinal(value: str, language: str, format: str) -> str:
    return SAID["number"](value, language)


def _ordinal(value: str, language: str, format: str) -> str:
    return SAID["ordinal"](value, language)


KINDS: Mapping[str, Callable[[str, str, str], str]] = {
    "digits": _digits,
    "telephone": _telephone,
    "date": _date,
    "time": _time,
    "currency": _currency,
    "characters": _spelled,
    "spell-out": _spelled,
    "cardinal": _cardinal,
    "number": _cardinal,
    "ordinal": _ordinal,
}
"""By the names that ``interpret-as`` has for them."""
