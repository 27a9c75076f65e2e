"""Opening hours that are not what their author meant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import combinations, permutations

from ...engine.codes import Code
from ...engine.errors import Fault
from ...engine.schedule import Days, Hours, Span, Special
from ...engine.state import Act, State
from .acts import Look, told

SLIP = 10  # minutes; nobody closes for less
# Feasts that close most offices, on the same day each year.
_YEARLY = {(1, 1), (12, 25), (12, 26)}


def hours(look: Look, state: State, act: Act) -> Iterator[Fault]:
    """What is wrong with those of a `schedule`."""
    if act.verb.name != "schedule":
        return
    spans: Hours = told(act, "open")
    for one, two in combinations(spans, 2):
        if one.days & two.days and one.times.overlaps(two.times):
            yield act.place.fault(
                f"open: {one.text!r} and {two.text!r} overlap; expected one of the two to end where"
                " the other one begins",
                Code.OVERLAPPING_HOURS,
            )
    yield from _special(act, told(act, "special"))
    for wrong in _gaps(spans):
        yield act.place.fault(f"open: {wrong}", Code.GAP_IN_HOURS)
    days: tuple[Days, ...] = told(act, "closed")
    for each in days:
        if not each.yearly and each.first == each.last and _is_feast(each.first):
            yield act.place.fault(
                f"closed: {each.text} is closed in that year only; expected"
                f" {each.first:%m-%d}, which is every year",
                Code.HOLIDAY_OF_ONE_YEAR,
            )


def _is_feast(day: date) -> bool:
    return (day.month, day.day) in _YEARLY


def _special(act: Act, special: Special) -> Iterator[Fault]:
    for one, two in combinations(special, 2):
        if all(one.days.includes(day) for day in _each(two.days)):
            yield act.place.fault(
                f"special: {two.days.text!r} never counts, as {one.days.text!r} comes first and"
                " has these days; put the shorter one first",
                Code.OVERLAPPING_HOURS,
            )


def _each(days: Days) -> Iterator[date]:
    day = days.first
    while days.includes(day) and day <= max(days.first, days.last):
        yield day
        day += timedelta(days=1)


def _gaps(spans: Hours) -> Iterator[str]:
    for span in spans:
        closes = span.times.closes
        if closes is not None and (closes.hour, closes.minute) == (23, 59):
            yield f"{span.text!r} is closed for the last minute of the day; expected 24:00"
    for one, two in permutations(spans, 2):
        gap = _gap(one, two)
        if one.days & two.days and 0 < gap < SLIP:
            yield (
                f"between {one.text!r} and {two.text!r} it is closed for {gap} min; the end of a"
                f" span does not belong to it: expected it to end at {two.times.opens:%H:%M}"
            )


def _gap(one: Span, two: Span) -> int:
    """The minutes from the end of *one* to the beginning of *two*, on the same day."""
    return two.times.minutes[0] - one.times.minutes[1]
