"""Simulated calls that we make."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.engine.acceptance import STATE
from ivr.engine.errors import LoadError
from ivr.testing import SimulatedCall, StoryError
from ivr.testing.scenario import load_scenarios
from tests.flowfile.reading import without_code

from . import samples


def calling(accept: str = "") -> SimulatedCall:
    return SimulatedCall(samples.menu, direction="out", accept=accept, dialled="601")


def test_the_flow_begins_with_the_answer() -> None:
    call = calling().waits(7)
    assert call.path == []
    call.is_answered().hears("welcome").is_asked("menu").presses("2")
    assert call.path == ["greet", "choose", "desk"]
    assert "is called at 601 by +15550100" in call.transcript
    assert call.journal[0]["direction"] == "out"


@pytest.mark.parametrize(("code", "by"), [(486, "far_end"), (603, "far_end"), (487, "no_answer")])
def test_nobody_answers(code: int, by: str) -> None:
    call = calling("1").waits(20).is_not_answered(code).is_over(by)  # type: ignore[arg-type]
    assert call.path == [] and call.ended_by == by
    assert f"does not answer: {code}" in call.transcript


def test_who_answers_takes_it_with_a_key() -> None:
    call = calling("5").is_answered().is_asked("To take it, press 5").presses("5")
    call.hears("welcome").goes_through(STATE, "greet")


def test_a_mailbox_hears_nothing_of_the_flow() -> None:
    call = calling("1").is_answered().waits(30).is_over("flow")
    assert call.path == [STATE]
    assert ("not_accepted", "no_input") in call.notes


@pytest.mark.parametrize(
    ("tell", "wrong"),
    [
        (lambda: calling().hears("welcome"), "to hear welcome; nobody has answered yet: is_ans"),
        (lambda: calling().presses("1"), "to press 1; nobody has answered yet"),
        (lambda: calling().hangs_up(), "to hang up; nobody has answered yet"),
        (lambda: calling().is_over(), "the call to be over; nobody has answered yet"),
        (lambda: calling().is_answered().is_answered(), "to be answered; this is no call out that"),
        (lambda: SimulatedCall(samples.menu).is_not_answered(), "to be refused with 486; this is"),
    ],
)
def test_what_cannot_come_true(tell: Callable[[], object], wrong: str) -> None:
    with pytest.raises(StoryError, match=wrong):
        tell()


def test_only_calls_out_are_accepted() -> None:
    with pytest.raises(ValueError, match="expected direction out"):
        SimulatedCall(samples.menu, accept="1")


STORY = """
ivr: 1
flow: survey.yaml
scenarios:
  somebody:
    direction: out
    accept: 1
    steps: [is_answered, is_asked: {text: press 1}, presses: 1, {hears: question}, is_over: flow]
  nobody:
    direction: out
    steps: [is_not_answered: 603, is_over: far_end]
"""
SURVEY = "ivr: 1\nflow: survey\nstart: a\nstates: {a: {do: [answer, {say: question}, hang_up]}}\n"


def test_stories_of_calls_out(tmp_path: Path) -> None:
    (tmp_path / "survey.yaml").write_text(SURVEY)
    path = tmp_path / "survey.test.yaml"
    path.write_text(STORY)
    results = load_scenarios(path).run()
    assert [r.report() for r in results if not r.passed] == [] and len(results) == 2
    path.write_text(STORY.replace("direction: out", "direction: up", 1).replace("603", "9"))
    with pytest.raises(LoadError) as caught:
        load_scenarios(path)
    assert [
        without_code(fault).rpartition(f"{path.name}:")[2] for fault in caught.value.faults
    ] == [
        "6:16: direction: unknown value 'up'; expected one of in, out",
        "7:5: accept is for calls out; expected direction: out",
        "11:30: code: 9 is out of range; expected 100 to 699",
    ]
