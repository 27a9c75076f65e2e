"""Numbers of telephones, and other digits, in groups."""

from __future__ import annotations

from ..errors import FlowError
from .cldr import locale_of, tongue_of


def phone(value: object, language: str, country: str = "") -> str:
    """`0 3 0, 1 2 3, 4 5 6`: one digit at a time, in the groups of the number's own country.

    A number of *country* (such as ``phone('DE')``; else that of the language) is said as it is
    dialled there, any other with its country code.
    """
    import phonenumbers as numbers

    if not isinstance(value, str):
        raise FlowError("phone needs a text, such as caller | phone")
    if not any(map(str.isdigit, value)):
        return value
    country = country or locale_of(language).territory or _likely(language)
    try:
        parsed = numbers.parse(value[:40], country)
    except numbers.NumberParseException:
        return grouped(_groups_of(value[:40]), language)
    own = numbers.country_code_for_region(country) == parsed.country_code
    form = numbers.PhoneNumberFormat
    text = numbers.format_number(parsed, form.NATIONAL if own else form.INTERNATIONAL)
    return grouped(_groups_of(text), language)


def grouped(groups: list[str], language: str) -> str:
    """*groups* of digits, with a short rest between them; long ones are parted."""
    plus = tongue_of(language).plus
    said = (" ".join(sign.replace("+", plus) for sign in part) for g in groups for part in _cut(g))
    return ", ".join(said)


def _groups_of(text: str) -> list[str]:
    words = "".join(sign if sign.isalnum() or sign in "+*#" else " " for sign in text)
    return words.split()


def _cut(group: str) -> list[str]:
    """Threes, and up to four at the end: 3 3 for six digits, 3 4 for seven."""
    if len(group) <= 4:
        return [group]
    return [group[:3], *_cut(group[3:])]


def _likely(language: str) -> str:
    from babel.core import get_global

    likely = get_global("likely_subtags").get(locale_of(language).language, "")
    return str(likely).rpartition("_")[2]
