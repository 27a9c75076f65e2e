"""ivr test: the scenarios of flows, in virtual time."""

from __future__ import annotations

from pathlib import Path

from ..engine.errors import LoadError
from ..flowfile import read_house
from ..project import read_prompts
from ..testing.run import Report
from ..testing.run import run as run_scenarios
from ..testing.scenario import ScenarioResult
from .output import as_json, complain_of


def run(files: list[Path], settings_file: Path, json: bool) -> int:
    try:
        prompts, house = read_prompts(settings_file), read_house(settings_file)
    except LoadError as error:
        report = Report(faults=list(error.faults))
    else:
        told = _nothing if json else _tell
        names = prompts.everywhere() if prompts else None
        report = run_scenarios(files, names, told, house)
    if json:
        as_json(report.as_json())
    else:
        _sum_up(report)
    return report.exit_code


def _nothing(result: ScenarioResult) -> None: ...


def _tell(result: ScenarioResult) -> None:
    verdict = "passed" if result.passed else "FAILED"
    print(f"{verdict} {result.flow.name}: {result.scenario}")
    if not result.passed:
        print(result.report())


def _sum_up(report: Report) -> None:
    complain_of(report.faults)
    failed = len(report.failed)
    print(f"{len(report.results) - failed} passed, {failed} failed")
