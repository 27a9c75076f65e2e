"""What `ivr test --cov` counts while stories are told, and what it makes of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..engine.errors import Fault, LoadError, SettingsError
from ..inspect.coverage import Coverage
from ..inspect.coverage.page import page
from ..inspect.coverage.table import missed, rows, too_little
from ..project import Ground
from ..testing.scenario import SUFFIX
from .output import complain, print_columns, printable
from .to_test import flow_in


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; `least` in percent."""

    cov: bool = False
    least: float | None = None
    html: Path | None = None
    json: Path | None = None

    def __bool__(self) -> bool:
        return self.cov or any(each is not None for each in (self.least, self.html, self.json))


def begin(ground: Ground, files: list[Path], faults: list[Fault]) -> Coverage:
    """Of the flows among *files*, and of those below them that the settings lead to."""
    coverage = Coverage()
    begun = ground.settings.flow_files if ground.settings else []
    folders = [file.resolve() for file in files if file.is_dir()]
    asked = [p for p in begun if any(p.resolve().is_relative_to(folder) for folder in folders)]
    found: list[Fault] = []
    for flow in ground.load(asked, found).values():
        coverage.know(flow)
    for file in files:
        if file.is_file() and not file.name.endswith(SUFFIX):
            try:
                coverage.know(flow_in(file, ground))
            except LoadError as error:
                found += error.faults
    faults += [fault for fault in found if fault not in faults]
    return coverage


def show(coverage: Coverage) -> None:
    """Print the table, and what is not covered."""
    for line in missed(coverage):
        print(printable(line))
    print_columns(rows(coverage))


def as_plain(coverage: Coverage) -> dict[str, Any]:
    """For scripts."""
    return {
        "share": round(coverage.share, 4),
        "missed": list(missed(coverage)),
        "flows": coverage.on_maps(),
    }


def write(coverage: Coverage, wanted: Wanted) -> int:
    """Write the files that are *wanted*.  Exit code 1: less is covered than should be."""
    if wanted.html is not None:
        _write(wanted.html, page(coverage))
    if wanted.json is not None:
        _write(wanted.json, json.dumps(coverage.on_maps(), ensure_ascii=False, indent=1))
    wrong = too_little(coverage, wanted.least) if wanted.least is not None else ""
    if wrong:
        complain(f"{wrong} (--cov-fail-under)")
    return 1 if wrong else 0


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{file}: cannot be written: {error.strerror or error}") from None
