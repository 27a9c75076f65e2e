"""The builtin entry types of VoiceXML 2.0, appendix P: what is accepted, and the value it has."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Context, Decimal
from typing import Literal

from .digits import LONGEST_ENTRY, Digits, Keys, Matcher, Shape, Verdict
from .values import Value

Type = Literal["digits", "number", "currency", "date", "time", "phone", "boolean"]


@dataclass(frozen=True, slots=True)
class Builtin:
    """A matcher, and what an accepted entry is worth."""

    matcher: Matcher
    value: Callable[[str], Value]


class _Dates:
    """``YYYYMMDD``, and a day that the calendar has."""

    _shape = Shape(re.compile(r"[0-9]{8}"), re.compile(r"[0-9]{0,7}"))

    def verdict(self, typed: str) -> Verdict:
        verdict = self._shape.verdict(typed)
        if verdict is Verdict.MAX:
            try:
                _date(typed)
            except ValueError:
                return Verdict.NO_MATCH
        return verdict


def _date(typed: str) -> date:
    return date(int(typed[:4]), int(typed[4:6]), int(typed[6:]))


def _time(typed: str) -> time:
    hour, minute = (typed, "0") if len(typed) < 3 else (typed[:-2], typed[-2:])
    return time(int(hour), int(minute))


def _times() -> Keys:
    """``9``, ``09``, ``930`` and ``0930``, on a clock of 24 hours."""
    hours = {form for hour in range(24) for form in (f"{hour}", f"{hour:02}")}
    return Keys(hours | {f"{hour}{minute:02}" for hour in hours for minute in range(60)})


def _number(typed: str) -> Value:
    return Decimal(typed.replace("*", ".")) if "*" in typed else int(typed)


def _currency(typed: str) -> Value:
    return Decimal(typed.replace("*", ".")).quantize(Decimal("0.01"), context=_EXACT)


_EXACT = Context(prec=2 * LONGEST_ENTRY)  # the usual 28 digits are fewer than a caller can type
_TIMES = Builtin(_times(), _time)
_DATES = Builtin(_Dates(), _date)
# `*` is the decimal point; a currency has at most two digits behind it.
_NUMBERS = Builtin(
    Shape(re.compile(r"[0-9]+(\*[0-9]*)?|\*[0-9]+"), re.compile(r"[0-9]*(\*[0-9]*)?")), _number
)
_CURRENCY = Builtin(
    Shape(re.compile(r"[0-9]+(\*[0-9]{0,2})?|\*[0-9]{1,2}"), re.compile(r"[0-9]*(\*[0-9]?)?")),
    _currency,
)
# `*` introduces an extension.
_PHONES = Builtin(Shape(re.compile(r"[0-9]+(\*[0-9]*)?"), re.compile(r"([0-9]+(\*[0-9]*)?)?")), str)


def builtin(type: Type, parameters: Mapping[str, str] | None = None) -> Builtin:
    """The builtin *type*; *parameters* are VoiceXML's: length, minlength, maxlength, y, n.

    Raises ValueError for a type or a parameter that VoiceXML does not have.
    """
    left = dict(parameters or {})
    match type:
        case "boolean":
            yes, no = left.pop("y", "1"), left.pop("n", "2")
            found = Builtin(Keys((yes, no)), lambda typed: typed == yes)
        case "digits":
            found = Builtin(_digits(left), str)
        case "number":
            found = _NUMBERS
        case "currency":
            found = _CURRENCY
        case "date":
            found = _DATES
        case "time":
            found = _TIMES
        case "phone":
            found = _PHONES
        case _:
            raise ValueError(f"no builtin type {type!r}")
    if left:
        raise ValueError(f"builtin {type!r} does not know {', '.join(left)}")
    return found


def _digits(parameters: dict[str, str]) -> Digits:
    if "length" in parameters:
        length = int(parameters.pop("length"))
        return Digits(length, length)
    shortest = int(parameters.pop("minlength", 1))
    longest = parameters.pop("maxlength", None)
    if longest is None:
        return Digits(shortest, LONGEST_ENTRY)
    return Digits(shortest, int(longest), waits_at_longest=True)
