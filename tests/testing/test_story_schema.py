"""The JSON Schema of stories says what an editor can know, and agrees with `load_scenarios`."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from ivr.engine.codes import Code
from ivr.engine.errors import LoadError
from ivr.flowfile.bind import signature_of
from ivr.flowfile.source import Source
from ivr.testing.scenario import load_scenarios
from ivr.testing.schema import TELLS, schema
from ivr.testing.steps import STEPS
from tests.flowfile.core import as_core
from tests.flowfile.random_files import Tree, one, parameters, spoilt, written
from tests.flowfile.reading import PROMPTS

from .conftest import FLOW

FITS = jsonschema_rs.validator_for(schema())
WRITTEN = Path("flows/story.schema.json")
OURS = ("flows", "flows/samples", "ivr/cli/template/flows")
STORIES = [
    path for folder in (*OURS, "ivr/library") for path in sorted(Path(folder).glob("*.test.yaml"))
]
# What is wrong where each value is of its kind, and each key is known.
BEYOND = frozenset(
    {
        *(Code.AT_ODDS, Code.UNKNOWN_STATE, Code.UNKNOWN_PROMPT, Code.MISSING_FILE),
        *(Code.BAD_TEMPLATE, Code.BAD_SSML),
    }
)


@pytest.mark.parametrize("path", STORIES, ids=str)
def test_the_samples_fit(path: Path) -> None:
    FITS.validate(as_core(Source.parse(path)[1]))


@pytest.mark.parametrize("path", [p for p in STORIES if str(p.parent) in OURS], ids=str)
def test_editors_find_it(path: Path) -> None:
    found = re.search(r"^# yaml-language-server: \$schema=(\S+)$", path.read_text(), re.MULTILINE)
    assert found and (path.parent / found[1]).resolve().name == WRITTEN.name


def test_it_is_written_beside_the_samples() -> None:
    assert json.loads(WRITTEN.read_text()) == schema(), f"run: ivr schema --stories > {WRITTEN}"


@pytest.mark.parametrize(
    ("good", "step"),
    [
        (True, "hangs_up"),
        (True, {"hears": "welcome"}),
        (True, {"hears": ["welcome", {"text": "hi"}]}),
        (True, {"waits": "2 min"}),
        (True, {"waits_for": {"job": "http", "value": {"status": 200}}}),
        (False, "presses"),
        (False, {"heers": "welcome"}),
        (False, {"hangs_up": "now"}),
        (False, {"is_transferred_to": {"to": "sip:a@b", "result": "bussy"}}),
        (False, {"hears": "welcome", "presses": 1}),
    ],
)
def test_steps(good: bool, step: Any) -> None:
    assert FITS.is_valid({"ivr": 1, "scenarios": {"a": {"steps": [step]}}}) == good


@pytest.mark.parametrize(
    ("good", "offer"),
    [
        (True, {"at": "2025-03-03 10:00", "direction": "out", "accept": 1}),
        (True, {"mailboxes": {"601": [{"caller": "a", "urgent": True}]}}),
        (True, {"memory": {"all": {"visits": 4}}, "durations": {"welcome": "3 s"}}),
        (False, {"att": "2025-03-03 10:00"}),
        (False, {"direction": "up"}),
        (False, {"mailboxes": {"601": {"from": "a"}}}),
        (False, {"overrides": {"office": "shut"}}),
        (False, {"durations": {"welcome": "long"}}),
    ],
)
def test_what_is_said_before_the_call(good: bool, offer: dict[str, Any]) -> None:
    story = {**offer, "steps": ["is_over"]}
    assert FITS.is_valid({"ivr": 1, "scenarios": {"a": story}}) == good


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("stories")
    (made / "f.yaml").write_text(FLOW)
    return made


def agree(folder: Path, text: str) -> set[Code]:
    """Whether both say the same of a file; the codes of what is wrong with it."""
    file = folder / "f.test.yaml"
    file.write_text(text)
    codes: set[Code] = set()
    try:
        load_scenarios(file, PROMPTS)
    except LoadError as error:
        codes = {fault.code for fault in error.faults}
    document = as_core(Source.parse(file)[1])
    if codes <= BEYOND:
        FITS.validate(document)
    if codes & TELLS:
        assert not FITS.is_valid(document), codes
    return codes


_OFFER: dict[str, tuple[Tree, ...]] = {
    "description": ("what it is about",),
    "at": ("2025-03-03 10:00 Europe/Berlin", "yesterday"),
    "direction": ("in", "out", "up"),
    "accept": ("1", "none", "x"),
    "caller": ("+49301", "anonymous"),
    "dialled": ("100",),
    "headers": ({"X-Why": "a"},),
    "secrets": ({"crm": "4711"},),
    "durations": ({"welcome": "3 s"}, {"welcome": "long"}),
    "overrides": ({"office": "open"}, {"office": "shut"}),
    "memory": ({"all": {"visits": "4"}}, {"all": "4"}),
    "mailboxes": ({"601": [{"caller": "a", "urgent": "yes"}]}, {"601": {"from": "a"}}),
    "arguments": ({"x": "1"},),
}


@st.composite
def stories(draw: DrawFn) -> Tree:
    """A file of one story, as a tree."""
    story: dict[str, Tree] = {}
    for name in draw(st.lists(one(sorted(_OFFER)), max_size=2, unique=True)):
        story[name] = draw(one(_OFFER[name]))
    name = draw(one(sorted(STEPS)))
    taken = signature_of(STEPS[name])
    step = {name: draw(parameters(taken))} if taken.parameters else name
    story["steps"] = draw(one([[step], step, [step, "is_over"]]))
    return {"ivr": "1", "scenarios": {"a": story}}


@settings(max_examples=300, deadline=None)
@given(tree=stories())
def test_of_any_step_with_any_parameters(folder: Path, tree: Tree) -> None:
    agree(folder, written(tree))


@settings(max_examples=300, deadline=None)
@given(tree=spoilt(stories().map(copy.deepcopy)))
def test_of_any_slip(folder: Path, tree: Tree) -> None:
    agree(folder, written(tree))


def test_some_of_these_files_load(folder: Path) -> None:
    assert find(stories(), lambda tree: not agree(folder, written(tree)))
