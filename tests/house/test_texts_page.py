"""The table of docs/texts.md says what is said."""

import re

import pytest

from ivr.engine.templates import render

from .blocks import ROOT

LANGUAGES = {"English": "en", "German": "de", "Polish": "pl"}


def rows() -> list[list[str]]:
    page = (ROOT / "docs/texts.md").read_text(encoding="utf-8")
    lines = [line for line in page.splitlines() if line.startswith("| `{{")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_a_row_is_what_is_said(row: list[str]) -> None:
    source, *said = row
    text = source.strip("`").replace("\\|", "|")
    assert [render(text, {"language": code}) for code in LANGUAGES.values()] == said


def test_there_are_rows() -> None:
    assert len(rows()) > 10
