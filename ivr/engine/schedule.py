"""Opening hours: spans of the week, and days on which nothing is open.

Times are those of the zone's clocks on the wall: a span that falls into the hour skipped in spring
is shorter that day, one in the hour repeated in autumn longer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_RULE = re.compile(r"(\w+)(?:\s*-\s*(\w+))?\s+(\d\d?:\d\d)\s*-\s*(\d\d?:\d\d)")
_EXPECTED = "expected days and times such as 'Mon-Fri 09:00-17:30' or 'Sat 22:00-02:00'"


@dataclass(frozen=True, slots=True)
class Span:
    """Days of the week (0 is Monday), from `opens` to just before `closes`.

    A span whose end is not after its beginning goes on into the next day.
    """

    days: frozenset[int]
    opens: time
    closes: time | None  # None: midnight
    text: str

    @classmethod
    def parse(cls, text: str) -> Span:
        """Read ``Mon-Fri 09:00-17:30``.  Raises ValueError."""
        found = _RULE.fullmatch(text.strip())
        if not found:
            raise ValueError(f"{text.strip()!r}: {_EXPECTED}")
        first, last, opens, closes = found.groups()
        begin, end = _day(first), _day(last or first)
        days = frozenset((begin + i) % 7 for i in range((end - begin) % 7 + 1))
        return cls(days, _clock(opens), None if closes == "24:00" else _clock(closes), text.strip())

    def includes(self, local: datetime) -> bool:
        """Whether the moment *local*, in the schedule's zone, lies in the span."""
        day, clock = local.weekday(), local.time()
        if self.closes is None:
            return day in self.days and clock >= self.opens
        if self.opens < self.closes:
            return day in self.days and self.opens <= clock < self.closes
        yesterday = (day - 1) % 7
        return (day in self.days and clock >= self.opens) or (
            yesterday in self.days and clock < self.closes
        )


class Hours(tuple[Span, ...]):
    """Opening hours: ``Hours.parse("Mon-Fri 09:00-17:30, Sat 10:00-13:00")``."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Hours:
        """Read spans with commas between them.  Raises ValueError."""
        return cls(Span.parse(part) for part in text.split(","))


@dataclass(frozen=True, slots=True)
class Days:
    """Days from `first` to `last`, both included; `yearly` ones come back every year."""

    first: date
    last: date
    yearly: bool
    text: str

    @classmethod
    def parse(cls, text: str) -> Days:
        """Read ``2026-12-24``, ``12-25`` (every year) or ``2026-12-24..2027-01-01``."""
        first, _, last = (part.strip() for part in text.partition(".."))
        yearly = len(first) == 5
        days = [_date(part, yearly, text) for part in (first, last or first)]
        if not yearly and days[1] < days[0]:
            raise ValueError(f"{text!r} ends before it begins")
        return cls(days[0], days[1], yearly, text.strip())

    def includes(self, day: date) -> bool:
        if not self.yearly:
            return self.first <= day <= self.last
        first, last, this = ((d.month, d.day) for d in (self.first, self.last, day))
        return first <= this <= last if first <= last else (this >= first or this <= last)


def decide(local: datetime, hours: Iterable[Span], closed: Iterable[Days]) -> tuple[bool, str]:
    """Whether it is open at *local*, and the rule that decided.  Closed days beat open hours."""
    for days in closed:
        if days.includes(local.date()):
            return False, days.text
    for span in hours:
        if span.includes(local):
            return True, span.text
    return False, "outside the hours"


def _day(word: str) -> int:
    try:
        return _DAYS.index(word.lower()[:3])
    except ValueError:
        raise ValueError(f"{word!r} is no day of the week; {_EXPECTED}") from None


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text.zfill(5))
    except ValueError:
        raise ValueError(f"{text!r} is no time of day; {_EXPECTED}") from None


def _date(text: str, yearly: bool, whole: str) -> date:
    try:
        # A leap year, so that 02-29 exists.
        return date.fromisoformat(f"2000-{text}" if yearly else text)
    except ValueError:
        raise ValueError(
            f"{whole!r}: expected a day such as 2026-12-25, 12-25 (every year)"
            " or 2026-12-24..2027-01-01"
        ) from None
