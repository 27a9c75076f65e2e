"""How many calls `ivr serve` holds, how they sound, and what they cost.

    python -m benchmarks.fleet --calls 4 50 --job M H --json figures.json
    python -m benchmarks.fleet --find-capacity --baseline 127.0.0.1:5060,1234

For each number of calls a server is started for so many, watched while it has none, and called
(docs/performance.md tells how).  A baseline is any other SIP server on this machine that does the
jobs of `benchmarks/line/plan.py`.  Needs root, to record packets.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from rich.console import Console

from .line import Job, Plan, Run, Target, Use, Watch, measure
from .line.table import table
from .served import CALLER_PORT, FRONT, WORKERS, serving

CALLS = (4, 50, 128, 250)
IDLE = 20.0  # seconds
OFFERED = 30.0  # seconds with all calls up
FASTER = 1.25  # calls come so much faster than they end
FAILED, LATE = 0.001, 0.01
MOST, RESOLUTION = 1000, 10  # calls
WIDTH = 320  # columns; a row of Markdown must not be broken


@dataclass(frozen=True, slots=True)
class Baseline:
    """Another server: where it takes calls, and its processes."""

    address: tuple[str, int]
    target: Target

    @classmethod
    def parse(cls, text: str) -> Baseline:
        """ADDRESS:PORT,PID, with as many more PIDs.  Raises `ArgumentTypeError`."""
        place, _, pids = text.partition(",")
        address, _, port = place.rpartition(":")
        try:
            return cls((address, int(port)), Target(map(int, pids.split(","))))
        except (ValueError, ProcessLookupError) as error:
            raise argparse.ArgumentTypeError(
                f"expected such as 127.0.0.1:5060,1234, found {text!r}: {error}"
            ) from None


@dataclass(slots=True)
class Bench:
    """Everything that was measured, in order."""

    runs: list[tuple[str, Run]] = field(default_factory=list)
    idle: dict[int, Use] = field(default_factory=dict)
    """By the number of calls that the server could have taken."""
    capacity: dict[Job, str] = field(default_factory=dict)

    def fleet(self, calls: int, jobs: list[Job]) -> None:
        """Start a server for so many calls, watch it, and have it do these jobs."""
        with serving(calls) as served:
            with Watch(served.target) as watch:
                time.sleep(IDLE)
            self.idle[calls] = watch.use
            for job in jobs:
                self._run("ivr", plan(served.address, job, calls), served.target)

    def baseline(self, other: Baseline, calls: int, jobs: list[Job]) -> None:
        for job in jobs:
            self._run("baseline", plan(other.address, job, calls), other.target)

    def find_capacity(self, job: Job) -> None:
        """Find the most calls that the machine can hold."""
        known = {
            run.plan.calls: run for name, run in self.runs if run.plan.job == job and name == "ivr"
        }

        def holds(calls: int) -> bool:
            if calls not in known:
                with serving(calls) as served:
                    asked = plan(served.address, job, calls)
                    known[calls] = self._run("ivr", asked, served.target)
            return passes(known[calls])

        good, bad = highest(holds, max(known))
        failed = f"{bad} failed" if bad else "no more were tried"
        limits = "; ".join(known[bad].limits) if bad else ""
        self.capacity[job] = f"{good} calls; {failed}" + (f" ({limits})" if limits else "")

    def _run(self, name: str, plan: Plan, target: Target) -> Run:
        print(f"{name}: job {plan.job}, {plan.calls} calls ...", file=sys.stderr, flush=True)
        run = measure(plan, target)
        self.runs.append((name, run))
        return run

    def notes(self) -> list[str]:
        """What the table does not say."""
        found = []
        for calls, use in self.idle.items():
            workers = use.processes[WORKERS]
            busy = use.cpu[WORKERS] / use.seconds / workers
            shares = ", ".join(f"{role} {size / 1e6:.1f}" for role, size in use.private.items())
            found.append(
                f"Idle, for {calls} calls, workers: {workers}; each {busy:.3%} of a core and"
                f" {use.private[WORKERS] / workers / 1e6:.1f} MB private; all in MB: {shares}."
            )
        return found + [f"Capacity, job {job}: {text}." for job, text in self.capacity.items()]


def plan(address: tuple[str, int], job: Job, calls: int) -> Plan:
    """Calls that are soon all up, and then for a while."""
    usual = Plan(address, job, calls, port=CALLER_PORT)
    length = usual.hold if job == "H" else sum(usual.key_after) / 2 + 6.0
    rate = max(usual.rate, FASTER * calls / length)
    return Plan(address, job, calls, rate, OFFERED + calls / rate, port=CALLER_PORT)


def passes(run: Run) -> bool:
    return run.figures.failed_share < FAILED and run.figures.late_share < LATE


def highest(holds: Callable[[int], bool], first: int) -> tuple[int, int]:
    """The highest number found that holds, and the lowest that does not (0: none was found).

    Doubles `first` until one does not hold, then halves what is between.
    """
    good = bad = 0
    calls = first
    while good < MOST and (not bad or bad - good > RESOLUTION):
        if holds(calls):
            good = calls
        else:
            bad = calls
        calls = (good + bad) // 2 if bad else min(2 * good, MOST)
    return good, bad


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, nargs="+", default=CALLS, help="how many at once")
    parser.add_argument("--job", choices="MH", nargs="+", default=["M", "H"])
    parser.add_argument(
        "--find-capacity",
        action="store_true",
        help="also find the most calls with < 0.1 %% failed and < 1 %% of packets > 30 ms late",
    )
    parser.add_argument(
        "--baseline", type=Baseline.parse, metavar="ADDRESS:PORT,PID", help="also measure this one"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="all figures, as JSON")
    return parser.parse_args()


def main() -> None:
    asked = options()
    if os.geteuid() != 0:
        sys.exit("Recording packets needs root.")
    bench = Bench()
    try:
        for calls in asked.calls:
            bench.fleet(calls, asked.job)
            if asked.baseline:
                bench.baseline(asked.baseline, calls, asked.job)
        for job in asked.job if asked.find_capacity else ():
            bench.find_capacity(job)
    finally:
        Console(width=WIDTH).print(table(bench.runs, WORKERS, FRONT))
        print(*bench.notes(), sep="\n")
        if asked.json:
            asked.json.write_text(json.dumps(asdict(bench), indent=1))


if __name__ == "__main__":
    main()
