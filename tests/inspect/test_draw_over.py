"""ivr draw --calls, ivr draw --cov."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from ivr.inspect.draw import Covered, Picture, Traffic, Trip, picture_of
from ivr.inspect.draw.picture import Box, Line
from ivr.records import HOST
from tests.commands import Ivr, command_line
from tests.store.house import SALES, House, voicemail

from .menu import loaded, written

OFFICE = """
ivr: 1
flow: office
start: menu
states:
  menu:
    do: [answer, {ask: {prompts: {text: Hello}, choices: {sales: 1, message: 2}}}]
    then: {sales: end, message: voicemail, no_input: voicemail, no_match: end}
  voicemail:
    do: record
    then: {recorded: end, too_short: end, failed: end}
"""


@pytest.fixture
def ivr(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ivr:
    monkeypatch.chdir(tmp_path)
    return command_line(capsys, monkeypatch)


def line(drawn: Picture, source: str, target: str) -> Line:
    (found,) = (each for each in drawn.lines if (each.source, each.target) == (source, target))
    return found


def box(drawn: Picture, name: str) -> Box:
    return next(each for group in drawn.groups for each in group.boxes if each.name == name)


def driven(folder: Path, trips: Sequence[Trip]) -> Picture:
    flow = loaded(folder)
    return picture_of(flow, over=Traffic(flow, trips))


def test_calls_are_counted_where_they_went(tmp_path: Path) -> None:
    drawn = driven(
        tmp_path,
        [
            Trip(("menu", "sales"), "sales", "flow", 60),
            Trip(("menu", "sales", "menu"), "menu", "caller", 20),
            Trip(("menu", "desk"), "desk", "caller", 20),
        ],
    )
    assert line(drawn, "menu", "sales").labels == ("1 sales", "80")
    assert line(drawn, "sales", "sales > end").labels == ("answered", "60")
    # It is drawn because there were calls, and all outcomes that lead there are one line.
    assert line(drawn, "sales", "menu").labels == ("busy", "failed", "error", "20")
    assert line(drawn, "menu", "sales").width > line(drawn, "sales", "menu").width > 1
    assert drawn.caption[0] == "100 calls; red: more than 10% of those who came hung up"


def test_where_callers_hang_up_is_seen(tmp_path: Path) -> None:
    drawn = driven(
        tmp_path,
        [
            Trip(("menu",), "menu", "caller", 30),
            Trip(("menu", "desk"), "desk", "caller", 70),
        ],
    )
    assert (box(drawn, "menu").tone, box(drawn, "menu").notes[-1]) == (
        "losing",
        "100 came, 30 hung up (30%)",
    )
    assert box(drawn, "desk").tone == "many"  # whoever has talked hangs up
    assert box(drawn, "sales").notes[-1] == "nobody came"


def test_calls_of_flows_that_are_called_are_theirs(tmp_path: Path) -> None:
    drawn = driven(
        tmp_path,
        [
            Trip(("menu", "sure", "yes_no.ask", "menu", "sure", "yes_no.ask"), "sure", "flow", 3),
            Trip(("menu", "sure", "yes_no.ask"), "yes_no.ask", "caller", 1),
        ],
    )
    assert line(drawn, "sure", "menu").labels == ("no", "3")
    assert line(drawn, "sure", "sure > end").labels[-1] == "3"
    assert box(drawn, "yes_no.ask").notes[-1] == "7 came, 1 hung up (14%)"


def test_calls_through_states_of_other_versions_are_told(tmp_path: Path) -> None:
    drawn = driven(tmp_path, [Trip(("menu", "fax"), "fax", "flow", 2), Trip((), "", "caller", 1)])
    assert "2 calls went through states that are not here" in drawn.caption
    assert drawn.caption[0].startswith("3 calls;")


def test_calls_come_out_of_the_database(ivr: Ivr, tmp_path: Path) -> None:
    (tmp_path / "ivr.yaml").write_text("routes: {'*': office.yaml}\n")
    written(tmp_path, OFFICE, "office.yaml")
    house = House(tmp_path / "var", host=HOST)
    house.call("20251122-120000-a", SALES)
    house.message("20251122-120000-b")
    house.call("20251122-120000-b", voicemail("20251122-120000-b-1.wav"))
    house.keeper().turn()
    said = ivr("draw", "office.yaml", "--calls", "2025-11-22")
    assert (said.code, said.err) == (0, "")
    assert "2 message<br/>no_input<br/>1" in said.out
    assert "2 came" in said.out and "%% 2 calls;" in said.out
    assert "%% 0 calls;" in ivr("draw", "office.yaml", "--calls", "2025-11-23").out
    said = ivr("draw", "office.yaml", "--calls", "soon")
    assert said.code == 2 and "--calls 'soon': expected 90m, 12h" in said.err


def coverage(version: str) -> list[dict[str, object]]:
    return [
        {"flow": "other", "version": "1", "states": {}, "edges": []},
        {
            "flow": "menu",
            "version": version,
            "states": {"menu": 3, "sales": 0, "sure": 1, "desk": 1, "yes_no.ask": 1},
            "edges": [
                ["menu", "sales", "sales", 0],
                ["menu", "no_match", "desk", 2],
                ["menu", "no_input", "menu", 0],
                ["sure", "yes", "end", 1],
                ["yes_no.ask", "yes", "yes", 1],
            ],
        },
    ]


def test_what_stories_have_met_and_missed_is_seen(tmp_path: Path) -> None:
    flow, file = loaded(tmp_path), tmp_path / "cov.json"
    file.write_text(json.dumps(coverage(flow.version)))
    drawn = picture_of(flow, over=Covered.read(file, flow))
    assert [box(drawn, name).tone for name in ("menu", "sales", "yes_no.ask")] == [
        *("met", "missed", "met")
    ]
    assert (line(drawn, "menu", "sales").tone, line(drawn, "menu", "desk").tone) == (
        *("missed", "met"),
    )
    assert line(drawn, "menu", "menu").tone == "missed"  # of those that callers seldom go, too
    assert line(drawn, "menu", "desk").labels == ("no_match (2)",)
    assert line(drawn, "sure", "sure > end").tone == "met"
    assert line(drawn, "yes_no.ask", "yes_no.yes").tone == "met"
    assert drawn.caption[0] == "red: where no story goes, 1 state and 2 ways"


def test_the_coverage_of_another_version_is_told(tmp_path: Path) -> None:
    flow, file = loaded(tmp_path), tmp_path / "cov.json"
    file.write_text(json.dumps(coverage("000000000000")))
    told = Covered.read(file, flow).caption
    assert told[1] == "this is the coverage of another version of the flow"


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"flow": "menu"}]', "[]"])
def test_what_is_no_coverage_is_refused(ivr: Ivr, tmp_path: Path, text: str) -> None:
    written(tmp_path)
    (tmp_path / "cov.json").write_text(text)
    said = ivr("draw", "menu.yaml", "--cov", "cov.json")
    assert said.code == 2 and said.err.startswith("ivr: cov.json: ")


def test_one_thing_at_a_time_is_laid_over(ivr: Ivr, tmp_path: Path) -> None:
    written(tmp_path)
    said = ivr("draw", "menu.yaml", "--cov", "cov.json", "--calls", "7d")
    assert said.code == 2 and "leave one out" in said.err
