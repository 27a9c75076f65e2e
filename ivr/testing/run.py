"""Run scenario files: what ``ivr test`` does, as data."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..engine.codes import Code
from ..engine.errors import Fault, LoadError
from ..engine.house import House
from .scenario import SUFFIX, ScenarioResult, load_scenarios


@dataclass(slots=True)
class Report:
    """How all the scenarios went, and which files could not be used.

    `real`: they were told by real calls, which cannot tell all of them to the end.
    """

    results: list[ScenarioResult] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    real: bool = False

    @property
    def failed(self) -> list[ScenarioResult]:
        return [r for r in self.results if not r.passed and not r.not_told]

    @property
    def passed(self) -> list[ScenarioResult]:
        return [result for result in self.results if result.passed]

    @property
    def not_told(self) -> list[ScenarioResult]:
        return [result for result in self.results if result.not_told]

    @property
    def exit_code(self) -> int:
        """0 when all went as told, 1 when one did not, a file is bad or none could be told."""
        return 1 if self.faults or self.failed or (self.not_told and not self.passed) else 0

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "passed": len(self.passed),
            "failed": len(self.failed),
            **({"not_told": len(self.not_told)} if self.real else {}),
            "scenarios": [_plain(result, self.real) for result in self.results],
            "faults": [asdict(fault) for fault in self.faults],
        }


def find(paths: Iterable[str | Path]) -> list[Path]:
    """The scenario files that *paths* stand for.

    A folder stands for those in it, a flow for the one beside it.  Raises `LoadError` for each path
    that has none.
    """
    found: dict[Path, None] = {}
    faults = []
    for path in map(Path, paths):
        inside, wrong = _inside(path) if path.is_dir() else _beside(path)
        if not inside:
            faults.append(Fault(str(path), 0, 0, wrong, Code.MISSING_FILE))
        found |= dict.fromkeys(inside)
    if faults:
        raise LoadError(faults)
    return list(found)


def _inside(folder: Path) -> tuple[list[Path], str]:
    """The scenarios in *folder*, and what to say when there are none."""
    files = sorted(folder.rglob(f"*{SUFFIX}"))
    # Virtual environments and caches hide behind a dot.
    seen = [f for f in files if not any(p.startswith(".") for p in f.relative_to(folder).parts)]
    return seen, f"no scenarios in here; expected a file such as menu{SUFFIX}"


def _beside(file: Path) -> tuple[list[Path], str]:
    if not file.is_file():
        return [], "no such file or folder"
    scenarios = file if file.name.endswith(SUFFIX) else file.with_name(file.stem + SUFFIX)
    wrong = f"no scenarios; expected the file {scenarios.name} beside it"
    return [scenarios] if scenarios.is_file() else [], wrong


def run(
    paths: Iterable[str | Path],
    prompts: Collection[str] | None = None,
    told: Callable[[ScenarioResult], None] = lambda result: None,
    house: House | None = None,
) -> Report:
    """Run the scenarios that *paths* stand for; *told* is called after each.  Never raises.

    *prompts*: the names of the prompts there are; None: they are not checked.  *house*: what the
    project gives to its flows.
    """
    report = Report()
    try:
        files = find(paths)
    except LoadError as error:
        return Report(faults=list(error.faults))
    for file in files:
        try:
            loaded = load_scenarios(file, prompts, house)
        except LoadError as error:
            report.faults += [f for f in error.faults if f not in report.faults]
            continue
        for scenario in loaded.scenarios:
            for path, flow in loaded.flows.items():
                result = scenario.run(flow, path)
                report.results.append(result)
                told(result)
    return report


def _plain(result: ScenarioResult, real: bool) -> dict[str, Any]:
    only_real = {"not_told": result.not_told, "not_looked_at": list(result.not_looked_at)}
    return {
        "scenario": result.scenario,
        "flow": str(result.flow),
        "file": result.place.file,
        "line": result.place.line,
        "column": result.place.column,
        "passed": result.passed,
        "seconds": round(result.seconds, 3),
        "sentence": result.sentence,
        "transcript": list(result.transcript),
        "events": list(result.events),
        **(only_real if real else {}),
    }
