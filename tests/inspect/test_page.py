"""docs/checking.md names what is there, and every warning."""

from __future__ import annotations

import re
from pathlib import Path

from ivr.engine.codes import WARNINGS, Code
from ivr.flowfile import load_flow
from ivr.inspect.lint import lint
from tests.house.blocks import ROOT, blocks

PAGE = (ROOT / "docs/checking.md").read_text("utf-8")
OF_OTHERS = {Code.UNKNOWN_SSML, Code.UNKNOWN_MAILBOX}  # rules of ours, and not of the list
OF_COMMENTS = {Code.ALLOWED_WITHOUT_REASON, Code.ALLOWED_FOR_NOTHING}


def test_each_code_stands_there_with_its_level() -> None:
    found = re.findall(r"\[(\*?)([a-z-]+)\1\]\(errors\.md#([a-z-]+)\)", PAGE)
    levels = {Code(name): "warning" if slanted else "error" for slanted, name, _ in found}
    assert all(name == anchor for _, name, anchor in found)
    assert all(code.level == level for code, level in levels.items())
    assert levels.keys() >= WARNINGS - OF_OTHERS - OF_COMMENTS


def test_the_page_shows_what_is_told(tmp_path: Path) -> None:
    (flow,) = (
        each for each in blocks("yaml") if each.page == "docs/checking.md" and each.kind == "flow"
    )
    (tmp_path / "line.yaml").write_text(flow.text)
    said = lint(load_flow(tmp_path / "line.yaml"))
    assert len(said) == 3
    for warning in said:
        assert f"warning: {str(warning).removeprefix(f'{tmp_path}/')}\n" in PAGE
