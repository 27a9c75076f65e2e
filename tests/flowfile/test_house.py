"""What ``ivr.yaml`` gives to flows, and the schedules that flows describe themselves."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ivr.engine.errors import LoadError
from ivr.engine.house import NO_HOUSE
from ivr.engine.schedule import Closure
from ivr.flowfile import load_flow, read_house
from ivr.flowfile.calendars import MOST, read_calendar

from .reading import PROMPTS

HOUSE = """\
language: de
zone: Europe/Berlin
routes: {"*": flows/menu.yaml}
schedules:
  shop: Mon-Fri 09:00-17:00, Sat 10:00-13:00
  office:
    open: [Mon-Fri 09:00-17:00]
    special: {12-24: 09:00-12:00, 12-31: [09:00-10:00, 11:00-12:00]}
    closed: 12-25..12-26
    holidays: DE-BY
    calendar: closures.ics
    zone: Europe/London
"""
CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:1
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20260710
DTEND;VALUE=DATE:20260712
SUMMARY:Works outing
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTAMP:20260101T000000Z
DTSTART:20260601T090000Z
DTEND:20260601T100000Z
RRULE:FREQ=WEEKLY;COUNT=3
SUMMARY:Team meeting
END:VEVENT
BEGIN:VEVENT
UID:3
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20260801
STATUS:CANCELLED
SUMMARY:Called off
END:VEVENT
BEGIN:VEVENT
UID:4
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:20260901
END:VEVENT
END:VCALENDAR
"""


def daily(events: int, since: str = "20260101") -> str:
    """A calendar with so many events of every day."""
    event = f"BEGIN:VEVENT\nUID:%d\nDTSTART;VALUE=DATE:{since}\nRRULE:FREQ=DAILY\nEND:VEVENT\n"
    every = "".join(event % number for number in range(events))
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n{every}END:VCALENDAR\n"


