"""ivr test: the scenarios of flows, in virtual time or by real calls."""

from __future__ import annotations

from pathlib import Path

from ..engine.errors import LoadError, SettingsError
from ..project import Ground
from ..testing.run import Report
from ..testing.run import run as run_scenarios
from ..testing.scenario import ScenarioResult
from ..testing.watching import watching
from . import coverage as cov
from .output import as_json, complain_of
from .self_call import address


def run(files: list[Path], settings_file: Path, sip: str, json: bool, wanted: cov.Wanted) -> int:
    told = _nothing if json else _tell
    target = address(sip, "--sip") if sip else None
    if target is not None and wanted:
        raise SettingsError(
            "--cov counts simulated calls, and --sip makes real ones; leave one out"
        )
    coverage = None
    try:
        ground = Ground.read(settings_file)
    except LoadError as error:
        report = Report(faults=list(error.faults))
    else:
        if target is None:
            with watching(None if wanted else 0) as calls:
                report = run_scenarios(files, ground.prompts, told, ground.house)
            if wanted:
                coverage = cov.begin(ground, files, report.faults)
                coverage.add(calls)
        else:
            from ..phoning import run as run_by_phone  # numpy, and the voice

            report = run_by_phone(
                files, target, ground.settings, ground.prompts, told, ground.house
            )
    if json:
        as_json(report.as_json() | ({"coverage": cov.as_plain(coverage)} if coverage else {}))
    else:
        _sum_up(report)
        if coverage:
            cov.show(coverage)
    return report.exit_code | (cov.write(coverage, wanted) if coverage else 0)


def _nothing(result: ScenarioResult) -> None: ...


def _tell(result: ScenarioResult) -> None:
    verdict = "passed" if result.passed else "not told" if result.not_told else "FAILED"
    print(f"{verdict} {result.flow.name}: {result.scenario}")
    if not result.passed:
        print(result.report())
    if result.not_looked_at:
        print(f"  not looked at on a real call: {', '.join(result.not_looked_at)}", flush=True)


def _sum_up(report: Report) -> None:
    complain_of(report.faults)
    not_told = f", {len(report.not_told)} not told" if report.real else ""
    print(f"{len(report.passed)} passed, {len(report.failed)} failed{not_told}")
