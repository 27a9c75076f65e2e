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
    """What is wrong with those of a `schedule`, its own or those that it names."""
    if act.verb.name != "schedule":
        return
    use = told(act, "use")
    named = look.flow.house.schedules.get(use)
    if named is not None:
        for wrong, code in _wrong(named.open, named.special, named.closed):
            yield act.place.fault(f"the schedule {use!r} of ivr.yaml: {wrong}", code)
    for wrong, code in _wrong(told(act, "open"), told(act, "special"), told(act, "closed")):
        yield act.place.fault(wrong, code)


def _wrong(spans: Hours, special: Special, closed: tuple[Days, ...]) -> Iterator[tuple[str, Code]]:
    for one, two in combinations(spans, 2):
        if one.days & two.days and one.times.overlaps(two.times):
            wrong = (
                f"open: {one.text!r} and {two.text!r} overlap; expected one of the two to end where"
                " the other one begins"
            )
            yield wrong, Code.OVERLAPPING_HOURS
    for first, other in combinations(special, 2):
        if all(first.days.includes(day) for day in _each(other.days)):
            wrong = (
                f"special: {other.days.text!r} never counts, as {first.days.text!r} comes first and"
                " has these days; put the shorter one first"
            )
            yield wrong, Code.OVERLAPPING_HOURS
    for wrong in _gaps(spans):
        yield f"open: {wrong}", Code.GAP_IN_HOURS
    for each in closed:
        if not each.yearly and each.first == each.last and _is_feast(each.first):
            wrong = (
                f"closed: {each.text} is closed in that year only; expected {each.first:%m-%d},"
                " which is every year"
            )
            yield wrong, Code.HOLIDAY_OF_ONE_YEAR


def _is_feast(day: date) -> bool:
    return (day.month, day.day) in _YEARLY


def _each(days: Days) -> list[date]:
    """The days of *days*: yearly ones in a leap year, of others those of its first year."""
    first = date(2000, 1, 1) if days.yearly else days.first
    year = (first + timedelta(days=number) for number in range(366))
    return [day for day in year if days.includes(day)]


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
