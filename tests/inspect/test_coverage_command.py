"""ivr test --cov."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands import Ivr, command_line


@pytest.fixture
def ivr(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ivr:
    """Run a command in a new project."""
    monkeypatch.chdir(tmp_path)
    run = command_line(capsys, monkeypatch)
    assert run("new", "shop").code == 0
    monkeypatch.chdir(tmp_path / "shop")
    return run


def test_what_is_not_covered_and_how_much_is(ivr: Ivr) -> None:
    said = ivr("test", "--cov")
    assert said.code == 0 and said.err == ""
    assert said.out.splitlines()[3:] == [
        "3 passed, 0 failed",
        "flows/menu.yaml:16:7: prompt menu: no_match",
        "flows/menu.yaml:26:17: outcome menu: no_match",
        "flows/menu.yaml:38:18: outcome message: too_short",
        "flows/menu.yaml:39:15: outcome message: failed",
        "                 states  transitions  outcomes  prompts  languages  choices  all",
        "flows/menu.yaml  5/5     7/7          7/10      5/6      1/1        2/2      87 %",
        "all              5/5     7/7          7/10      5/6      1/1        2/2      87 %",
    ]
    assert "%" not in ivr("test").out


def test_less_than_should_be_is_a_failure(ivr: Ivr) -> None:
    assert ivr("test", "--cov-fail-under", "87").code == 0
    said = ivr("test", "--cov-fail-under", "90")
    assert said.code == 1
    assert said.err == "coverage is 87 %, less than 90 % (--cov-fail-under)\n"


def test_it_is_written_for_people_scripts_and_drawings(ivr: Ivr) -> None:
    assert ivr("test", "--cov-html", "cov.html", "--cov-json", "cov.json").code == 0
    assert "Stories cover 87 %" in Path("cov.html").read_text()
    [drawn] = json.loads(Path("cov.json").read_text())
    assert drawn["flow"] == "menu" and drawn["version"]
    assert drawn["states"]["hours"] == 1
    assert ["message", "failed", "goodbye", 0] in drawn["edges"]
    told = json.loads(ivr("test", "--cov", "--json").out)
    assert told["coverage"]["share"] == 0.871
    assert told["coverage"]["flows"] == [drawn]


def test_a_flow_without_stories_counts(ivr: Ivr) -> None:
    Path("flows/new.yaml").write_text(
        "ivr: 1\nflow: new\nstart: gone\nstates: {gone: {do: {reject: 410}}}\n"
    )
    Path("ivr.yaml").write_text("routes: {'100': flows/menu.yaml, '101': flows/new.yaml}\n")
    assert "flows/new.yaml:4:10: state gone" in ivr("test", "--cov").out
    assert "new.yaml" not in ivr("test", "--cov", "flows/menu.yaml").out
    Path("flows/new.yaml").write_text("ivr: 1\n")
    assert ivr("test", "--cov").code == 1


def test_a_flow_is_one_flow_wherever_its_stories_lie(ivr: Ivr) -> None:
    Path("stories").mkdir()
    Path("stories/away.test.yaml").write_text(
        "ivr: 1\nflow: ../flows/menu.yaml\nscenarios: {away: {steps: [hears: welcome, hangs_up]}}\n"
    )
    both = ivr("test", "flows", "stories", "--cov").out.splitlines()
    assert both[5:] == ivr("test", "flows", "--cov").out.splitlines()[4:]
    assert "87 %" in both[-1]


def test_a_link_to_a_flow_is_that_flow(ivr: Ivr) -> None:
    Path("others").symlink_to("flows")
    files = "flows/menu.test.yaml", "others/menu.test.yaml"
    assert len([line for line in ivr("test", *files, "--cov").out.splitlines() if "%" in line]) == 2


def test_a_flow_that_is_named_counts_without_stories(ivr: Ivr) -> None:
    Path("flows/bank.yaml").write_text(
        "ivr: 1\nflow: bank\nstart: gone\nstates: {gone: {do: {reject: 410}}}\n"
    )
    said = ivr("test", "flows/bank.yaml", "--cov", "--cov-fail-under", "1")
    assert said.code == 1 and "expected the file bank.test.yaml" in said.err
    assert "coverage is 0 %, less than 1 %" in said.err
    assert [line.split()[0::7] for line in said.out.splitlines()[-2:]] == [
        ["flows/bank.yaml", "0"],
        ["all", "0"],
    ]
    Path("flows/bank.yaml").write_text("ivr: 1\n")
    assert "the flow lacks states" in ivr("test", "flows/bank.yaml", "--cov").err


def test_where_there_is_nothing_nothing_is_covered(ivr: Ivr) -> None:
    said = ivr("test", "no.test.yaml", "--cov", "--json")
    assert json.loads(said.out)["coverage"]["share"] == 0
    said = ivr("test", "no.test.yaml", "--cov-fail-under", "1")
    assert said.out.splitlines()[-1].split() == ["all", *"------", "0", "%"] and said.code == 1


def test_what_cannot_be_done(ivr: Ivr) -> None:
    said = ivr("test", "--cov", "--sip", "127.0.0.1:5060")
    assert said.code == 2 and "leave one out" in said.err
    said = ivr("test", "--cov-html", "no/such/cov.html")
    assert said.code == 2
    assert said.err == "ivr: no/such/cov.html: cannot be written: No such file or directory\n"
