"""What comes of work, as the plain values that a call can take; or why it cannot take them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NoReturn
from uuid import UUID

from ..engine.values import Secret
from .job import Failed

LARGEST = 1_000_000  # characters of all texts, and names, and so many for each further part
_PART = 8
_DEEPEST = 30
_LONGEST_NUMBER = 1000  # digits
_HALF = re.compile("[\ud800-\udfff]")


def plain(value: object) -> Any:
    """*value* in plain values.  Raises `Failed` for what is none, or too much."""
    return _Reader().read(value, 0)


def from_json(text: str | bytes) -> Any:
    """What JSON says, with numbers that are exact.  Raises `Failed`."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, ArithmeticError, RecursionError):
        raise Failed("what came is no JSON") from None


def to_json(value: Any) -> bytes:
    """*value*, a plain one, as JSON: numbers that a float cannot hold, dates and times as texts."""
    return json.dumps(value, default=_for_json, ensure_ascii=False).encode()


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _for_json(value: object) -> Any:
    if isinstance(value, Decimal):
        number = float(value)
        return number if value.is_finite() and Decimal(repr(number)) == value else str(value)
    return str(value)


class _Reader:
    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = LARGEST

    def read(self, value: object, depth: int) -> Any:
        self._spend(_PART)
        match value:
            case None | bool() | Secret() | time():
                return value
            case str():
                return self._text(value)
            case int():
                if value.bit_length() > 3 * _LONGEST_NUMBER:
                    raise Failed("what came has a number that is too long")
                return int(value)
            case float() | Decimal():
                return _number(value)
            case datetime() | UUID() | timedelta():
                return str(value)
            case date():
                return value
        return self._parts(value, depth + 1)

    def _parts(self, value: object, depth: int) -> Any:
        if depth > _DEEPEST:
            raise Failed(f"what came is nested deeper than {_DEEPEST} levels")
        if isinstance(value, Mapping):
            return {self._name(name): self.read(part, depth) for name, part in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            parts: Iterable[object] = value
            return [self.read(part, depth) for part in parts]
        raise Failed(f"what came has a {type(value).__name__} in it, which is no plain value")

    def _name(self, name: object) -> str:
        if not isinstance(name, str):
            raise Failed(f"what came has {type(name).__name__} for a name; expected a text")
        return self._text(name)

    def _text(self, text: str) -> str:
        """*text*, with U+FFFD for half a character: JSON can have one, and UTF-8 cannot."""
        self._spend(len(text))
        return _HALF.sub("\ufffd", text)

    def _spend(self, characters: int) -> None:
        self._left -= characters
        if self._left < 0:
            raise Failed(f"more came than {LARGEST:,} characters")


def _number(value: float | Decimal) -> Decimal:
    number = Decimal(str(value))
    if not number.is_finite() or len(number.as_tuple().digits) > _LONGEST_NUMBER:
        raise Failed("what came has a number in it that is none, or too long")
    return number
