"""What pytest covers of flows: ``--ivr-cov``, in one process or in many (pytest-xdist)."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import Any

import pytest

from ...engine.flow import Flow
from ...testing.watching import watching
from .coverage import Coverage
from .page import page
from .table import missed, rows, too_little

COUNTED = "ivr_coverage"  # what a worker of xdist hands over


def add_options(group: pytest.OptionGroup) -> None:
    """Those that `wanted` looks for."""
    group.addoption(
        "--ivr-cov", action="store_true", help="tell what of the flows simulated calls cover"
    )
    group.addoption(
        "--ivr-cov-fail-under", type=float, metavar="N", help="fail below so many percent"
    )
    group.addoption("--ivr-cov-html", type=Path, metavar="FILE", help="write it as a page, too")
    group.addoption("--ivr-cov-json", type=Path, metavar="FILE", help="write it for `ivr draw`")


def wanted(config: pytest.Config) -> bool:
    values = (config.getoption(f"ivr_cov{each}") for each in ("_fail_under", "_html", "_json"))
    return config.getoption("ivr_cov") or any(value is not None for value in values)


class CoveragePlugin:
    """Counts what the simulated calls of each test go through; *flows* there are in any case."""

    def __init__(self, config: pytest.Config, flows: Callable[[], Iterable[Flow]]) -> None:
        self.config = config
        self.flows = flows
        self.coverage = Coverage()
        self.wrong = ""
        for kind in ("html", "json"):
            file: Path | None = config.getoption(f"ivr_cov_{kind}")
            if file is not None and not file.parent.is_dir():
                raise pytest.UsageError(f"--ivr-cov-{kind}: {file.parent} is no folder")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self) -> Generator[None, object, object]:
        with watching() as calls:
            done = yield
        self.coverage.add(calls)
        return done

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker of xdist is done, or has died."""
        self.coverage.merge(getattr(node, "workeroutput", {}).get(COUNTED, ()))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        handed_over = getattr(self.config, "workeroutput", None)
        if handed_over is not None:
            handed_over[COUNTED] = self.coverage.plain()
            return
        for flow in self.flows():
            self.coverage.know(flow)
        self._write("html", lambda: page(self.coverage))
        self._write("json", lambda: json.dumps(self.coverage.on_maps(), ensure_ascii=False))
        least = self.config.getoption("ivr_cov_fail_under")
        self.wrong = too_little(self.coverage, least) if least is not None else ""
        if self.wrong and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        table = rows(self.coverage)
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        terminalreporter.section("coverage of flows")
        for line in missed(self.coverage):
            terminalreporter.line(line)
        for row in table:
            terminalreporter.line("  ".join(map(str.ljust, row, widths)).rstrip())
        if self.wrong:
            terminalreporter.line(f"FAILED: {self.wrong} (--ivr-cov-fail-under)", red=True)

    def _write(self, kind: str, text: Callable[[], str]) -> None:
        file: Path | None = self.config.getoption(f"ivr_cov_{kind}")
        if file is not None:
            file.write_text(text() + "\n", encoding="utf-8")
