"""SIPp calls the served project: scenarios of ours, each for a row of docs/sip.md or more."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..ports import free_port
from .hall import Hall
from .peer import LOCAL

pytestmark = pytest.mark.line

SCENARIOS = Path(__file__).parent / "scenarios"
CALLS = {  # scenario -> the number it calls
    "call": "long",
    "cancel": "ringing",
    "codec": "long",
    "ended": "broken",
    "hold": "long",
    "info": "ask",
    "message": "long",
    "offerless": "long",
    "options": "long",
    "redirect": "elsewhere",
    "refer": "long",
    "require": "long",
    "update": "long",
}


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    hall = Hall(tmp_path_factory.mktemp("hall"))
    yield hall
    assert hall.close() == 0
    assert "Traceback" not in hall.log.read_text()


def sipp(hall: Hall, folder: Path, scenario: Path, number: str, *options: str) -> None:
    """One call, which must go as the scenario says."""
    command = [
        "sipp", "-sf", str(scenario), "-s", number, "-i", LOCAL, "-p", str(free_port()), "-m", "1",
        "-nostdin", "-timeout", "20", "-timeout_error", "-trace_err", *options,
        f"{LOCAL}:{hall.port}",
    ]  # fmt: skip
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=40
    )
    wrong = "\n".join(file.read_text(errors="replace") for file in folder.glob("*errors.log"))
    assert done.returncode == 0, wrong or done.stdout[-2000:]


@pytest.mark.parametrize("scenario", sorted(CALLS))
def test_over_udp(hall: Hall, tmp_path: Path, scenario: str) -> None:
    sipp(hall, tmp_path, SCENARIOS / f"{scenario}.xml", CALLS[scenario])


@pytest.mark.parametrize("scenario", ["call", "hold"])
def test_over_tcp(hall: Hall, tmp_path: Path, scenario: str) -> None:
    sipp(hall, tmp_path, SCENARIOS / f"{scenario}.xml", CALLS[scenario], "-t", "t1")


@pytest.mark.parametrize("status", [403, 404, 480, 486, 503, 603])
def test_refusals(hall: Hall, tmp_path: Path, status: int) -> None:
    scenario = tmp_path / "refused.xml"
    text = (SCENARIOS / "refused.xml").read_text()
    scenario.write_text(text.replace("STATUS", str(status)))
    sipp(hall, tmp_path, scenario, f"no{status}")


def test_each_scenario_is_called() -> None:
    assert {file.stem for file in SCENARIOS.glob("*.xml")} == {*CALLS, "refused", "speaks"}
