"""What a variable of a call can be, and how text becomes it."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import NoReturn

LONGEST_TEXT = 4000  # characters, of a variable and of a rendered text
# Besides tab and line feed; and what turns the direction of writing, which hides what is there.
UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Characters that nobody can say, or write into a flow."""


class Secret:
    """A text that cannot be printed, logged, rendered, pickled or hashed by accident.

    Comparing two secrets, or a secret and a text, takes the same time wherever they differ.
    """

    __slots__ = ("_text",)
    __hash__ = None  # type: ignore[assignment]  # a cache key is a place to leak from

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself: for the one place that needs it."""
        return self._text

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Secret):
            other = other._text
        if not isinstance(other, str):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other.encode())

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not to be stored")


Value = str | int | Decimal | bool | date | time | Secret


def has_secret(value: object) -> bool:
    """Whether there is a secret anywhere in *value*, a plain one."""
    if isinstance(value, Mapping):
        return any(map(has_secret, value.values()))
    if isinstance(value, list | tuple):
        return any(map(has_secret, value))
    return isinstance(value, Secret)


def is_plain(value: object) -> bool:
    """Whether *value* is made of nothing but values, numbers, lists, and mappings with names."""
    if isinstance(value, Mapping):
        return all(isinstance(name, str) and is_plain(part) for name, part in value.items())
    if isinstance(value, list | tuple):
        return all(map(is_plain, value))
    return value is None or isinstance(value, Value | float)
