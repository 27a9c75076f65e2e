"""The doors to the libraries: imported when a flow first says a value, which is when it is read."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .tongues import DEFAULT, TONGUES, Tongue, base_of

if TYPE_CHECKING:
    from babel import Locale


@lru_cache(maxsize=256)
def locale_of(language: str) -> Locale:
    """CLDR's data of *language*; of the language alone, or English, where it has none."""
    from babel import Locale, UnknownLocaleError

    wanted = (language or DEFAULT).replace("-", "_")
    for name in (wanted, base_of(language)):
        try:
            return Locale.parse(name)
        except (ValueError, UnknownLocaleError):
            continue
    return Locale.parse(DEFAULT)


@lru_cache(maxsize=256)
def converter_of(language: str) -> Any:
    """The converter of num2words for *language*; None: it has none."""
    from num2words import CONVERTER_CLASSES

    whole = (language or DEFAULT).replace("-", "_")
    return CONVERTER_CLASSES.get(whole) or CONVERTER_CLASSES.get(base_of(language))


@lru_cache(maxsize=256)
def tongue_of(language: str) -> Tongue:
    """What is known of *language*; of one that nobody told us of, what num2words knows."""
    known = TONGUES.get(base_of(language))
    if known:
        return known
    converter, common = converter_of(language), Tongue()
    return Tongue(
        minus=str(getattr(converter, "negword", common.minus)).strip(),
        point=str(getattr(converter, "pointword", common.point)).strip(),
    )


def category(number: int | Decimal, language: str) -> str:
    """The plural category of *number*: `one`, `two`, `few`, `many` or `other`."""
    return str(locale_of(language).plural_form(number))


def in_use() -> bool:
    """Whether a flow that was read says values."""
    return converter_of.cache_info().currsize > 0


def prepare(*languages: str) -> None:
    """Import the libraries, and read what they know of *languages*: no call is to wait for it."""
    import babel.dates
    import babel.lists
    import babel.numbers
    import babel.units  # noqa: F401
    import phonenumbers

    for language in languages or (DEFAULT,):
        converter_of(language)
        locale_of(language).plural_form(1)
    phonenumbers.parse("+4930123456")
