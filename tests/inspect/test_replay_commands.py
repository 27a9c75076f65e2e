"""ivr calls to-test, ivr replay."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ivr.flowfile import load_flow
from tests.commands import Ivr, command_line

from .test_replay import MENU, journal_of, to_sales, to_support

DAY = 1_795_132_800.0  # 2026-11-20 00:00 UTC


@pytest.fixture
def ivr(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ivr:
    """In a project with two calls."""
    (tmp_path / "ivr.yaml").write_text("routes: {'*': menu.yaml}\n")
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts/en.yaml").write_text("sorry: We are sorry.\n")
    (tmp_path / "menu.yaml").write_text(MENU)
    flow = load_flow(tmp_path / "menu.yaml")
    for number, call in enumerate((to_sales(flow), to_support(flow)), 1):
        lines = journal_of(call, f"20261120-{number}")
        lines[0]["wall"] = lines[1]["wall"] = DAY
        file = tmp_path / f"var/calls/2026-11-20/20261120-{number}.jsonl"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    monkeypatch.chdir(tmp_path)
    return command_line(capsys, monkeypatch)


def test_a_call_is_written_down_and_its_story_passes(ivr: Ivr) -> None:
    said = ivr("calls", "to-test", "20261120-2", "busy.test.yaml")
    assert (said.code, said.err) == (0, "")
    text = Path("busy.test.yaml").read_text()
    assert "flow: menu.yaml" in text or 'flow: "menu.yaml"' in text
    assert "+15550100" not in text
    assert ivr("test", "busy.test.yaml").code == 0
    assert ivr("calls", "to-test", "20261120-2").out.endswith(text.partition("scenarios:")[2])
    again = ivr("calls", "to-test", "20261120-2", "busy.test.yaml")
    assert again.code == 2 and "File exists" in again.err


def test_a_story_of_a_flow_that_has_changed_is_told_to_be_so(ivr: Ivr) -> None:
    Path("menu.yaml").write_text(MENU.replace("Goodbye.", "Good day."))
    said = ivr("calls", "to-test", "20261120-2", "busy.test.yaml")
    assert said.code == 0 and "menu.yaml has changed since the call" in said.err
    Path("menu.yaml").write_text(MENU.replace("busy: bye", "busy: menu"))
    said = ivr("calls", "to-test", "20261120-2")
    assert said.code == 2 and "it has changed since, from version" in said.err


@pytest.mark.parametrize(
    "words, why",
    [
        (["20261120-9"], "there are no records yet"),
        (["20261120-1", "call.yaml"], "expected the name of a story, such as call.test.yaml"),
    ],
)
def test_what_cannot_be_written_is_told(ivr: Ivr, words: list[str], why: str) -> None:
    said = ivr("calls", "to-test", *words)
    assert said.code == 2 and why in said.err


def test_calls_of_the_past_on_a_new_version(ivr: Ivr) -> None:
    Path("new.yaml").write_text(MENU.replace("sip:1@", "sip:7@"))
    said = ivr("replay", "--since", "2026-11-19", "--on", "new.yaml", "--html", "report.html")
    assert said.code == 1
    assert "1  go as they went" in said.out and "1  get somewhere else" in said.out
    assert "talks to sip:1@pbx.example  talks to sip:7@pbx.example" in said.out
    assert "20261120-1" in Path("report.html").read_text()
    found = json.loads(ivr("replay", "--since", "2026-11-19", "--on", "new.yaml", "--json").out)
    assert found["ends"][0]["examples"] == ["20261120-1"]
    assert ivr("replay", "--since", "2026-11-19", "--on", "menu.yaml").code == 0


@pytest.mark.parametrize(
    "words, why",
    [
        (["--since", "2026-11-21", "--on", "menu.yaml"], "no journals in var/calls"),
        (["--since", "soon", "--on", "menu.yaml"], "expected 90m, 12h, 7d"),
        (["--renamed", "menu", "--on", "menu.yaml"], "expected such as menu=main_menu"),
        (["--renamed", "menu=x", "--on", "menu.yaml"], "menu has no state 'x'"),
        (["--on", "other.yaml"], "other.yaml"),
    ],
)
def test_what_cannot_be_replayed_is_told(ivr: Ivr, words: list[str], why: str) -> None:
    given = words if "--since" in words else ["--since", "2026-11-19", *words]
    said = ivr("replay", *given)
    assert said.code in (1, 2) and why in said.err


def test_calls_of_another_flow_are_named(ivr: Ivr) -> None:
    Path("new.yaml").write_text(MENU.replace("flow: menu", "flow: new"))
    said = ivr("replay", "--since", "2026-11-19", "--on", "new.yaml")
    assert "no journal is of a call through new" in said.out
    assert (
        "2  go as they went"
        in ivr("replay", "--since", "2026-11-19", "--on", "new.yaml", "--flow", "menu").out
    )
