"""What the operators of texts and conditions take, and in plain words what they do not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from jinja2.runtime import Undefined

from .errors import FlowError
from .values import LONGEST_TEXT, Secret

_LARGEST = 2**256
_KINDS: Mapping[type, str] = {
    **{str: "a text", bool: "yes or no", Secret: "a secret", type(None): "nothing"},
    **{int: "a number", Decimal: "a number", float: "a number"},
    **{date: "a date", time: "a time", datetime: "a moment", list: "a list", tuple: "a list"},
}
COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: left == right,
    "ne": lambda left, right: left != right,
    "lt": lambda left, right: left < right,
    "lteq": lambda left, right: left <= right,
    "gt": lambda left, right: left > right,
    "gteq": lambda left, right: left >= right,
    "in": lambda one, many: one in many,
    "notin": lambda one, many: one not in many,
}


def defined(value: object) -> None:
    """Raise `FlowError` for what is not there."""
    if isinstance(value, Undefined):
        raise FlowError(value._undefined_message)


def kind(value: object) -> str:
    """What *value* is, as an author calls it."""
    defined(value)
    if isinstance(value, Mapping):
        return "what has parts"
    return _KINDS.get(type(value), f"a {type(value).__name__}")


def number(value: object, what: str, needs: str = "a number; this") -> int | Decimal:
    """*value* as a number for *what*; raises `FlowError`."""
    defined(value)
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return value
    raise FlowError(f"{what} needs {needs} is {kind(value)}{_hint(value)}")


def _hint(*values: object) -> str:
    texts = any(isinstance(value, str) for value in values)
    return " (collect with type: number gives a number)" if texts else ""


def numbers(left: object, sign: str, right: object) -> tuple[int | Decimal, int | Decimal]:
    """*left* and *right*, with the operator *sign* between them."""
    both = "numbers on both sides; one"
    return number(left, sign, both), number(right, sign, both)


def sized(value: int | Decimal) -> int | Decimal:
    """*value*, unless it is larger than anyone needs."""
    if not -_LARGEST <= value <= _LARGEST:
        raise FlowError("a number is too large")
    return value


def limited(text: str) -> str:
    """*text*, unless it is longer than a text may be."""
    if len(text) > LONGEST_TEXT:
        raise FlowError(f"a text of {len(text)} characters; at most {LONGEST_TEXT} are allowed")
    return text


def row(value: object, what: str) -> str | list[Any] | tuple[Any, ...]:
    """*value* as what *what* takes: one thing behind another."""
    if isinstance(value, str | list | tuple):
        return value
    raise FlowError(f"{what} needs a text or a list; this is {kind(value)}")


def length(value: object) -> int:
    """How many parts, or characters, *value* has."""
    return len(value if isinstance(value, Mapping) else row(value, "length"))


def cut(value: object, start: object, stop: object, step: object) -> Any:
    """What of *value* is between *start* and *stop*."""
    return part(row(value, "[:]"), slice(start, stop, step))


def part(value: str | list[Any] | tuple[Any, ...], which: object) -> Any:
    """*value*'s part, or parts if *which* is a slice.  Raises `FlowError` and LookupError."""
    if isinstance(which, slice):
        ends = (which.start, which.stop, which.step)
        if which.step == 0 or not all(isinstance(each, int | None) for each in ends):
            raise FlowError("expected whole numbers between [ and ], such as [-4:]")
        return value[which]
    if isinstance(which, int):
        return value[which]
    raise FlowError(f"{kind(value)} has no part {which!r}")


def compare(left: object, how: str, right: object) -> bool:
    """Whether *left* is to *right* as one of `COMPARISONS` says.  Raises `FlowError`."""
    try:
        return COMPARISONS[how](left, right)
    except TypeError:
        if how in ("in", "notin"):
            wrong = f"in looks for a text in a text, or in a list; this is {kind(left)}"
            raise FlowError(f"{wrong} in {kind(right)}") from None
        wrong = f"{kind(left)} cannot be compared with {kind(right)}"
        raise FlowError(f"{wrong}{_hint(left, right)}") from None


def compared(left: object, *rest: Any) -> bool:
    """The same of several in a row: ``1 < x < 3``."""
    for how, right in zip(rest[::2], rest[1::2], strict=True):
        if not compare(left, how, right):
            return False
        left = right
    return True
