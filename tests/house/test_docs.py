"""Every code block of the documentation works, as far as one machine can tell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml
from typer.core import TyperGroup
from typer.main import get_command

from ivr.cli.app import app
from ivr.config import load_settings
from ivr.engine.errors import LoadError
from ivr.engine.flow import Flow
from ivr.engine.verb import VERBS
from ivr.flowfile import load_flow
from ivr.speech.catalogue import read_catalogue
from ivr.testing.scenario import load_scenarios
from ivr.testing.steps import STEPS

from .blocks import ROOT, Block, blocks
from .states import are_python_states, indented, load_states

TUTORIAL = "docs/tutorial.md"
SAMPLE = ROOT / "flows" / "auto_attendant.yaml"
# What a part of a flow leaves to the flow that it stands in.
LEFT_OPEN = ("unknown state", "is never reached", "then is missing")
ERRORS = "docs/errors.md"  # each example of it is tested in tests/flowfile/test_codes.py
YAML = [block for block in blocks("yaml") if block.page != ERRORS]
PYTHON = [block for block in blocks("python") if block.page != ERRORS]


def of(*kinds: str) -> Sequence[Block]:
    return [block for block in YAML if block.kind in kinds]


def each(found: Sequence[Block]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("block", found, ids=lambda block: block.id)


@each(of("flow"))
def test_a_flow_loads(block: Block, tmp_path: Path) -> None:
    load(block.text, tmp_path)


@each(of("states", "verbs"))
def test_a_part_of_a_flow_loads(block: Block, tmp_path: Path) -> None:
    """In a flow that has the states it leads to, before the answer or behind it."""
    part = yaml.safe_load(block.text) if block.kind == "states" else None
    text = block.text
    if part is None:
        text = "part:\n  do:\n" + indented(block.text, 2) + "  then: {}\n"
    faults = [_faults_of_part(text, answered, tmp_path) for answered in (True, False)]
    assert [] in faults, faults[0]


@each(of("stories"))
def test_stories_come_true(block: Block, tmp_path: Path) -> None:
    """Of the flow on the same page, or of the sample that each project begins with."""
    own = [other for other in of("flow") if other.page == block.page]
    flow = own[-1].text if own else SAMPLE.read_text(encoding="utf-8")
    if block.page == TUTORIAL:  # which changes its flow on the way
        flow = (ROOT / "flows/samples/visitor_line.yaml").read_text(encoding="utf-8")
    (tmp_path / "flow.yaml").write_text(flow, encoding="utf-8")
    story = re.sub(r"^flow: .*", "flow: flow.yaml", block.text, flags=re.MULTILINE)
    if not block.text.startswith("ivr:"):
        story = "ivr: 1\n" + story
    path = tmp_path / "flow.test.yaml"
    path.write_text(story, encoding="utf-8")
    for result in load_scenarios(path).run():
        assert result.passed, result.report()


@each(of("steps"))
def test_steps_are_steps(block: Block, tmp_path: Path) -> None:
    (tmp_path / "flow.yaml").write_text(SAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    story = "ivr: 1\nscenarios:\n  one:\n    steps:\n" + indented(block.text, 6)
    path = tmp_path / "flow.test.yaml"
    path.write_text(story, encoding="utf-8")
    (scenario,) = load_scenarios(path).scenarios
    assert scenario.steps and {step.name for step in scenario.steps} <= set(STEPS)


@each(of("settings"))
def test_settings_are_settings(
    block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_RECORDS__WEBHOOK_SECRET", "not in the file, as the page says")
    text = block.text
    if "routes" not in block.keys:
        text += "\nroutes: {'*': flow.yaml}\n"
    path = tmp_path / "ivr.yaml"
    path.write_text(text.replace("...", "0123456789abcdef"), encoding="utf-8")
    assert load_settings(path)


@each(of("prompts"))
def test_prompts_are_prompts(block: Block, tmp_path: Path) -> None:
    (tmp_path / "en.yaml").write_text(block.text, encoding="utf-8")
    assert set(block.keys) <= set(read_catalogue(tmp_path, "en").names("en"))


@each(PYTHON)
def test_python_runs(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to the call that it makes, where it makes one: there is nobody to take it."""
    if are_python_states(block.text):
        assert load_states(tmp_path / "flow.py", block.text, answered=True)
        return
    names: dict[str, object] = {}
    monkeypatch.setattr("ivr.engine.verb.VERBS", dict(VERBS))  # a verb of the page is not ours
    code = compile(block.text, block.id, "exec")
    monkeypatch.chdir(tmp_path)
    try:
        exec(code, names)
    except LoadError as error:
        raise AssertionError(str(error)) from None
    except Exception as error:
        assert "dial(" in block.text, error
    for found in names.values():
        if isinstance(found, Flow):
            assert found.check()


@pytest.mark.parametrize(
    "block",
    [block for block in blocks("", "sh") if block.commands and block.page != "docs/decisions.md"],
    ids=lambda block: block.id,
)
def test_commands_exist(block: Block) -> None:
    """With these arguments and options."""
    for line in block.commands:
        name, (command, arguments) = "ivr", (get_command(app), shlex.split(line)[1:])
        while isinstance(command, TyperGroup) and arguments and arguments[0] in command.commands:
            name, *arguments = arguments
            command = command.commands[name]
        assert command.make_context(name, arguments), line


def load(text: str, folder: Path) -> Flow:
    path = folder / "flow.yaml"
    path.write_text(text, encoding="utf-8")
    return load_flow(path)


def _faults_of_part(states: str, answered: bool, folder: Path) -> list[str]:
    """What is wrong with *states* in a flow of theirs, but for what it leaves open."""
    try:
        load_states(folder / "flow.yaml", states, answered)
    except LoadError as error:
        words = [fault.message for fault in error.faults]
        return [each for each in words if not any(open in each for open in LEFT_OPEN)]
    return []


def test_the_tutorial_ends_with_the_sample(tmp_path: Path) -> None:
    """State by state, whatever is shown last of each."""
    shown: dict[str, object] = {}
    for block in YAML:
        if block.page == TUTORIAL and block.kind in ("flow", "states"):
            read = yaml.safe_load(block.text)
            shown |= read.get("states", read)
    sample = yaml.safe_load((ROOT / "flows/samples/visitor_line.yaml").read_text(encoding="utf-8"))
    assert shown == sample["states"]
