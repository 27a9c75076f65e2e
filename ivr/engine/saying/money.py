"""Amounts of money."""

from __future__ import annotations

from ..errors import FlowError
from .cldr import category, locale_of, tongue_of
from .lists import joined
from .numbers import as_decimal, counted, whole


def currency(value: object, language: str, code: str) -> str:
    """`one euro and one cent`: ``currency('EUR')``, with the code of ISO 4217.

    Nothing is said of cents that are none, nor of euros where there are only cents.
    """
    from babel.numbers import get_currency_precision

    check(code)
    tongue, places = tongue_of(language), get_currency_precision(code)
    amount = round(as_decimal(value), places)
    coin = tongue.coin(code)
    if amount < 0:
        return f"{tongue.minus} {currency(-amount, language, code)}"
    major, minor = int(amount), int((amount % 1).scaleb(places))
    if minor and not coin:
        digits = " ".join(whole(int(digit), language) for digit in f"{minor:0{places}}")
        said = f"{whole(major, language)} {tongue.point} {digits}"
        return f"{said} {_name(code, 2, language)}"
    parts = []
    if major or not minor:
        parts.append(f"{counted(major, code, language)} {_name(code, major, language)}")
    if minor:
        kind = category(minor, language)
        form = coin[tongue.categories.index(kind) if kind in tongue.categories else -1]
        parts.append(f"{counted(minor, 'coin', language)} {form}")
    return joined(parts, language)


def check(code: str) -> None:
    """Raise `FlowError` unless *code* is a currency's."""
    from babel.numbers import list_currencies

    if code not in list_currencies():
        raise FlowError(f"no currency {code!r}; expected a code of ISO 4217, such as 'EUR'")


def _name(code: str, count: int, language: str) -> str:
    from babel.numbers import get_currency_name

    return get_currency_name(code, count, locale=locale_of(language))
