"""Which rule of a schedule beats which, and what is wrong with rules."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.engine.call import Call
from ivr.engine.events import Answered, Offered
from ivr.engine.flow import END, Flow
from ivr.engine.house import House
from ivr.engine.schedule import (
    OUTSIDE,
    Closure,
    Closures,
    Days,
    Holidays,
    Hours,
    OtherHours,
    Schedule,
    Span,
    Special,
    Times,
)
from ivr.engine.verb import VERBS, Result
from ivr.engine.verbs import schedule

from .driver import Driver

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = Hours.parse("Mon-Fri 09:00-17:00, Fri-Sat 22:00-02:00")
# 2026: 20 November is a Friday.


def decide(moment: str, **rules: object) -> tuple[bool, str]:
    local = datetime.fromisoformat(moment).replace(tzinfo=BERLIN)
    return Schedule(WEEK, BERLIN, **rules).decide(local)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("moment", "is_open", "rule"),
    [
        ("2026-11-20T08:00", True, "2026-11-20 07:00-08:30"),
        ("2026-11-20T08:30", False, "2026-11-20"),
        ("2026-11-20T10:00", False, "2026-11-20"),
        ("2026-11-20T21:00", True, "2026-11-20 20:00-01:00"),
        ("2026-11-21T00:30", True, "2026-11-20 20:00-01:00"),
        ("2026-11-21T01:30", False, OUTSIDE),  # nothing goes on of a Friday that did not begin
        ("2026-11-27T23:00", True, "Fri-Sat 22:00-02:00"),
        ("2026-11-28T01:00", True, "Fri-Sat 22:00-02:00"),
    ],
)
def test_a_special_day_has_its_own_hours_and_no_others(
    moment: str, is_open: bool, rule: str
) -> None:
    special = Special.of({"2026-11-20": "07:00-08:30, 20:00-01:00"})
    assert decide(moment, special=special) == (is_open, rule)


def test_a_special_day_may_be_closed_and_beats_closed_days() -> None:
    assert decide("2026-11-20T10:00", special=Special.of({"11-20": "closed"})) == (False, "11-20")
    special, closed = Special.of({"11-20": "09:00-12:00"}), (Days.parse("11-01..11-30"),)
    assert decide("2026-11-20T10:00", special=special, closed=closed)[0]
    assert decide("2026-11-19T10:00", special=special, closed=closed) == (False, "11-01..11-30")


def test_the_first_special_rule_for_a_day_counts() -> None:
    special = Special.of({"2026-12-24": "09:00-12:00", "12-20..12-31": "closed"})
    assert decide("2026-12-24T10:00", special=special)[0]
    assert not decide("2027-12-24T10:00", special=special)[0]


def test_a_closed_day_has_no_evening_that_goes_on() -> None:
    closed = (Days.parse("2026-11-20"),)
    assert decide("2026-11-20T23:00", closed=closed) == (False, "2026-11-20")
    assert decide("2026-11-21T01:00", closed=closed) == (False, OUTSIDE)
    assert decide("2026-11-21T01:00", closed=(Days.parse("2026-11-21"),)) == (False, "2026-11-21")


def test_a_day_that_the_calendar_closes_has_no_such_evening_either() -> None:
    def closing(begins: str, ends: str) -> Closures:
        first, last = (datetime.fromisoformat(f"2026-11-{each}") for each in (begins, ends))
        return Closures([Closure(first, last, "Outing")])

    night = "2026-11-21T01:00"
    assert decide(night, calendar=closing("20T00:00", "21T00:00")) == (False, OUTSIDE)
    assert decide(night, calendar=closing("20T12:00", "21T00:30")) == (False, OUTSIDE)
    assert decide(night, calendar=closing("20T21:00", "20T23:00"))[0], "it has begun after that"
    assert decide(night, calendar=closing("20T23:00", "21T00:00"))[0], "it had begun before that"


@pytest.mark.parametrize(
    ("region", "day", "name"),
    [
        ("DE", "2026-12-25", "Erster Weihnachtstag"),
        ("DE-BY", "2026-01-06", "Heilige Drei Könige"),
        ("DE", "2026-01-06", ""),
        ("FR", "2031-07-14", "Fête nationale"),
        ("US", "2026-11-26", "Thanksgiving Day"),
        ("US-CA", "2026-11-25", ""),
    ],
)
def test_public_holidays_are_those_of_the_country_and_its_part(
    region: str, day: str, name: str
) -> None:
    holidays = Holidays.parse(region)
    assert holidays.name_of(date.fromisoformat(day)) == name
    is_open, rule = Schedule(Hours.parse("Mon-Sun 00:00-24:00"), holidays=holidays).decide(
        datetime.fromisoformat(f"{day}T10:00")
    )
    assert (is_open, rule) == (not name, name or "Mon-Sun 00:00-24:00")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Germany", "no country 'Germany'; expected a code such as DE"),
        ("DE-Augsburk", "DE has no region 'Augsburk'; did you mean DE-Augsburg?"),
        ("DE-99", "DE has no region '99'; expected one of BB, BE"),
        ("US-99", "expected one of AK, AL"),
        ("VA-X", "VA has no region 'X'; expected one of none"),
    ],
)
def test_unknown_countries_and_regions_are_refused(text: str, fault: str) -> None:
    with pytest.raises(ValueError) as caught:
        Holidays.parse(text)
    assert fault in str(caught.value)


def test_a_calendar_closes_by_the_clock_or_by_the_moment() -> None:
    floating = Closure(datetime(2026, 11, 20, 10), datetime(2026, 11, 20, 11), "Fire drill")
    fixed = Closure(
        datetime(2026, 11, 19, 9, tzinfo=UTC), datetime(2026, 11, 19, 10, tzinfo=UTC), "Meeting"
    )
    calendar = Closures([floating, fixed])
    assert decide("2026-11-20T10:30", calendar=calendar) == (False, "Fire drill")
    assert decide("2026-11-20T11:00", calendar=calendar)[0]
    assert decide("2026-11-19T10:30", calendar=calendar) == (False, "Meeting")
    assert decide("2026-11-19T09:30", calendar=calendar)[0]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Mon-Fri 09:00-17:00, Tue 10:00-12:00", "'Tue 10:00-12:00' lies within 'Mon-Fri"),
        ("Tue 10:00-12:00, Mon-Fri 09:00-17:00", "'Tue 10:00-12:00' lies within 'Mon-Fri"),
        ("Mon 09:00-10:00, Mon 09:00-10:00", "lies within"),
        ("Mon 22:00-23:00, Mon 20:00-02:00", "'Mon 22:00-23:00' lies within"),
        ("Mon 10:00-24:00, Mon 11:00-12:00", "lies within"),
        ("Mon 09:00-9:00", "has no length; a whole day is 00:00-24:00"),
    ],
)
def test_a_span_that_never_decides_is_a_mistake(text: str, fault: str) -> None:
    with pytest.raises(ValueError) as caught:
        Hours.parse(text)
    assert fault in str(caught.value)


def test_spans_that_overlap_are_none() -> None:
    assert len(Hours.parse("Mon-Fri 09:00-12:00, Fri 11:00-15:00, Sat 09:00-12:00")) == 3


@pytest.mark.parametrize(
    ("days", "times", "fault"),
    [
        ("2026-12-24", "9 to 12", "expected times such as 09:00-12:00"),
        ("2026-12-24", "25:00-26:00", "'25:00' is no time of day; expected times"),
        ("Christmas", "09:00-12:00", "expected a day such as 2026-12-25"),
    ],
)
def test_other_hours_that_cannot_be_read_are_refused(days: str, times: str, fault: str) -> None:
    with pytest.raises(ValueError) as caught:
        OtherHours.parse(days, times)
    assert fault in str(caught.value)


# Laws, for any schedule at any moment.

clocks = st.times().map(lambda t: t.replace(minute=t.minute // 15 * 15, second=0, microsecond=0))
times_ = st.builds(lambda a, b: Times(a, b, f"{a:%H:%M}-{b:%H:%M}"), clocks, clocks).filter(
    lambda t: t.opens != t.closes
)
spans = st.builds(lambda days, t: Span(days, t, t.text), st.frozensets(st.integers(0, 6)), times_)
days_ = st.dates(date(2026, 3, 25), date(2026, 4, 2)).map(lambda d: Days.parse(str(d)))
moments = st.datetimes(datetime(2026, 3, 25), datetime(2026, 4, 2), timezones=st.just(BERLIN))
hours_ = st.lists(spans, max_size=4).map(Hours)
specials = st.lists(
    st.builds(lambda d, t: OtherHours(d, tuple(t)), days_, st.lists(times_, max_size=2)),
    max_size=2,
).map(Special)
closures_ = st.builds(
    lambda begins, hours: Closure(begins, begins + timedelta(hours=hours), "closure"),
    st.datetimes(datetime(2026, 3, 25), datetime(2026, 4, 2)),
    st.integers(1, 48),
)
schedules = st.builds(
    lambda h, s, c, k: Schedule(h, BERLIN, s, tuple(c), calendar=Closures(k)),
    hours_,
    specials,
    st.lists(days_, max_size=3),
    st.lists(closures_, max_size=2),
)


@given(schedules, moments, days_)
def test_closing_a_day_never_opens_anything(rules: Schedule, moment: datetime, day: Days) -> None:
    more = replace(rules, closed=(*rules.closed, day))
    assert rules.decide(moment)[0] or not more.decide(moment)[0]


@given(schedules, moments, closures_)
def test_an_event_never_opens_anything(rules: Schedule, moment: datetime, event: Closure) -> None:
    more = replace(rules, calendar=Closures((*rules.calendar, event)))
    assert rules.decide(moment)[0] or not more.decide(moment)[0]


@given(schedules, moments, st.dates(date(2026, 3, 25), date(2026, 4, 2)))
def test_an_event_of_all_day_closes_as_much_as_a_closed_day(
    rules: Schedule, moment: datetime, day: date
) -> None:
    begins = datetime.combine(day, time())
    event = Closure(begins, begins + timedelta(days=1), "all day")
    closed = replace(rules, closed=(*rules.closed, Days.parse(str(day))))
    events = replace(rules, calendar=Closures((*rules.calendar, event)))
    assert closed.decide(moment)[0] == events.decide(moment)[0]


@given(schedules, moments, spans)
def test_more_hours_never_close_anything(rules: Schedule, moment: datetime, span: Span) -> None:
    more = replace(rules, open=Hours((*rules.open, span)))
    assert more.decide(moment)[0] or not rules.decide(moment)[0]


@given(schedules, moments)
def test_on_a_closed_day_only_special_hours_open(rules: Schedule, moment: datetime) -> None:
    is_open, rule = rules.decide(moment)
    closed = any(days.includes(moment.date()) for days in rules.closed)
    before = moment.date() - timedelta(days=1)
    special = rules.special.on(moment.date()) or rules.special.on(before)
    assert rule and not (is_open and closed and not special)


@given(schedules, moments)
def test_the_order_of_spans_does_not_matter(rules: Schedule, moment: datetime) -> None:
    other = replace(rules, open=Hours(reversed(rules.open)))
    assert other.decide(moment)[0] == rules.decide(moment)[0]


@given(times_, st.integers(0, 6))
def test_the_beginning_is_open_and_the_end_is_not(times: Times, weekday: int) -> None:
    rules = Schedule(Hours([Span(frozenset([weekday]), times, "span")]))
    day = date(2026, 6, 1) + timedelta(days=weekday)
    ends = cast(time, times.closes)
    last = day + timedelta(days=ends <= times.opens)
    assert rules.decide(datetime.combine(day, times.opens))[0]
    end = datetime.combine(last, ends)
    assert not rules.decide(end)[0] and rules.decide(end - timedelta(microseconds=1))[0]


# The verb.


def walk(house: House, *, zone: ZoneInfo | None = None, **arguments: object) -> Driver:
    flow = Flow("hours", start="look")
    flow.house, flow.zone = house, zone

    @flow.state(open=END, closed=END)
    async def look(call: Call) -> str:
        result = await schedule(call, **arguments)  # type: ignore[arg-type]
        results.append(result)
        return result.outcome

    results: list[Result] = []
    phone = Driver(flow=flow)
    phone.results = results
    wall = datetime(2026, 11, 20, 8, 30, tzinfo=UTC).timestamp()
    phone.take(Offered("alice", "100", wall, overrides={"office": "closed"}))
    phone.take(Answered())
    return phone


OFFICE, SHOP = Schedule(WEEK, BERLIN), Schedule(WEEK)
HOUSE = House(schedules={"office": OFFICE, "shop": SHOP}, zone=BERLIN)


def test_a_named_schedule_is_overridden_by_its_name() -> None:
    assert walk(HOUSE, use="office").result == Result("closed", reason="override")
    assert walk(HOUSE, use="office", name="other").result.outcome == "open"


def test_a_schedule_without_a_zone_has_that_of_the_flow_or_of_the_house() -> None:
    assert walk(HOUSE, use="shop").result == Result("open", reason="Mon-Fri 09:00-17:00")
    assert walk(HOUSE, use="shop", zone=ZoneInfo("UTC")).result.outcome == "closed"
    assert walk(House(), open=WEEK).result.outcome == "closed"


def test_its_name_may_come_from_a_variable() -> None:
    assert walk(HOUSE, use="{{ 'off' }}ice").result.reason == "override"
    assert walk(HOUSE, use="{{ 'shop' }}").result.reason == "Mon-Fri 09:00-17:00"


def test_the_rule_can_be_kept_in_a_variable() -> None:
    phone = walk(HOUSE, use="shop", into="why")
    assert phone.call.vars == {"why": "Mon-Fri 09:00-17:00"}


@pytest.mark.parametrize(
    ("name", "fault"), [("offic", "did you mean 'office'?"), ("x", "known: office, shop")]
)
def test_an_unknown_schedule_is_the_flows_fault(name: str, fault: str) -> None:
    phone = walk(HOUSE, use=name)
    assert any(fault in detail for detail in phone.noted("failed"))


def test_no_schedules_at_all_are_said_to_be_none() -> None:
    assert any("known: none" in detail for detail in walk(House(), use="x").noted("failed"))


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({}, "expected a schedule of ivr.yaml, or open: days and times"),
        ({"closed": (Days.parse("12-25"),)}, "expected a schedule of ivr.yaml"),
        ({"use": "office", "open": WEEK}, "the schedule has a name; open belongs into ivr.yaml"),
        ({"use": "office"}, ""),
        ({"special": Special.of({"12-24": "09:00-12:00"})}, ""),
    ],
)
def test_a_schedule_has_a_name_or_rules(arguments: dict[str, object], fault: str) -> None:
    found = VERBS["schedule"].check(arguments)
    assert fault in found and bool(fault) == bool(found)
