"""Days that are not as their week says: closed ones, and ones with other hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from .spans import Times


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


@dataclass(frozen=True, slots=True)
class OtherHours:
    """Days on which these `times` count, and no others; none: closed."""

    days: Days
    times: tuple[Times, ...]

    @classmethod
    def parse(cls, days: str, times: str) -> OtherHours:
        """Read ``2026-12-24`` and ``09:00-12:00, 14:00-16:00`` or ``closed``."""
        spans = [] if times.strip() == "closed" else times.split(",")
        return cls(Days.parse(days), tuple(Times.parse(span) for span in spans))


class Special(tuple[OtherHours, ...]):
    """Days with hours of their own; the first that includes a day counts."""

    __slots__ = ()

    @classmethod
    def of(cls, days: Mapping[str, str]) -> Special:
        """``Special.of({"2026-12-24": "09:00-12:00"})``.  Raises ValueError."""
        return cls(OtherHours.parse(day, times) for day, times in days.items())

    def on(self, day: date) -> OtherHours | None:
        """What counts on *day*; None: nothing special."""
        return next((other for other in self if other.days.includes(day)), None)


def _date(text: str, yearly: bool, whole: str) -> date:
    try:
        # A leap year, so that 02-29 exists.
        return date.fromisoformat(f"2000-{text}" if yearly else text)
    except ValueError:
        raise ValueError(
            f"{whole!r}: expected a day such as 2026-12-25, 12-25 (every year)"
            " or 2026-12-24..2027-01-01"
        ) from None
