"""A full house: real calls with real RTP both ways, through the front and all workers.

That the calls are right is what is tested; how fast they are is for `python -m benchmarks.fleet`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.line import Plan, Run, measure
from benchmarks.served import CALLER_PORT, Served, serving

pytestmark = [pytest.mark.line, pytest.mark.alone]

CALLS, RATE = 64, 20


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder: Path = tmp_path_factory.mktemp("load")
    with serving(CALLS, folder) as served:
        yield served
    assert "Traceback" not in served.log.read_text()


@pytest.fixture
def plan(served: Served) -> Plan:
    return Plan(served.address, "M", CALLS, RATE, port=CALLER_PORT)


def test_64_calls_at_once_hear_their_prompts(served: Served, plan: Plan) -> None:
    soon = replace(plan, seconds=CALLS / RATE + 1, key_after=(0.6, 1.2), wrong_every=4)
    run = measure(soon, served.target)
    is_right(run)
    assert run.figures.peak == CALLS
    assert run.figures.invalid_heard >= CALLS // 4


def test_20_calls_a_second_are_set_up(served: Served, plan: Plan) -> None:
    run = measure(replace(plan, job="H", seconds=6, hold=CALLS / RATE - 0.5), served.target)
    is_right(run)
    assert run.figures.offered >= 6 * RATE - 1


def is_right(run: Run) -> None:
    """Every call was answered, heard all it should and nothing else, and ended as it should."""
    found, audio = run.figures, run.figures.audio
    assert found.ok == found.offered, (found.failures, found.examples, run.limits)
    assert (audio.lost, audio.duplicate, audio.reordered, audio.wrong_length) == (0, 0, 0, 0)
    assert (audio.jumps, audio.partial, audio.slips) == (0, 0, 0)
    starved = bool(run.limits)  # then packets are late whoever sends them
    assert starved or found.late_share < 0.01