FLOW = """\
ivr: 1
flow: f
start: a
zone: Europe/Berlin
states:
  a:
    do:
      - schedule: {schedule}
    then: {open: end, closed: end}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ivr.yaml").write_text(HOUSE)
    (tmp_path / "closures.ics").write_text(CALENDAR.replace("\n", "\r\n"))
    return tmp_path


def write(folder: Path, schedule: str) -> Path:
    file = folder / "f.yaml"
    file.write_text(FLOW.replace("{schedule}", schedule))
    return file


def faults(file: Path, text: str) -> list[str]:
    file.write_text(text)
    with pytest.raises(LoadError) as caught:
        read_house(file)
    return [f"{fault.line}:{fault.column} {fault.message}" for fault in caught.value.faults]


def test_schedules_have_names(folder: Path) -> None:
    house = read_house(folder / "ivr.yaml")
    assert (house.language, house.zone) == ("de", ZoneInfo("Europe/Berlin"))
    shop, office = house.schedules["shop"], house.schedules["office"]
    assert [span.text for span in shop.open] == ["Mon-Fri 09:00-17:00", "Sat 10:00-13:00"]
    assert shop.zone is None and office.zone == ZoneInfo("Europe/London")
    assert office.decide(datetime(2026, 12, 31, 11, 30, tzinfo=UTC)) == (True, "12-31 11:00-12:00")
    assert office.decide(datetime(2026, 1, 6, 10, tzinfo=UTC)) == (False, "Heilige Drei Könige")
    assert office.decide(datetime(2026, 7, 10, 10, tzinfo=UTC)) == (False, "Works outing")


def test_without_settings_there_are_none(tmp_path: Path) -> None:
    assert read_house(tmp_path / "ivr.yaml") is NO_HOUSE
    (tmp_path / "ivr.yaml").write_text("# nothing yet\n")
    assert read_house(tmp_path / "ivr.yaml") == NO_HOUSE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("zone: Mars", ["1:7 unknown time zone 'Mars'; expected such as Europe/Berlin"]),
        ("schedules: [a]", ["1:12 expected schedules by name, found a list"]),
        (
            "schedules: {a: always}",
            ["1:16 a: 'always': expected days and times such as 'Mon-Fri 09:00-17:30'"],
        ),
        ("schedules: {a: {closed: 12-25}}", ["1:13 a: expected a schedule of ivr.yaml, or open"]),
        (
            "schedules: {a: {opn: Mon 09:00-10:00}}",
            ["1:17 unknown key 'opn'; did you mean 'open'?"],
        ),
        ("schedules: {a: {name: b}}", ["1:17 unknown key 'name'"]),
        (
            "schedules: {a: {open: Mon 09:00-10:00, special: {12-24: early}}}",
            ["1:50 special: 'early': expected times such as 09:00-12:00"],
        ),
        (
            "schedules: {a: {open: Mon 09:00-10:00, calendar: no.ics}}",
            ["1:50 calendar: cannot read the calendar"],
        ),
        (
            "schedules: {a: {open: Mon 09:00-10:00, holidays: XX}}",
            ["1:50 holidays: no country 'XX'; expected a code such as DE, or DE-BY"],
        ),
    ],
)
def test_what_is_wrong_has_its_place(tmp_path: Path, text: str, expected: list[str]) -> None:
    (found,) = faults(tmp_path / "ivr.yaml", text + "\n")
    assert found.startswith("".join(expected))


def test_a_flow_names_a_schedule(folder: Path) -> None:
    house = read_house(folder / "ivr.yaml")
    flow = load_flow(write(folder, "shop"), PROMPTS, house=house)
    assert flow.house is house and flow.zone == ZoneInfo("Europe/Berlin")
    assert load_flow(write(folder, "anything"), PROMPTS).house is NO_HOUSE


def test_a_flow_names_no_schedule_that_is_not_there(folder: Path) -> None:
    for house, hint in (
        (read_house(folder / "ivr.yaml"), "did you mean 'shop'?"),
        (NO_HOUSE, "it"),
    ):
        with pytest.raises(LoadError) as caught:
            load_flow(write(folder, "shopp"), PROMPTS, house=house)
        assert f"8:19: use: no schedule 'shopp' in ivr.yaml; {hint}" in str(caught.value)


def test_a_flow_may_be_told_which_schedule(folder: Path) -> None:
    house = read_house(folder / "ivr.yaml")
    assert load_flow(write(folder, '"{{ dialled }}"'), PROMPTS, house=house)
    with pytest.raises(LoadError, match="unexpected end of template"):
        load_flow(write(folder, '"{{ x"'), PROMPTS, house=house)


def test_a_flow_may_describe_its_own(folder: Path) -> None:
    rules = "{open: Mon 09:00-10:00, special: {12-24: closed}, calendar: closures.ics}"
    load_flow(write(folder, rules), PROMPTS)


def test_a_flow_with_an_unknown_zone_is_refused(folder: Path) -> None:
    file = write(folder, "shop")
    file.write_text(file.read_text().replace("Europe/Berlin", "Europe/Berlino"))
    with pytest.raises(LoadError, match="4:7: unknown time zone 'Europe/Berlino'; did you mean"):
        load_flow(file, PROMPTS)


def test_events_are_spelled_out(folder: Path) -> None:
    closures = read_calendar(folder / "closures.ics", date(2026, 1, 1))
    assert closures[3] == Closure(datetime(2026, 7, 10), datetime(2026, 7, 12), "Works outing")
    assert [c.begins for c in closures[:3]] == [
        datetime(2026, 6, day, 9, tzinfo=UTC) for day in (1, 8, 15)
    ]
    assert closures[4] == Closure(datetime(2026, 9, 1), datetime(2026, 9, 2), "closures.ics")
    assert len(closures) == 5


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("DAILY;UNTIL=20260604T235959Z", [1, 2, 3, 4]),
        ("WEEKLY;BYDAY=MO,TU;BYHOUR=9;COUNT=4", [1, 2, 8, 9]),
        ("DAILY;INTERVAL=30;COUNT=1\nRDATE:20260605T090000Z\nEXDATE:20260601T090000Z", [5]),
    ],
)
def test_ways_of_repeating(tmp_path: Path, rule: str, days: list[int]) -> None:
    (tmp_path / "x.ics").write_text(CALENDAR.replace("WEEKLY;COUNT=3", rule))
    closures = read_calendar(tmp_path / "x.ics", date(2026, 1, 1))
    meetings = [c.begins for c in closures if c.text == "Team meeting"]
    assert meetings == [datetime(2026, 6, day, 9, tzinfo=UTC) for day in days]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "is no iCalendar file that can be read"),
        ("nonsense", "is no iCalendar file that can be read"),
        (
            CALENDAR.replace("WEEKLY;COUNT=3", "SECONDLY"),
            "x.ics repeats 'Team meeting' SECONDLY; expected DAILY, WEEKLY, MONTHLY or YEARLY",
        ),
        (
            CALENDAR.replace("WEEKLY;COUNT=3", "DAILY;BYHOUR=1,2"),
            "repeats 'Team meeting' BYHOUR by BYHOUR; expected at most one event a day",
        ),
        (
            CALENDAR.replace("WEEKLY;COUNT=3", "DAILY;INTERVAL=0"),
            "with an INTERVAL below 1; expected 1 or more",
        ),
        (
            CALENDAR.replace("WEEKLY;COUNT=3", "DAILY;BYMONTH=2;BYMONTHDAY=30"),
            "on days that there are not; expected such as BYMONTH=2;BYMONTHDAY=28",
        ),
        (daily(200), f"more than {MOST} events; at most that are read"),
        (daily(1, "09990101"), f"more than {MOST} events; at most that are read"),
    ],
)
def test_a_calendar_that_cannot_be_read_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    file = tmp_path / "x.ics"
    file.write_text(text)
    with pytest.raises(ValueError, match=fault):
        read_calendar(file, date(2026, 1, 1))
