"""What is wrong with flows as SARIF 2.1.0 (OASIS), which code hosts show beside the lines."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..engine.errors import Fault
from ..flowfile.codes import Entry, entries
from ..flowfile.errors_page import meant

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)


def sarif(faults: Iterable[Fault], version: str) -> dict[str, Any]:
    """One run of ivr, in this *version*; paths are those of its working folder."""
    known = [entry.code for entry in entries()]
    results = [_result(fault, known.index(fault.code)) for fault in faults]
    driver = {"name": "ivr", "version": version, "rules": [_rule(each) for each in entries()]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.code,
        "shortDescription": {"text": entry.meaning},
        "help": {"text": f"{meant(entry)} {entry.remedy}"},
        "defaultConfiguration": {"level": entry.code.level},
    }


def _result(fault: Fault, rule: int) -> dict[str, Any]:
    where: dict[str, Any] = {"artifactLocation": {"uri": _uri(Path(fault.file))}}
    if fault.line:
        column = {"startColumn": fault.column} if fault.column else {}
        where["region"] = {"startLine": fault.line, **column}
    return {
        "ruleId": fault.code,
        "ruleIndex": rule,
        "level": fault.code.level,
        "message": {"text": fault.message},
        "locations": [{"physicalLocation": where}],
    }


def _uri(path: Path) -> str:
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
