"""One run: calls are made, packets recorded, the server watched, and the figures worked out."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from . import caller
from .caller import Pace
from .figures import Figures, analyze
from .plan import Plan
from .processes import CORES, Target, Use, Watch
from .sniffer import Sniffer

LATE_CALLER = 10.0  # ms
BUSY, STEAL = 0.95, 0.02  # of the machine's time
OTHERS = 0.25  # cores
HELD = 0.98  # of the calls
TRAILING = 0.3  # seconds, for packets on their way


@dataclass(frozen=True, slots=True)
class Run:
    """What callers heard, what it cost, and whether the machine gave the server a fair chance."""

    plan: Plan
    figures: Figures
    use: Use
    pace: Pace
    sniffer_cpu: float
    """Seconds."""
    limits: list[str]
    """Why the figures are not those of the server alone; empty: the run counts."""

    @property
    def cpu_per_call_minute(self) -> float:
        """Seconds."""
        return sum(self.use.cpu.values()) / (self.figures.call_minutes or float("nan"))


def measure(plan: Plan, target: Target) -> Run:
    """Make a run.  Needs root.

    Raises `PermissionError` without it, and `OSError` where a port of the caller is in use.
    """
    with Sniffer(plan.port, plan.rtp) as sniffer, _caller(plan) as pipe, Watch(target) as watch:
        pipe.send(None)
        pace = _heard(pipe)
        time.sleep(TRAILING)
    figures = analyze(sniffer.packets(), plan)
    limits = _limits(plan, figures, watch.use, pace, sniffer)
    return Run(plan, figures, watch.use, pace, sniffer.cpu, limits)


@contextmanager
def _caller(plan: Plan) -> Iterator[Connection]:
    """A caller in a process of its own, ready to begin."""
    context = multiprocessing.get_context("spawn")
    pipe, end = context.Pipe()
    process = context.Process(target=caller.serve, args=(plan, end), daemon=True)
    process.start()
    end.close()
    try:
        _heard(pipe)
        yield pipe
    finally:
        process.kill()
        process.join()
        pipe.close()


def _heard(pipe: Connection) -> Any:
    try:
        return pipe.recv()
    except EOFError:
        raise OSError("the caller's process ended; what it said is above") from None


def _limits(plan: Plan, figures: Figures, use: Use, pace: Pace, sniffer: Sniffer) -> list[str]:
    own = (sum(use.cpu.values()) + pace.cpu + sniffer.cpu) / use.seconds
    others = (use.busy - use.steal) * CORES - own
    found = {
        f"{figures.peak} up at once": figures.peak < HELD * plan.calls,
        f"caller {pace.late_p99_ms:.0f} ms behind": pace.late_p99_ms > LATE_CALLER,
        f"{sniffer.drops} packets not recorded": sniffer.drops,
        f"machine {use.busy:.0%} busy": use.busy > BUSY,
        f"steal {use.steal:.1%}": use.steal > STEAL,
        f"others {others:.2f} cores": others > OTHERS,
    }
    return [reason for reason, holds in found.items() if holds]
