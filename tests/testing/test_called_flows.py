"""Stories of flows that others call, and of mailboxes."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.engine.errors import LoadError
from ivr.flowfile import load_flow
from ivr.testing import SimulatedCall, StoryError
from ivr.testing.scenario import load_scenarios
from tests.flowfile.reading import without_code

CALLED = """\
ivr: 1
flow: number
start: ask
arguments:
  question: prompts
  box: {type: text, default: "601"}
outcomes: [done, gave_up]
returns: {number: typed}
states:
  ask:
    do: {collect: {argument: question, into: typed, max: 4, attempts: 1}}
    then: {done: look, no_input: gave_up, no_match: gave_up}
  look:
    do: {mailbox: {box: "{{ box }}", into: {file: message.file}}}
    then: {found: done, none: done, failed: gave_up, timeout: gave_up}
"""
PLAIN = "ivr: 1\nflow: f\nstart: a\nstates:\n  a: {do: [answer, hang_up]}\n"
STORY = """\
ivr: 1
scenarios:
  one:
    arguments: {question: {text: Your number}}
    mailboxes: {"601": [{caller: alice, at: 2025-03-03 09:00, urgent: yes}, {heard: yes}]}
    steps:
      - is_asked: {text: Your number}
      - presses: "1234"
      - goes_through: [caller, number.ask]
      - ends_with: done
      - has: {number: "1234"}
      - has_in_mailbox: {box: 601, new: 1, old: 1}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "number.yaml").write_text(CALLED)
    (tmp_path / "plain.yaml").write_text(PLAIN)
    return tmp_path


def told(folder: Path, story: str, flow: str = "number") -> str:
    """What is said of the first story that does not come true; empty: they all do."""
    path = folder / f"{flow}.test.yaml"
    path.write_text(story)
    results = load_scenarios(path).run()
    return next((result.sentence for result in results if not result.passed), "")


def faults(folder: Path, story: str, flow: str = "number") -> list[str]:
    with pytest.raises(LoadError) as error:
        told(folder, story, flow)
    prefix = f"{folder}/{flow}.test.yaml:"
    return [without_code(fault).removeprefix(prefix) for fault in error.value.faults]


def test_a_flow_is_called_with_its_arguments(folder: Path) -> None:
    assert told(folder, STORY) == ""


@pytest.mark.parametrize(
    ("step", "wrong"),
    [
        ("ends_with: done", "expected to end with gave_up; it is done"),
        ("has_in_mailbox: {box: 601, new: 1, old: 1}",
         "expected 2 new messages and 0 old ones in mailbox 601; it is 1 and 1"),
    ],
)  # fmt: skip
def test_a_story_that_does_not_come_true_says_so(folder: Path, step: str, wrong: str) -> None:
    other = {
        "ends_with": "ends_with: gave_up",
        "has_in_mailbox": "has_in_mailbox: {box: 601, new: 2}",
    }
    assert told(folder, STORY.replace(step, other[step.partition(":")[0]])).startswith(wrong)


def test_an_outcome_that_is_none_and_a_call_that_ends_in_the_flow(folder: Path) -> None:
    assert "the flow has no such outcome" in told(folder, STORY.replace("with: done", "with: yes"))
    hung_up = STORY.replace('presses: "1234"', "hangs_up")
    assert "it is without one" in told(folder, hung_up.replace("      - goes", "      #- goes"))


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("question: {text: Your number}", "",
         "4:5: number needs question: an argument without a default"),
        ("question: {text: Your number}", "question: x, txt: y",
         "4:5: number: no variable 'txt' is declared; declared: question, box"),
        ("urgent: yes", "urgent: perhaps", "5:71: mailboxes: 'perhaps' is neither yes nor no"),
        ("urgent: yes", "urgnt: yes", "5:63: unknown key 'urgnt'; did you mean 'urgent'?"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(folder: Path, old: str, new: str, wrong: str) -> None:
    assert faults(folder, STORY.replace(old, new)) == [wrong]


def test_a_flow_that_nobody_calls_takes_no_arguments(folder: Path) -> None:
    story = "ivr: 1\nscenarios:\n  one: {arguments: {x: 1}, steps: [is_over]}\n"
    assert faults(folder, story, "plain") == ["3:9: f: no variable 'x' is declared; declared: none"]


def test_in_python(folder: Path) -> None:
    flow = load_flow(folder / "number.yaml")
    boxes = {"601": [{"file": "a.wav", "at": 5.0}]}
    call = SimulatedCall(flow, arguments={"question": "which"}, mailboxes=boxes)
    call.is_asked("which").presses("1234").ends_with("done").has_in_mailbox("601", new=1)
    assert [letter.file for letter in call.mailboxes["601"]] == ["a.wav"]
    with pytest.raises(ValueError, match="number needs question"):
        SimulatedCall(flow)
    with pytest.raises(StoryError, match="no such outcome"):
        call.ends_with("yes")
