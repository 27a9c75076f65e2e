"""The seeded faults: flows that are broken in one way each, and what finds them.

The first line says so: ``# finds: check CODE``, or explore and what is refuted.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ivr.engine.errors import Fault, LoadError
from ivr.flowfile import load_flow
from ivr.inspect.lint import lint

FOLDER = Path(__file__).with_name("faulty")
FINDS = re.compile(r"# finds: (check|explore) ([\w-]+)\n")


def found_by(tool: str) -> list[tuple[Path, str]]:
    """Each flow that *tool* is to find, and as what."""
    read = [(path, FINDS.match(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*.yaml"))]
    assert all(first for _, first in read), "the first line says what finds it"
    return [(path, first[2]) for path, first in read if first and first[1] == tool]


CHECKED = found_by("check")


def faults(path: Path) -> list[Fault]:
    try:
        return lint(load_flow(path))
    except LoadError as error:
        return list(error.faults)


@pytest.mark.parametrize(("path", "code"), CHECKED, ids=[path.stem for path, _ in CHECKED])
def test_check_finds_this_fault_and_no_other(path: Path, code: str) -> None:
    assert [fault.code for fault in faults(path)] == [code]
    assert all(fault.line for fault in faults(path))


def test_there_are_enough_of_them() -> None:
    assert len(CHECKED) >= 15
