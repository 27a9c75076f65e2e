"""Open or closed: what a schedule consists of, and what it says of a moment.

The special hours of a day beat closed days, holidays and the calendar, and those beat the hours of
the week.  A day on which the week does not count has no evening that goes on into the next one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .closures import Closure, Closures
from .days import Days, OtherHours, Special
from .holidays import Holidays
from .spans import Hours, Span, Times

NO_HOURS, NOTHING_SPECIAL, NO_CLOSURES = Hours(), Special(), Closures()
OUTSIDE = "outside the hours"
OVERRIDE = "override"


@dataclass(frozen=True, slots=True)
class Schedule:
    """Opening hours with all their exceptions.

    `zone`: whose clocks count; None: those of the flow.
    """

    open: Hours = NO_HOURS
    zone: ZoneInfo | None = None
    special: Special = NOTHING_SPECIAL
    closed: tuple[Days, ...] = ()
    holidays: Holidays | None = None
    calendar: Closures = NO_CLOSURES

    def decide(self, local: datetime) -> tuple[bool, str]:
        """Whether it is open at *local*, a moment in its zone, and the rule that decided."""
        day, clock = local.date(), local.time()
        before = day - timedelta(days=1)
        today, yesterday = self.special.on(day), self.special.on(before)
        rule = _opens(today, clock, Times.on_its_day) or _opens(yesterday, clock, Times.on_the_next)
        if rule:
            return True, rule
        if today:
            return False, today.days.text
        why = self._closed_on(day) or self.calendar.at(local)
        if why:
            return False, why
        for span in self.open:
            if day.weekday() in span.days and span.times.on_its_day(clock):
                return True, span.text
        if yesterday or self._closed_on(before):
            return False, OUTSIDE
        for span in self.open:
            if before.weekday() in span.days and span.times.on_the_next(clock):
                evening = datetime.combine(before, span.times.opens, local.tzinfo)
                if not self._closed_from(evening):
                    return True, span.text
        return False, OUTSIDE

    def _closed_from(self, evening: datetime) -> bool:
        """Whether the calendar closes the beginning of an evening, and the end of its day."""
        midnight = datetime.combine(evening.date(), time.max, evening.tzinfo)
        return bool(self.calendar.at(evening) and self.calendar.at(midnight))

    def _closed_on(self, day: date) -> str:
        """The rule that closes all of *day*."""
        closed = next((days.text for days in self.closed if days.includes(day)), "")
        return closed or (self.holidays.name_of(day) if self.holidays else "")


def _opens(special: OtherHours | None, clock: time, fits: Callable[[Times, time], bool]) -> str:
    """The special hours that open at *clock*; empty: none do."""
    spans = special.times if special else ()
    found = next((times for times in spans if fits(times, clock)), None)
    return f"{special.days.text} {found.text}" if special and found else ""


__all__ = [
    "NOTHING_SPECIAL",
    "NO_CLOSURES",
    "NO_HOURS",
    "OUTSIDE",
    "OVERRIDE",
    "Closure",
    "Closures",
    "Days",
    "Holidays",
    "Hours",
    "OtherHours",
    "Schedule",
    "Span",
    "Special",
    "Times",
]
