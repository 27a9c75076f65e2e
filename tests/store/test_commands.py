"""ivr calls, ivr erase."""

import json
from io import StringIO
from pathlib import Path

import pytest

from ivr.cli.calls import moment
from ivr.engine.errors import SettingsError
from ivr.engine.events import Answered
from ivr.records import HOST
from tests.commands import Ivr, command_line

from .house import BUSY, GONE, House, voicemail


@pytest.fixture
def house(tmp_path: Path) -> House:
    (tmp_path / "ivr.yaml").write_text("routes: {'*': menu.yaml}\n")
    return House(tmp_path / "var", host=HOST)


@pytest.fixture
def ivr(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, house: House) -> Ivr:
    monkeypatch.chdir(house.folder.parent)
    return command_line(capsys, monkeypatch)


@pytest.fixture
def busy(house: House) -> House:
    """A day with three calls."""
    house.message("20251122-120000-b", caller="bob")
    house.call("20251122-120000-a")
    house.call("20251122-120000-b", voicemail("20251122-120000-b-1.wav"), caller="bob")
    house.call("20251122-120000-c", GONE)
    house.keeper().turn()
    return house


def test_calls_are_listed_newest_first(ivr: Ivr, busy: House) -> None:
    head, *rows = ivr("calls").out.splitlines()
    assert head.split() == [
        *("id", "began", "caller", "dialled", "flow"),
        *("seconds", "state", "ended_by", "code"),
    ]
    assert [row.split()[0][-1] for row in rows] == ["c", "b", "a"]
    assert "2025-11-22 12:00:00" in rows[0]


@pytest.mark.parametrize(
    "options, found",
    [
        (["--caller", "bob"], "b"),
        (["--ended-by", "flow"], "a"),
        (["--flow", "office", "--limit", "2"], "cb"),
        (["--flow", "other"], ""),
        (["--since", "2025-11-22"], "cba"),
        (["--since", "2025-11-23"], ""),
        (["--since", "1m"], ""),
    ],
)
def test_calls_are_filtered(ivr: Ivr, busy: House, options: list[str], found: str) -> None:
    rows = json.loads(ivr("calls", "--json", *options).out)
    assert [row["id"][-1] for row in rows] == list(found)


def test_calls_out_are_told_from_those_that_came(ivr: Ivr, busy: House) -> None:
    busy.call("20251122-120000-z", BUSY, direction="out")
    busy.keeper().turn()
    head, first, second, *_ = ivr("calls").out.splitlines()
    place = head.split().index("direction") + 1  # a moment has two words
    assert (first.split()[place], second.split()[place]) == ("out", "in")
    rows = json.loads(ivr("calls", "--json", "--direction", "out").out)
    assert [row["id"][-1] for row in rows] == ["z"]
    assert "direction" not in ivr("calls", "--direction", "in").out
    assert ivr("calls", "--direction", "up").code == 2
    said = ivr("calls", "show", "20251122-120000-z").out
    assert "00:00.0  100 is called\n00:01.0  it rings (180)\n" in said
    assert "00:02.0  the call is over, by far_end 486 Busy Here" in said


def test_since_takes_a_time_ago_or_a_day() -> None:
    now = moment("2025-11-22T12:00:00")
    assert moment("90m", now) == moment("2025-11-22 10:30")
    assert moment("2w", now) == moment("2025-11-08T12:00+00:00")
    with pytest.raises(SettingsError, match="expected 90m, 12h, 7d, 4w or a day"):
        moment("yesterday")


def test_calls_that_wait_for_the_database_are_mentioned(ivr: Ivr, busy: House) -> None:
    busy.call("20251122-120000-d")
    assert "1 more calls are over" in ivr("calls").err


def test_one_call_is_told(ivr: Ivr, busy: House) -> None:
    said = ivr("calls", "show", "20251122-120000-b")
    facts = dict(line.split(maxsplit=1) for line in said.out.split("\n\n")[0].splitlines())
    assert facts["caller"] == "bob" and facts["path"] == "menu > voicemail"
    assert "\n00:00.0  bob calls 100\n" in said.out
    assert "\n00:01.0  hears menu\n00:02.0  presses 2\n" in said.out
    assert "recording ends (hang_up): 3.0 s kept as 20251122-120000-b-1.wav" in said.out
    row = json.loads(ivr("calls", "show", "20251122-120000-b", "--json").out)
    assert row["messages"][0]["seconds"] == 3.0 and row["journal"][0]["flow"] == "office"


