"""`ivr explore`, as one types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands import Ivr, command_line

GOOD = """
ivr: 1
flow: menu
start: menu
states:
  menu:
    do: [answer, {ask: {text: "Press 1", choices: {more: 1}}}]
    then: {more: menu, no_input: end, no_match: end}
"""


@pytest.fixture
def ivr(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ivr:
    monkeypatch.chdir(tmp_path)
    return command_line(capsys, monkeypatch)


def test_what_holds_is_told(ivr: Ivr, tmp_path: Path) -> None:
    (tmp_path / "menu.yaml").write_text(GOOD)
    said = ivr("explore", "menu.yaml")
    assert (said.code, said.err) == (0, "")
    assert "1 of 1 states" in said.out
    assert "holds    no step fails" in said.out
    assert "REFUTED" not in said.out
    assert not (tmp_path / "explored").exists()


def test_what_is_refuted_is_written_as_a_story_that_fails(ivr: Ivr, tmp_path: Path) -> None:
    (tmp_path / "menu.yaml").write_text(GOOD.replace("no_input: end", "no_input: menu2"))
    said = ivr("explore", "menu.yaml")
    assert said.code == 1
    assert "menu.yaml" in said.err  # there is no such state
    (tmp_path / "menu.yaml").write_text(GOOD.replace("no_input: end", "no_input: again") + AGAIN)
    said = ivr("explore", "menu.yaml")
    assert said.code == 1
    assert "1. menu.yaml:6:3: menu: without an answer the call goes round for ever" in said.out
    assert "as stories: ivr test explored/menu.test.yaml" in said.out
    told = ivr("test", "explored")
    assert told.code == 1
    assert "FAILED menu.yaml: 1. ends: menu" in told.out


AGAIN = "  again: {do: {say: pardon}, then: menu}\n"


def test_for_scripts(ivr: Ivr, tmp_path: Path) -> None:
    (tmp_path / "menu.yaml").write_text(GOOD.replace("no_input: end", "no_input: again") + AGAIN)
    said = ivr("explore", "menu.yaml", "--json", "--stories", "found")
    assert said.code == 1
    found = json.loads(said.out)["menu.yaml"]
    assert found["properties"]["errors"] == {"holds": True, "refuted": []}
    [refuted] = found["properties"]["ends"]["refuted"]
    assert (refuted["state"], refuted["line"]) == ("menu", 6)
    assert (tmp_path / "found/menu.test.yaml").is_file()


def test_what_was_not_followed_is_told(ivr: Ivr, tmp_path: Path) -> None:
    (tmp_path / "menu.yaml").write_text(GOOD)
    said = ivr("explore", "menu.yaml", "--places", "2")
    assert said.code == 1
    assert "more are with --places" in said.err
    assert "open     no step fails" in said.out


def test_stories_that_cannot_be_written_are_told(ivr: Ivr, tmp_path: Path) -> None:
    (tmp_path / "menu.yaml").write_text(GOOD.replace("no_input: end", "no_input: again") + AGAIN)
    said = ivr("explore", "menu.yaml", "--stories", "menu.yaml")
    assert (said.code, said.err) == (2, "ivr: menu.yaml: cannot be written: File exists\n")


FLAKY = """
from itertools import count
from ivr import END, Call, Choices, Flow, Text, answer, ask

flow = Flow("flaky", start="menu")
CALLS = count(1)


@flow.state(more=END, no_input=END, no_match=END)
async def menu(call: Call) -> str:
    await answer(call)
    {now_and_then}
    return (await ask(call, Text("One?"), choices=Choices({{"more": ["1"]}}))).outcome
"""


def test_a_call_that_goes_two_ways_is_told_and_is_no_story(ivr: Ivr, tmp_path: Path) -> None:
    (tmp_path / "flaky.py").write_text(FLAKY.format(now_and_then="assert next(CALLS) % 3"))
    said = ivr("explore", "flaky.py")
    assert said.code == 1
    assert "REFUTED  the same call goes the same way" in said.out
    assert "1. flaky.py:9:0: menu: the same call went two ways: it waited in menu" in said.out
    assert "open     no step fails" in said.out
    assert said.err.endswith("were not followed; the same call went two ways\n")
    assert not (tmp_path / "explored").exists()


INTERRUPTS = "if next(CALLS) == 3: raise KeyboardInterrupt"


def test_ctrl_c_tells_what_was_walked_so_far(ivr: Ivr, tmp_path: Path) -> None:
    (tmp_path / "flaky.py").write_text(FLAKY.format(now_and_then=INTERRUPTS))
    (tmp_path / "menu.yaml").write_text(GOOD)
    said = ivr("explore", "flaky.py", "menu.yaml")
    assert said.code == 130
    assert "flaky.py: 4 places, 3 moves, 1 of 1 states" in said.out
    assert "open     no step fails" in said.out
    assert "places were not followed; it was interrupted" in said.err
    assert said.err.endswith("menu.yaml: not explored; it was interrupted\n")
