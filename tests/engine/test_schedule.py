"""SEMANTICS 17: open or closed, at the moment of the call, in the zone of the schedule."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from ivr.engine.call import Call
from ivr.engine.events import Answered, Offered
from ivr.engine.schedule import Days, Hours, Schedule, Times
from ivr.engine.verb import Result
from ivr.engine.verbs import pause, schedule

from .driver import Driver

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = Hours.parse("Mon-Fri 09:00-17:30, Sat 10:00-13:00")
# 2026: 2 November is a Monday.


def is_open(hours: str, day: int, clock: str, closed: str = "") -> bool:
    """Whether it is open on *day* of November 2026 at *clock*."""
    local = datetime.fromisoformat(f"2026-11-{day:02}T{clock}")
    days = [Days.parse(closed)] if closed else []
    return Schedule(Hours.parse(hours), closed=tuple(days)).decide(local)[0]


@pytest.mark.parametrize(
    ("day", "clock", "opened"),
    [
        (2, "08:59:59", False),
        (2, "09:00", True),
        (2, "17:29:59.999999", True),
        (2, "17:30", False),
        (7, "10:00", True),
        (7, "13:00", False),
        (8, "11:00", False),
    ],
)
def test_it_is_open_from_the_beginning_to_just_before_the_end(
    day: int, clock: str, opened: bool
) -> None:
    assert is_open("Mon-Fri 09:00-17:30, Sat 10:00-13:00", day, clock) is opened


@pytest.mark.parametrize(
    ("day", "clock", "opened"),
    [
        (7, "21:59", False),
        (7, "22:00", True),
        (7, "23:59:59", True),
        (8, "00:00", True),
        (8, "01:59:59", True),
        (8, "02:00", False),
        (8, "22:00", False),
        (7, "01:00", False),
    ],
)
def test_a_span_over_midnight_belongs_to_the_day_it_begins(
    day: int, clock: str, opened: bool
) -> None:
    assert is_open("Sat 22:00-02:00", day, clock) is opened


def test_a_span_over_midnight_of_the_last_day_goes_on_into_the_first() -> None:
    assert is_open("Sun 22:00-02:00", 2, "01:00")


@pytest.mark.parametrize("clock", ["00:00", "12:00", "23:59:59.999999"])
def test_the_whole_day_is_from_midnight_to_24(clock: str) -> None:
    assert is_open("Mon 00:00-24:00", 2, clock)
    assert not is_open("Mon 00:00-24:00", 3, clock)


def test_days_may_go_round_the_weekend() -> None:
    assert is_open("Fri-Mon 09:00-10:00", 2, "09:30")
    assert is_open("Fri-Mon 09:00-10:00", 8, "09:30")
    assert not is_open("Fri-Mon 09:00-10:00", 3, "09:30")


def test_days_and_times_are_read_as_people_write_them() -> None:
    assert is_open(" monday - FRIDAY  9:00 - 17:30 ", 3, "09:00")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "expected days and times such as"),
        ("always", "expected days and times such as"),
        ("Mon 09:00", "expected days and times such as"),
        ("Mon-Fri 09:00-17:30,", "expected days and times such as"),
        ("Mo 09:00-17:30", "'Mo' is no day of the week"),
        ("Mon 25:00-26:00", "'25:00' is no time of day"),
        ("Mon 09:00-17:60", "'17:60' is no time of day"),
        ("Mon 24:00-02:00", "'24:00' is no time of day"),
    ],
)
def test_hours_that_cannot_be_read_are_refused(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        Hours.parse(text)


def test_closed_beats_open() -> None:
    assert not is_open("Mon 00:00-24:00", 2, "12:00", closed="2026-11-02")
    assert is_open("Mon 00:00-24:00", 9, "12:00", closed="2026-11-02")


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("2026-12-25", [date(2026, 12, 25)], [date(2027, 12, 25), date(2026, 12, 24)]),
        ("12-25", [date(2026, 12, 25), date(2027, 12, 25)], [date(2026, 12, 24)]),
        ("02-29", [date(2028, 2, 29)], [date(2027, 2, 28), date(2027, 3, 1)]),
        (
            "2026-12-24..2027-01-01",
            [date(2026, 12, 24), date(2027, 1, 1)],
            [date(2026, 12, 23), date(2027, 1, 2)],
        ),
        ("12-24..01-01", [date(2030, 12, 31), date(2031, 1, 1)], [date(2031, 1, 2)]),
        ("07-01..08-31", [date(2026, 7, 1), date(2026, 8, 31)], [date(2026, 9, 1)]),
    ],
)
def test_closed_days_are_single_days_spans_and_yearly_ones(
    text: str, inside: list[date], outside: list[date]
) -> None:
    days = Days.parse(text)
    assert all(days.includes(day) for day in inside)
    assert not any(days.includes(day) for day in outside)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Christmas", "expected a day such as 2026-12-25"),
        ("13-01", "expected a day such as 2026-12-25"),
        ("2026-02-29", "expected a day such as 2026-12-25"),
        ("2026-12-24..01-01", "expected a day such as 2026-12-25"),
        ("2027-01-01..2026-12-24", "ends before it begins"),
    ],
)
def test_days_that_cannot_be_read_are_refused(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        Days.parse(text)


def decided(utc: str, hours: Hours, zone: ZoneInfo = BERLIN, *closed: Days) -> Result:
    async def look(call: Call) -> Result:
        return await schedule(call, open=hours, zone=zone, closed=closed)

    phone = Driver(look)
    phone.start(wall=datetime.fromisoformat(utc).replace(tzinfo=UTC).timestamp())
    assert phone.noted("schedule") == [phone.result.reason]
    return phone.result


def test_the_result_says_which_rule_decided() -> None:
    christmas = Days.parse("12-25..12-26")
    assert decided("2026-11-02T09:00", OFFICE) == Result("open", reason="Mon-Fri 09:00-17:30")
    assert decided("2026-11-08T09:00", OFFICE) == Result("closed", reason="outside the hours")
    assert decided("2026-12-25T10:00", OFFICE, BERLIN, christmas) == Result(
        "closed", reason="12-25..12-26"
    )


@pytest.mark.parametrize("said", ["open", "closed"])
def test_what_an_operator_says_beats_every_rule(said: str) -> None:
    async def look(call: Call) -> Result:
        return await schedule(
            call, open=OFFICE, zone=BERLIN, closed=(Days.parse("12-25"),), name="office"
        )

    phone = Driver(look)
    phone.take(Offered("alice", "100", overrides={"office": said, "other": "open"}))
    phone.take(Answered())
    assert phone.result == Result(said, reason="override")
    assert phone.noted("schedule") == ["override"]


@pytest.mark.parametrize("overrides", [{"other": "open"}, {"": "open"}, {"office": ""}])
def test_nothing_else_does(overrides: dict[str, str]) -> None:
    async def look(call: Call) -> Result:
        name = "" if "" in overrides else "office"
        return await schedule(call, open=OFFICE, zone=BERLIN, name=name)

    phone = Driver(look)
    phone.take(Offered("alice", "100", overrides=overrides))  # in 1970, at 01:00
    phone.take(Answered())
    assert phone.result == Result("closed", reason="outside the hours")


def test_every_schedule_has_its_own_zone() -> None:
    moment = "2026-11-02T16:45"  # 17:45 in Berlin, 16:45 in London
    assert decided(moment, OFFICE).outcome == "closed"
    assert decided(moment, OFFICE, ZoneInfo("Europe/London")).outcome == "open"
    assert decided("2026-11-02T07:30", OFFICE, ZoneInfo("Asia/Kolkata")).outcome == "open"


@pytest.mark.parametrize(
    ("utc", "outcome"),
    [
        ("2026-03-29T00:30", "closed"),  # 01:30
        ("2026-03-29T00:59:59", "closed"),
        ("2026-03-29T01:00", "open"),  # 03:00: the hour from 2 to 3 does not exist
        ("2026-03-29T01:59:59", "open"),
        ("2026-03-29T02:00", "closed"),  # 04:00
    ],
)
def test_a_span_in_the_hour_skipped_in_spring_is_shorter(utc: str, outcome: str) -> None:
    assert decided(utc, Hours.parse("Sun 02:00-04:00")).outcome == outcome


@pytest.mark.parametrize(
    ("utc", "outcome"),
    [
        ("2026-10-24T23:59:59", "closed"),  # 01:59:59
        ("2026-10-25T00:00", "open"),  # 02:00, summer time
        ("2026-10-25T01:00", "open"),  # 02:00 again, winter time
        ("2026-10-25T01:59:59", "open"),
        ("2026-10-25T02:00", "closed"),  # 03:00
    ],
)
def test_a_span_in_the_hour_repeated_in_autumn_is_longer(utc: str, outcome: str) -> None:
    assert decided(utc, Hours.parse("Sun 02:00-03:00")).outcome == outcome


@pytest.mark.parametrize(
    ("utc", "outcome"),
    [
        ("2026-03-28T21:30", "open"),  # Saturday 22:30
        ("2026-03-29T01:30", "open"),  # Sunday 03:30, four hours later
        ("2026-03-29T02:00", "closed"),  # 04:00
        ("2026-10-25T02:30", "open"),  # Sunday 03:30
        ("2026-10-25T03:00", "closed"),  # 04:00
    ],
)
def test_a_night_shift_over_the_change_of_the_clocks_ends_when_the_clock_says(
    utc: str, outcome: str
) -> None:
    assert decided(utc, Hours.parse("Sat 22:00-04:00")).outcome == outcome


def test_the_time_of_day_goes_on_during_the_call() -> None:
    results: list[str] = []

    async def look(call: Call) -> Result:
        results.append((await schedule(call, open=OFFICE, zone=BERLIN)).outcome)
        return Result()

    phone = Driver(look, lambda call: pause(call, 120), look)
    phone.start(wall=datetime(2026, 11, 2, 16, 29, tzinfo=UTC).timestamp())
    phone.wait(120)
    assert results == ["open", "closed"]


@pytest.mark.parametrize(
    ("other", "overlap"),
    [
        ("08:00-09:00", False),
        ("08:00-09:01", True),
        ("12:00-13:00", False),
        ("11:59-13:00", True),
        ("10:00-11:00", True),
        ("08:00-02:00", True),
        ("22:00-10:00", False),
    ],
)
def test_spans_of_one_day_may_overlap(other: str, overlap: bool) -> None:
    assert Times.parse("09:00-12:00").overlaps(Times.parse(other)) is overlap
    assert Times.parse(other).overlaps(Times.parse("09:00-12:00")) is overlap
