"""iCalendar files, whose events are the moments at which a schedule is closed (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from itertools import takewhile
from pathlib import Path
from typing import Any

from ..engine.schedule import Closure, Closures
from .source import read_bytes

YEARS = (2, 5)  # read, before and after this one
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
WITHIN_A_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
LATE = 9944  # a leap year; whoever looks for a 30th of February goes on until 9999
MOST = 10_000  # events, repeated ones counted one by one
MOST_WALKED = 5 * MOST  # with those of earlier years, which have to be walked over


def read_calendar(file: Path, today: date | None = None) -> Closures:
    """The events of *file*, repeated ones spelled out for some years.

    Raises ValueError with what is wrong with the file.
    """
    from icalendar import Calendar
    from recurring_ical_events import of

    year = (today or datetime.now(UTC).date()).year
    begin, end = date(year - YEARS[0], 1, 1), date(year + YEARS[1], 12, 31)
    try:
        calendar = Calendar.from_ical(read_bytes(file))
        _refuse_endless(calendar, file.name, begin, end)
        events = of(calendar).between(begin, end)
        found = sorted(_closures(events, file.name), key=lambda closure: str(closure.begins))
    except OSError as error:
        raise ValueError(f"cannot read the calendar {file}: {error.strerror}") from None
    except Exception as error:  # of any kind: the file is a stranger's
        raise ValueError(f"{file} is no iCalendar file that can be read: {error}") from None
    if len(found) > MOST:
        raise ValueError(f"{file} has {len(found)} events in these years; at most {MOST} are read")
    return Closures(found)


def _refuse_endless(calendar: Any, name: str, begin: date, end: date) -> None:
    """Raise ValueError for events that would take a very long time to spell out."""
    walked = found = 0
    for event in calendar.walk("VEVENT"):
        rules = event.get("RRULE", [])
        for rule in rules if isinstance(rules, list) else [rules]:
            if wrong := _wrong(rule, event.start):
                raise ValueError(f"{name} repeats {str(event.get('SUMMARY'))!r} {wrong}")
            last = min([end, *map(_day, rule.get("UNTIL", []))])
            for day in _days(rule, event.start, last):
                walked, found = walked + 1, found + (day >= begin)
                if found > MOST or walked > MOST_WALKED:
                    raise ValueError(f"{name} has more than {MOST} events; at most that are read")


def _wrong(rule: Any, start: date) -> str:
    """What is wrong with how an event is repeated; empty: nothing."""
    [how] = rule["FREQ"]
    if how not in FREQUENCIES:
        return f"{how}; expected {', '.join(FREQUENCIES[:-1])} or {FREQUENCIES[-1]}"
    if any(each < 1 for each in rule.get("INTERVAL", [])):
        return "with an INTERVAL below 1; expected 1 or more"
    for part in WITHIN_A_DAY:
        if len(rule.get(part, [])) > 1:
            return f"{part} by {part}; expected at most one event a day"
    late = _day(start).replace(year=LATE + start.year % 4)
    if next(_days(rule, late, date.max), None) is None:
        return "on days that there are not; expected such as BYMONTH=2;BYMONTHDAY=28"
    return ""


def _days(rule: Any, start: date, last: date) -> Iterator[date]:
    """The days of a rule from *start* to *last*, whatever its UNTIL says; zones do not matter."""
    from dateutil.rrule import rrulestr

    endless = type(rule)({part: said for part, said in rule.items() if part != "UNTIL"})
    days = map(_day, rrulestr(endless.to_ical().decode(), dtstart=_moment(_day(start))))
    return takewhile(lambda day: day <= last, days)


def _day(when: date) -> date:
    return when.date() if isinstance(when, datetime) else when


def _closures(events: list[Any], name: str) -> Iterator[Closure]:
    for event in events:
        if event.get("STATUS") != "CANCELLED":
            words = str(event.get("SUMMARY", "")).strip() or name
            yield Closure(_moment(event.start), _moment(event.end), words)


def _moment(when: date) -> datetime:
    """A day begins at midnight, on the clocks of the schedule."""
    return when if isinstance(when, datetime) else datetime.combine(when, time())
