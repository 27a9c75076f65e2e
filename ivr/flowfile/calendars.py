"""iCalendar files, whose events are the moments at which a schedule is closed (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from ..engine.schedule import Closure, Closures

YEARS = (2, 5)  # read, before and after this one
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
MOST = 10_000  # events, repeated ones counted one by one


def read_calendar(file: Path, today: date | None = None) -> Closures:
    """The events of *file*, repeated ones spelled out for some years.

    Raises ValueError with what is wrong with the file.
    """
    from icalendar import Calendar
    from recurring_ical_events import of

    year = (today or datetime.now(UTC).date()).year
    try:
        calendar = Calendar.from_ical(file.read_bytes())
        _refuse_endless(calendar, file.name)
        events = of(calendar).between(date(year - YEARS[0], 1, 1), date(year + YEARS[1], 12, 31))
        found = sorted(_closures(events, file.name), key=lambda closure: str(closure.begins))
    except OSError as error:
        raise ValueError(f"cannot read the calendar {file}: {error.strerror}") from None
    except Exception as error:  # of any kind: the file is a stranger's
        raise ValueError(f"{file} is no iCalendar file that can be read: {error}") from None
    if len(found) > MOST:
        raise ValueError(f"{file} has {len(found)} events in these years; at most {MOST} are read")
    return Closures(found)


def _refuse_endless(calendar: Any, name: str) -> None:
    """Raise ValueError for events that would take a very long time to spell out."""
    for event in calendar.walk("VEVENT"):
        for how in event.get("RRULE", {}).get("FREQ", []):
            if how not in FREQUENCIES:
                expected = f"expected {', '.join(FREQUENCIES[:-1])} or {FREQUENCIES[-1]}"
                raise ValueError(f"{name} repeats {str(event.get('SUMMARY'))!r} {how}; {expected}")


def _closures(events: list[Any], name: str) -> Iterator[Closure]:
    for event in events:
        if event.get("STATUS") != "CANCELLED":
            words = str(event.get("SUMMARY", "")).strip() or name
            yield Closure(_moment(event.start), _moment(event.end), words)


def _moment(when: date) -> datetime:
    """A day begins at midnight, on the clocks of the schedule."""
    return when if isinstance(when, datetime) else datetime.combine(when, time())
