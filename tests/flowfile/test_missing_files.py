"""A file that is named and cannot be there is missing like any other."""

import os
from pathlib import Path

import pytest

from ivr.engine.errors import LoadError
from ivr.testing.scenario import load_scenarios

from .reading import all_faults, faults, python_faults, state

LONG = "x" * 300  # no file system takes such a name
HEAD = "ivr: 1\nflow: f\nstart: a\n{}\nstates: {{a: {{do: hang_up}}}}\n"
NAMED = {
    "include": HEAD.format(f"include: {LONG}.yaml"),
    "verbs": HEAD.format(f"verbs: {LONG}.py"),
    "a flow": state(f"do: [answer, {{call_flow: {LONG}.yaml}}]"),
    "a flow of the library": state(f"do: [answer, {{call_flow: library/{LONG}}}]"),
    "a sound": state(f"do: {{say: {{file: {LONG}.wav}}}}\nthen: end"),
    "pairs": state(f"do: {{find_name: {{spelled: '2', among: {LONG}.yaml}}}}"),
    "a calendar": state(f"do: {{schedule: {{open: Mon 09:00-10:00, calendar: {LONG}.ics}}}}"),
}


@pytest.mark.parametrize("folder", ["", f"{LONG}/"])
@pytest.mark.parametrize("text", NAMED.values(), ids=NAMED)
def test_a_name_that_is_too_long(tmp_path: Path, text: str, folder: str) -> None:
    [wrong] = faults(tmp_path, text.replace(LONG, folder + LONG))
    assert LONG[:30] in wrong


def test_in_python(tmp_path: Path) -> None:
    [wrong] = python_faults(
        tmp_path,
        f"""
        @flow.state(done=END)
        async def a(call):
            return (await say(call, ivr.File("{LONG}.wav"))).outcome
        """,
    )
    assert "no such file" in wrong


def test_in_a_scenario(tmp_path: Path) -> None:
    story = tmp_path / "f.test.yaml"
    story.write_text(f"ivr: 1\nflow: {LONG}.yaml\nscenarios: {{a: {{steps: [is_over]}}}}\n")
    with pytest.raises(LoadError, match="no flow"):
        load_scenarios(story)


@pytest.mark.parametrize("name", ["f.yaml", "f.py"])
def test_a_fifo_keeps_nobody_waiting(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    [wrong] = all_faults(tmp_path, name)
    assert wrong == f"{name}: cannot be read: not a regular file"


def test_a_calendar_that_is_a_fifo(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "c.ics")
    text = state("do: {schedule: {open: Mon 09:00-10:00, calendar: c.ics}}")
    [wrong] = faults(tmp_path, text)
    assert wrong.endswith("c.ics: not a regular file")
