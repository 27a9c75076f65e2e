"""docs/sip.md: every row names the test that shows it, and what should have a row has one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/sip.md"
HEAD = ["what", "what we do", "shown by"]
SECTIONS = [
    "Roles",
    "Methods out of a dialog",
    "Methods in a dialog",
    "Status codes we send",
    "Status codes we receive",
    "Media",
    "Abuse",
]


def words(text: str) -> set[str]:
    return set(text.split())


ROLES = {
    "UAS",
    "UAC",
    "client of a registrar",
    "client behind an outbound proxy",
    "redirect server",
}
METHODS = words(
    "INVITE ACK BYE CANCEL REGISTER OPTIONS INFO PRACK UPDATE REFER NOTIFY SUBSCRIBE MESSAGE"
    " unknown"
)
CODES = words(
    "100 180 181 182 183 200 202 300 301 302 305 380 400 401 402 403 404 405 406 407 408 410 413"
    " 414 415 416 420 421 423 480 481 482 483 484 485 486 487 488 491 493 500 501 502 503 504 505"
    " 513 600 603 604 606"
)

Row = tuple[str, int, list[str]]
"""The section, the line, and the cells."""


def rows() -> Iterator[Row]:
    section = ""
    for number, line in enumerate(PAGE.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("## "):
            section = line[3:]
        elif line.startswith("|") and not set(line) <= set("|- "):
            cells = [cell.strip() for cell in line.strip("|").split(" | ")]
            if cells != HEAD:
                yield section, number, cells


def names(section: str) -> set[str]:
    """The first words of rows, of sections whose titles begin so."""
    first = [cells[0] for title, _, cells in rows() if title.startswith(section)]
    return set(first) if section == "Roles" else {name.split()[0] for name in first}


@cache
def functions_of(file: Path) -> frozenset[str]:
    tree = ast.parse(file.read_text(encoding="utf-8")) if file.is_file() else ast.Module([], [])
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, kinds))


def test_the_page_has_its_sections() -> None:
    titles = re.findall(r"^## (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert titles == SECTIONS


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: f"line-{row[1]}")
def test_each_row_names_tests_that_exist(row: Row) -> None:
    _, number, cells = row
    assert len(cells) == len(HEAD), f"docs/sip.md:{number}: expected {HEAD}"
    shown = cells[2].split()
    assert shown, f"docs/sip.md:{number}: no test shows {cells[0]!r}"
    for name in shown:
        file, _, test = name.strip("`").partition("::")
        assert test.startswith("test_") and test in functions_of(ROOT / file), (
            f"docs/sip.md:{number}: there is no test {name}"
        )


@pytest.mark.parametrize(
    ("section", "wanted"), [("Roles", ROLES), ("Methods", METHODS), ("Status codes", CODES)]
)
def test_nothing_is_left_out(section: str, wanted: set[str]) -> None:
    assert wanted <= names(section)


def test_no_row_comes_twice() -> None:
    keys = [(section, cells[0]) for section, _, cells in rows()]
    assert sorted(set(keys)) == sorted(keys)
