"""What an entry must be besides well-formed: its check digit, its range, what others say of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from inspect import isawaitable
from typing import Any
from zoneinfo import ZoneInfo

from stdnum import ean, imei, luhn, verhoeff

from .call import Call
from .errors import FlowError
from .values import Secret
from .work import WhileWaiting, work

CHECKS: Mapping[str, Callable[[str], bool]] = {
    "luhn": luhn.is_valid,
    "verhoeff": verhoeff.is_valid,
    "ean": ean.is_valid,
    "imei": imei.is_valid,
}
CHECKED = ("digits", "number", "phone")  # the types that can have a check digit
LENGTHS = {"ean": (8, 12, 13, 14), "imei": (14, 15, 16)}
DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}

Bound = int | Decimal | date | str | None


@dataclass(frozen=True, slots=True)
class Between:
    """From `least` to `most`, both allowed; None: no such end.

    Numbers and dates, and `yesterday`, `today` and `tomorrow` in `zone`; None: that of the flow.
    """

    least: Bound = None
    most: Bound = None
    zone: ZoneInfo | None = None

    def holds(self, value: Any, call: Call) -> bool:
        least, most = (self._end(end, call) for end in (self.least, self.most))
        try:
            return (least is None or least <= value) and (most is None or value <= most)
        except TypeError:
            raise FlowError(f"{self!r} cannot be compared with a {type(value).__name__}") from None

    def _end(self, end: Bound, call: Call) -> Any:
        if isinstance(end, str) and end in DAYS:
            return call.time.astimezone(self.zone or call.zone).date() + timedelta(DAYS[end])
        return end


FUTURE = Between(least="tomorrow")
PAST = Between(most="yesterday")
RANGES = {"future": FUTURE, "past": PAST}


@dataclass(frozen=True, slots=True)
class Asked:
    """A Python function outside the engine, ``module:name``, that says whether a value will do."""

    function: str
    seconds: float = 5.0


Validator = str | Between | Asked | Callable[[Any], bool | Awaitable[bool]]
"""``luhn``, ``future`` and the like, a range, or a function of your own."""
Validators = tuple[Validator, ...]


def unfit(validators: Iterable[Validator], type: str, lengths: Iterable[int]) -> str:
    """What is wrong with *validators* of an entry of this builtin type; empty: nothing.

    *lengths* are those that it can have.
    """
    for each in validators:
        if isinstance(each, str) and each in CHECKS:
            if type not in CHECKED:
                return f"{each} goes with type: {' or '.join(CHECKED)}, not with {type}"
            if each in LENGTHS and not set(LENGTHS[each]) & set(lengths):
                known = ", ".join(map(str, LENGTHS[each]))
                return f"{each} is for a number of {known} digits; expected a length among these"
        for end in _ends(RANGES.get(each) if isinstance(each, str) else each):
            wanted = ("date",) if isinstance(end, str | date) else ("number", "currency")
            if type not in wanted:
                return f"the range of {end} goes with type: {' or '.join(wanted)}, not with {type}"
    return ""


def _ends(validator: object) -> list[Bound]:
    ends = (validator.least, validator.most) if isinstance(validator, Between) else ()
    return [end for end in ends if end is not None]


class CannotTell(Exception):
    """Whether an entry is valid could not be found out; the text is why."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What was `typed`, the `value` that it has, and what a function is `given` of it."""

    typed: str
    value: Any
    given: Any

    @property
    def secret(self) -> bool:
        return isinstance(self.given, Secret)


async def is_valid(
    call: Call,
    candidate: Candidate,
    validators: Iterable[Validator],
    waiting: WhileWaiting | None = None,
) -> bool:
    """Whether *candidate* will do for all of them.  Raises `CannotTell`, `FlowError`."""
    for validator in validators:
        if not await _holds(call, candidate, validator, waiting):
            return False
    return True


async def _holds(
    call: Call, candidate: Candidate, validator: Validator, waiting: WhileWaiting | None
) -> bool:
    match validator:
        case str() if validator in CHECKS:
            return CHECKS[validator](candidate.typed)
        case str() if validator in RANGES:
            return RANGES[validator].holds(candidate.value, call)
        case str():
            known = ", ".join((*CHECKS, *RANGES))
            raise FlowError(f"no validator {validator!r}; expected one of {known}")
        case Between():
            return validator.holds(candidate.value, call)
        case Asked(function, seconds):
            order = {"function": function, "arguments": {"value": candidate.given}}
            secret = candidate.secret
            done = await work(call, "python", order, seconds, waiting, secret=secret)
            if done.outcome != "ok":
                call.note("not_validated", done.reason or done.outcome)
                raise CannotTell(done.outcome)
            return bool(done.value)
    found = validator(candidate.given)
    return bool(await found if isawaitable(found) else found)