def test_a_call_that_is_not_over_is_told_from_its_journal(ivr: Ivr, house: House) -> None:
    house.call("20251122-120000-d", [Answered()])
    assert "00:01.0  hears menu" in ivr("calls", "show", "20251122-120000-d").out


def test_a_caller_cannot_command_the_terminal(ivr: Ivr, house: House) -> None:
    house.call("20251122-120000-e", caller="\x1b[2Jalice")
    house.keeper().turn()
    for words in (("calls",), ("calls", "show", "20251122-120000-e")):
        said = ivr(*words)
        assert "\x1b" not in said.out and "?[2Jalice" in said.out


def test_why_a_call_went_where_it_went(ivr: Ivr, busy: House) -> None:
    assert ivr("calls", "why", "20251122-120000-b").out.splitlines() == [
        "00:00.0  [menu]",
        "00:02.0    barge_in: after 1.00 s",
        "00:02.0    typed 2: by its keys",
        "00:02.0    -> message",
        "00:02.0  [voicemail]",
        "00:03.0    recorded: 20251122-120000-b-1.wav 3.0 s, hang_up",
        "00:04.0  the call is over, by caller",
    ]


def test_a_message_is_fetched_and_overwrites_nothing(ivr: Ivr, busy: House) -> None:
    words = ("calls", "message", "20251122-120000-b", "it.wav")
    assert ivr(*words).code == 0
    assert Path("it.wav").read_bytes() == (busy.messages / "20251122-120000-b-1.wav").read_bytes()
    assert "File exists" in ivr(*words).err
    assert "has 1 messages, not 2" in ivr(*words, "--number", "2").err
    (busy.messages / "20251122-120000-b-1.wav").unlink()
    said = ivr("calls", "message", "20251122-120000-b", "other.wav")
    assert f"on host {HOST}, if it still is" in said.err


def test_a_call_that_is_unknown(ivr: Ivr, busy: House) -> None:
    for words in (("show", "x"), ("why", "x"), ("message", "x", "y.wav")):
        said = ivr("calls", *words)
        assert said.code == 2 and "there is no call 'x'" in said.err


def test_a_call_of_another_machine_has_its_journal_there(ivr: Ivr, busy: House) -> None:
    House(busy.folder.parent / "there", busy.url, "there").call("20251122-120000-t")
    House(busy.folder.parent / "there", busy.url, "there").keeper().turn()
    assert "that of host there has it" in ivr("calls", "show", "20251122-120000-t").out
    assert "that of host there has it" in ivr("calls", "why", "20251122-120000-t").err
    assert "host" in ivr("calls").out.splitlines()[0].split()


def test_without_records_there_is_nothing_to_list(ivr: Ivr) -> None:
    said = ivr("calls")
    assert said.code == 2 and "there are no records yet" in said.err


def test_a_database_that_is_away_is_said_to_be(
    ivr: Ivr, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_RECORDS__DATABASE", "postgresql://ivr:secret@127.0.0.1:27499/ivr")
    said = ivr("calls")
    assert said.code == 2 and "27499" in said.err and "refused" in said.err
    assert "secret" not in said.err


def test_a_file_that_is_no_database_is_told_with_what_to_do(ivr: Ivr, house: House) -> None:
    (house.folder / "calls.db").write_bytes(b"not a database, by far" * 100)
    said = ivr("calls")
    assert (
        "calls.db: file is not a database; move it away, and `ivr serve` makes another" in said.err
    )


def test_a_caller_is_erased_when_that_is_confirmed(
    ivr: Ivr, busy: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("n\n"))
    said = ivr("erase", "bob")
    assert said.code == 1 and "bob: 1 records, 1 journals, 1 recordings" in said.out
    assert len(busy.kept()) == 3
    said = ivr("erase", "bob", "--yes")
    assert said.code == 0
    assert "Deleted: 1 records, 1 journals, 1 recordings, 0 remembered values." in said.out
    assert len(busy.kept()) == 2
    busy.call("20251122-120000-d", [Answered()], caller="carol")
    said = ivr("erase", "carol", "--yes")
    assert said.code == 1 and "carol is in the line" in said.err
