"""The JSON Schema and `load_flow` agree, as far as a schema can tell."""

import copy
from pathlib import Path
from typing import Any, get_args

import jsonschema_rs
import pytest
from hypothesis import find, given, settings

from ivr.engine.codes import Code
from ivr.engine.errors import LoadError
from ivr.engine.verb import VERBS
from ivr.flowfile import load_flow, schema
from ivr.flowfile.bind import signature_of
from ivr.flowfile.schema import TELLS
from ivr.flowfile.source import Source

from .core import as_core
from .random_files import files, spoilt, written
from .reading import PROMPTS
from .test_golden import cases

FITS = jsonschema_rs.validator_for(schema())
SUB = "ivr: 1\nflow: sub\nstart: a\noutcomes: [done]\nstates:\n  a: {do: {pause: 1}, then: done}\n"
# What is wrong where each value is of its kind, and each key is known.
BEYOND = frozenset(
    {
        *(Code.UNKNOWN_STATE, Code.FORGOTTEN_OUTCOME, Code.UNKNOWN_OUTCOME),
        *(Code.ONE_STATE_FOR_SEVERAL, Code.THEN_AFTER_THE_END, Code.UNREACHABLE_STATE),
        *(Code.UNREACHABLE_OUTCOME, Code.NO_WAY_OUT, Code.ASKED_FOR_EVER, Code.UNREACHABLE_VERB),
        *(Code.BEFORE_THE_ANSWER, Code.AFTER_THE_ANSWER, Code.AFTER_THE_CALL, Code.AT_ODDS),
        *(Code.UNKNOWN_PROMPT, Code.AMBIGUOUS_CHOICE, Code.UNKNOWN_VARIABLE, Code.WRONG_TYPE),
        *(Code.BAD_TEMPLATE, Code.BAD_EXPRESSION, Code.MISSING_FILE, Code.ENDLESS_FLOW),
    }
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("files")
    (made / "sub.yaml").write_text(SUB)
    return made


def agree(folder: Path, text: str) -> set[Code]:
    """Whether both say the same of a file; the codes of what is wrong with it."""
    file = folder / "f.yaml"
    file.write_text(text)
    codes: set[Code] = set()
    try:
        load_flow(file, PROMPTS)
    except LoadError as error:
        codes = {fault.code for fault in error.faults if fault.file == str(file)}
    try:
        document = as_core(Source.parse(file)[1])
    except LoadError:
        return codes  # no YAML, which no schema has a word for
    if codes <= BEYOND:
        FITS.validate(document)
    if codes & _told(document):
        assert not FITS.is_valid(document), codes
    return codes


def single_files() -> list[object]:
    """The files of the tables, and not those of flows that are made of several."""
    texts = {case.id: str(case.values[0]) for case in cases()}
    return [
        pytest.param(text, id=name) for name, text in texts.items() if not text.startswith("--- ")
    ]


def _told(document: Any) -> frozenset[Code]:
    """What the schema tells of *document*: of nothing where ``null`` may stand, nothing; nor of
    what stands in templates, which has yet to be filled in."""
    if isinstance(document, dict) and "templates" in document:
        return frozenset()
    anything = any(f"'{name}': " in str(document) for name in TAKE_ANYTHING)
    return TELLS - {Code.EMPTY_VALUE} if anything else TELLS


def _takes_anything(hint: Any) -> bool:
    return hint is Any or any(_takes_anything(each) for each in get_args(hint))


TAKE_ANYTHING = [
    name
    for name, verb in VERBS.items()
    if any(_takes_anything(hint) for hint in signature_of(verb.run).hints.values())
]


@settings(max_examples=300, deadline=None)
@given(tree=files())
def test_of_any_verb_with_any_parameters(folder: Path, tree: Any) -> None:
    agree(folder, written(tree))


@settings(max_examples=400, deadline=None)
@given(tree=spoilt(files().map(copy.deepcopy)))
def test_of_any_slip(folder: Path, tree: Any) -> None:
    agree(folder, written(tree))


def test_some_of_these_files_load(folder: Path) -> None:
    assert find(files(), lambda tree: not agree(folder, written(tree)))


@pytest.mark.parametrize("text", single_files())
def test_of_the_tables(folder: Path, text: str) -> None:
    agree(folder, text)
