"""Each code of a fault: its bad example has this one fault and no other, its good one none."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from ivr.engine.codes import Code
from ivr.engine.errors import Fault, LoadError
from ivr.fleet.template import rehearse
from ivr.flowfile import load_flow
from ivr.flowfile.codes import FLOW, Entry, Example, entries
from ivr.flowfile.errors_page import page
from ivr.inspect.lint import heeded, lint
from ivr.listening import unheard
from ivr.project import load_project
from ivr.testing.scenario import SUFFIX, load_scenarios

ENTRIES = entries()
PROMPTS = ("welcome", "menu", "goodbye")


def faults(example: Example, folder: Path) -> Iterable[Fault]:
    """What the program says that would read the first of these files."""
    for name, text in example.files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    first = folder / next(iter(example.files), FLOW)
    try:
        if first.name == "ivr.yaml":
            project = load_project(first)
            rehearse(project)
            return [*project.warnings, *unheard(project.every_flow, project.settings)]
        elif first.name.endswith(SUFFIX):
            load_scenarios(first, PROMPTS)
        else:
            flow = load_flow(first, PROMPTS)
            return heeded([*flow.warnings, *lint(flow)], [flow])
    except LoadError as error:
        return error.faults
    return ()


def test_each_code_is_in_the_catalogue_once() -> None:
    assert sorted(entry.code for entry in ENTRIES) == sorted(Code)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code)
def test_the_bad_example_has_this_fault_and_no_other(entry: Entry, tmp_path: Path) -> None:
    (fault,) = faults(entry.bad, tmp_path)
    assert fault.code == entry.code
    assert fault.message == entry.says.replace("{folder}", str(tmp_path))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code)
def test_the_good_example_has_none(entry: Entry, tmp_path: Path) -> None:
    assert not faults(entry.good, tmp_path)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code)
def test_it_is_told_in_sentences(entry: Entry) -> None:
    for sentence in (entry.meaning, entry.remedy):
        assert sentence[0].isupper() or sentence[0] == "`"
        assert sentence.endswith(".")
        assert sentence == " ".join(sentence.split())


def test_the_page_is_up_to_date() -> None:
    written = Path("docs/errors.md").read_text()
    assert page() == written, "run: python -m ivr.flowfile.errors_page > docs/errors.md"
