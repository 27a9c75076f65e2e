"""Whatever loads can be looked at: no rule breaks, and each warning has its place and its level."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, event, given, settings

from ivr.engine.errors import LoadError
from ivr.engine.flow import Flow
from ivr.flowfile import load_flow
from ivr.inspect.lint import heeded, lint
from tests.flowfile.random_files import Tree, verbs, written
from tests.flowfile.reading import PROMPTS

SUB = "ivr: 1\nflow: sub\nstart: a\noutcomes: [done]\nstates:\n  a: {do: {pause: 1}, then: done}\n"
OUTCOMES = {
    *("done", "x", "y", "yes", "no", "no_input", "no_match", "empty", "otherwise", "open"),
    *("closed", "ok", "failed", "timeout", "locked", "recorded", "too_short", "answered", "busy"),
    *("no_answer", "rejected", "unreachable", "found", "none", "human", "machine", "silence"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("files")
    (made / "sub.yaml").write_text(SUB)
    return made


def load(folder: Path, first: Tree, second: Tree) -> Flow:
    file = folder / "f.yaml"
    handlers: Tree = {each: {"1": "b", "2": "end"} for each in sorted(OUTCOMES)}
    top: Tree = {"ivr": "1", "flow": "f", "start": "a", "languages": ["en", "de"]}
    states: Tree = {"a": {"do": ["answer", first]}, "b": {"do": ["answer", second]}}
    file.write_text(written({**top, "handlers": handlers, "states": states}))
    try:
        return load_flow(file, PROMPTS)
    except LoadError:
        assume(False)
        raise


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(first=verbs(), second=verbs())
def test_any_verb_can_be_looked_at(folder: Path, first: Tree, second: Tree) -> None:
    flow = load(folder, first, second)
    for warning in heeded(lint(flow), [flow]):
        event(warning.code)
        assert warning.code.level == "warning"
        assert warning.file and warning.line and warning.column
