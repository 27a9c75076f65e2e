"""Numbers in words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from ..errors import FlowError
from .cldr import category, converter_of, tongue_of
from .plurals import CATEGORIES
from .tongues import bend

MOST = 10**15  # nobody follows longer ones
_MOST_PLACES = 10


def number(value: object, language: str, gender: str = "masculine") -> str:
    """`minus three point one four`; what a caller typed (``12``) is a number, too.

    *gender*: `masculine` (the default, as numbers are counted) or `feminine`.
    """
    amount = as_decimal(value)
    tongue = tongue_of(language)
    words = whole(int(abs(amount)), language)
    if _is_feminine(gender):
        words = bend(words, tongue.feminine)
    places = f"{abs(amount):f}".partition(".")[2].rstrip("0")
    if places:
        digits = " ".join(whole(int(digit), language) for digit in places)
        words = f"{words} {tongue.point} {digits}"
    return f"{tongue.minus} {words}" if amount < 0 else words


def ordinal(value: object, language: str, gender: str = "masculine") -> str:
    """`twenty-first`, of a whole number from 0."""
    amount = as_whole(value)
    if amount < 0:
        raise FlowError(f"{amount} has no place in an order; expected 0 or more")
    converter = converter_of(language)
    try:
        words = str(converter.to_ordinal(amount)) if converter else ""
    except (NotImplementedError, LookupError):  # Polish has no zeroth
        words = ""
    words = words or whole(amount, language)
    return bend(words, tongue_of(language).ordinal_feminine) if _is_feminine(gender) else words


def plural(value: object, language: str, one: str = "", other: str = "", **forms: str) -> str:
    """The form of a word that goes with a number: ``plural('message', 'messages')``.

    By CLDR's categories where a language has more: ``plural(one=…, few=…, many=…, other=…)``.
    """
    given: Mapping[str, str] = {"one": one, "other": other, **forms}
    unknown = given.keys() - CATEGORIES
    if not all(isinstance(form, str) for form in given.values()):
        raise FlowError("the forms of plural are texts")
    if unknown:
        raise FlowError(f"no plural category {min(unknown)!r}; expected some of {CATEGORIES}")
    amount = abs(as_decimal(value))
    # Trailing zeros are not said, and CLDR counts them.
    wanted = category(int(amount) if amount == int(amount) else amount.normalize(), language)
    found = given.get(wanted) or next((form for form in _last_first(given) if form), None)
    if found is None:
        raise FlowError("plural needs words, such as plural('message', 'messages')")
    return str(found)


def _last_first(given: Mapping[str, str]) -> list[str]:
    return [given.get(name, "") for name in reversed(CATEGORIES)]


def counted(amount: int, thing: str, language: str) -> str:
    """*amount* as it stands before *thing*: `ein` Euro, `eine` Stunde."""
    return tongue_of(language).bent(whole(amount, language), thing)


def whole(amount: int, language: str) -> str:
    """The words of a whole number from 0; its digits where a language is not known."""
    converter = converter_of(language)
    return str(converter.to_cardinal(amount)) if converter else str(amount)


def as_decimal(value: object) -> Decimal:
    """*value* as a number.  Raises `FlowError`."""
    try:
        if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
            raise ValueError
        amount = Decimal(str(value).strip())
        if not amount.is_finite():
            raise ValueError
    except (InvalidOperation, ValueError):
        raise FlowError(f"{_shown(value)} is no number") from None
    if abs(amount) >= MOST:
        raise FlowError("a number of 10 ** 15 or more cannot be said; say its digits")
    return round(amount, _MOST_PLACES)


def as_whole(value: object) -> int:
    """*value* as a whole number.  Raises `FlowError`."""
    amount = as_decimal(value)
    if amount != int(amount):
        raise FlowError(f"{_shown(value)} is no whole number")
    return int(amount)


def _is_feminine(gender: str) -> bool:
    if gender not in ("masculine", "feminine"):
        raise FlowError(f"no gender {gender!r}; expected masculine or feminine")
    return gender == "feminine"


def _shown(value: object) -> str:
    """What an error may show: only what texts may show, too."""
    return repr(value)[:40] if isinstance(value, str | int | float | Decimal) else "this"
