"""`ivr check` as a user meets it: warnings, what is allowed, and what other programs read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ivr.inspect.sarif import sarif
from tests.commands import Ivr, command_line

FLOW = """\
ivr: 1
flow: hours
start: hours
states:
  hours:
    # ivr: {comment}
    do: [answer, {{schedule: {{open: "Mon-Sun 0:00-{closes}"}}}}]
    then: {{open: {target}, closed: end}}
"""


@pytest.fixture
def ivr(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Ivr:
    monkeypatch.chdir(tmp_path)
    return command_line(capsys, monkeypatch)


def write(comment: str = "nothing", closes: str = "23:59", target: str = "end") -> None:
    text = FLOW.format(comment=comment, closes=closes, target=target)
    Path("a.yaml").write_text(text, encoding="utf-8")


def test_a_warning_keeps_nothing_from_being_used(ivr: Ivr) -> None:
    write()
    said = ivr("check", "a.yaml")
    assert said.code == 0 and said.out.startswith("a.yaml: ok, 1 state")
    assert said.err.startswith("warning: a.yaml:7:19: open: 'Mon-Sun 0:00-23:59' is closed for")
    assert ivr("check", "a.yaml", "--strict").code == 1


@pytest.mark.parametrize("colours", [True, False])
def test_colours_are_for_terminals(
    ivr: Ivr, monkeypatch: pytest.MonkeyPatch, colours: bool
) -> None:
    monkeypatch.setenv("FORCE_COLOR" if colours else "NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    write()
    assert ("\x1b[1;33mwarning: " in ivr("check", "a.yaml").err) == colours


def test_json_has_the_level_and_where_more_is_said(ivr: Ivr) -> None:
    write()
    (warning,) = json.loads(ivr("check", "a.yaml", "--json").out)["warnings"]
    assert warning["level"] == "warning" and warning["url"] == "docs/errors.md#gap-in-hours"
    write(target="nowhere")
    (fault,) = json.loads(ivr("check", "a.yaml", "--json").out)["faults"]
    assert fault["level"] == "error" and fault["url"] == "docs/errors.md#unknown-state"


def test_what_is_allowed_for_a_reason_is_not_told(ivr: Ivr) -> None:
    write("allow gap-in-hours because the machine restarts at midnight")
    assert ivr("check", "a.yaml", "--strict") == (0, ivr("check", "a.yaml").out, "")


@pytest.mark.parametrize(
    ("comment", "closes", "said"),
    [
        ("allow gap-in-hours", "23:59", "a.yaml:6:5: no reason is given; expected such as: # ivr:"),
        ("allow", "24:00", "a.yaml:6:5: nothing is named that is allowed; expected such as: #"),
        ("allow gap-in-hours because no", "24:00", "nothing in line 7 is gap-in-hours; remove"),
        ("allow gap-in-hour because no", "24:00", "no code 'gap-in-hour'; did you mean 'gap-in-"),
        ("allow tab because no", "24:00", "tab is an error, and errors cannot be allowed; mend it"),
    ],
)
def test_comments_that_allow_nothing_are_told(
    ivr: Ivr, comment: str, closes: str, said: str
) -> None:
    write(comment, closes)
    told, *_ = ivr("check", "a.yaml").err.splitlines()
    assert said in told


def test_what_nobody_has_looked_at_may_be_allowed(ivr: Ivr) -> None:
    """How long a prompt is cannot be told without settings."""
    write("allow long-question because the law wants it", "24:00")
    assert ivr("check", "a.yaml").err == ""


def test_a_schedule_of_the_settings_is_looked_at_where_it_is_used(ivr: Ivr) -> None:
    Path("prompts").mkdir()
    Path("ivr.yaml").write_text(
        'routes: {"*": a.yaml}\nschedules: {office: {open: "Mon-Fri 08:00-23:59"}}\n'
    )
    write(target="end")
    Path("a.yaml").write_text(
        Path("a.yaml").read_text().replace('{open: "Mon-Sun 0:00-23:59"}', "office")
    )
    told, *_ = ivr("check").err.splitlines()
    assert told.startswith("warning: a.yaml:7:19: the schedule 'office' of ivr.yaml: open: 'Mon-")


def test_an_error_cannot_be_allowed(ivr: Ivr) -> None:
    write("allow unknown-state because no", "24:00", "nowhere")
    said = ivr("check", "a.yaml")
    assert said.code == 1 and "[unknown-state]" in said.err


def test_flows_in_python_are_allowed_in_the_same_way(ivr: Ivr) -> None:
    head = 'import ivr\n\nflow = ivr.Flow("a", start="a")\n\n\n@flow.state(done="end")\n'
    body = (
        "async def a(call: ivr.Call) -> str:\n    await ivr.answer(call)\n"
        '    await ivr.record(call){comment}\n    return "done"\n'
    )
    Path("a.py").write_text(head + body.format(comment=""))
    assert "warning: a.py:9:5: record may end with failed" in ivr("check", "a.py").err
    allowed = "  # ivr: allow ignored-outcome because it is only a test of the line"
    Path("a.py").write_text(head + body.format(comment=allowed))
    assert ivr("check", "a.py").err == ""


def test_code_hosts_read_sarif(ivr: Ivr) -> None:
    write()
    said = ivr("check", "a.yaml", "--sarif")
    document = json.loads(said.out)
    assert said.err == "" and document["version"] == "2.1.0"
    (run,) = document["runs"]
    (result,) = run["results"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert (result["ruleId"], result["level"]) == ("gap-in-hours", "warning")
    (location,) = result["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "a.yaml"},
        "region": {"startLine": 7, "startColumn": 19},
    }


def test_a_fault_of_a_whole_file_has_no_region(ivr: Ivr, tmp_path: Path) -> None:
    for name, uri in (
        ("a b.yaml", "a%20b.yaml"),
        (str(tmp_path / "b.yaml"), f"file://{tmp_path}/b.yaml"),
    ):
        said = ivr("check", name, "--sarif")
        (result,) = json.loads(said.out)["runs"][0]["results"]
        assert result["level"] == "error" and said.code == 1
        assert result["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": uri}}}]


def test_every_rule_of_sarif_says_what_to_do() -> None:
    rules = sarif([], "1")["runs"][0]["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert all(rule["help"]["text"] and rule["shortDescription"]["text"] for rule in rules)


def test_a_long_value_goes_before_what_was_expected_instead(ivr: Ivr) -> None:
    write()
    text = Path("a.yaml").read_text(encoding="utf-8").replace("answer", f"{{pause: {'5' * 5000}}}")
    Path("a.yaml").write_text(text, encoding="utf-8")
    said = ivr("check", "a.yaml").err
    assert f"'{'5' * 40}…' is no time; expected such as 5, 0.5 s, 300 ms, 2 min" in said


def test_prompts_that_cannot_be_read_are_no_missing_settings(ivr: Ivr) -> None:
    write()
    Path("ivr.yaml").write_text('routes: {"*": a.yaml}\n', encoding="utf-8")
    Path("prompts").mkdir()
    Path("prompts/en.yaml").write_bytes(b"menu: \xff\n")
    said = ivr("check")
    assert said.code == 1 and "prompts/en.yaml" in said.err
    assert "prompts were not checked: they cannot be read" in said.out
