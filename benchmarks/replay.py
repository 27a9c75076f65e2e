"""How many calls of the past one core puts into another version of their flow in a second.

The calls are those of the samples' own stories, each with its journal in a file, as a machine that
took them would have it; what is measured begins with reading the file.  The last line is all
processors together.  Run: ``python -m benchmarks.replay [rounds]``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from ivr.engine.flow import Flow
from ivr.flowfile import load_flow
from ivr.inspect.replay.many import replay
from ivr.testing import SimulatedCall
from ivr.testing.scenario import load_scenarios

from .engine import flow as menu
from .engine import rounds_asked_for

SAMPLES = Path(__file__).parents[1] / "flows" / "samples"
CALLS = 1000  # in a round
GOAL = 1000  # calls per second and core


def journals(flow: Flow, stories: Path | None) -> Iterator[str]:
    """The journals of the calls of *stories*; without them, of one menu with one key."""
    if stories is None:
        call = SimulatedCall(flow).is_asked("menu").presses("1").is_over(by="flow")
        yield _written(call)
        return
    for scenario in load_scenarios(stories).scenarios:
        call = SimulatedCall(flow, **scenario.offer)
        for step in scenario.steps:
            step.tell(call)
        if not call.over:
            call.hangs_up()
        call.waits(60)  # for what the flow does after the call
        if "is_moved_to" not in {step.name for step in scenario.steps}:
            yield _written(call)


def _written(call: SimulatedCall) -> str:
    head = {"at": 0.0, "call": "1", "flow": call.flow.name, "version": "", "wall": 1.0}
    return "".join(json.dumps(line, default=str) + "\n" for line in (head, *call.journal))


def speed(flow: Flow, texts: list[str], rounds: int, processes: int) -> float:
    """Calls per second, the median of *rounds*."""
    with TemporaryDirectory() as folder:
        files = []
        for number in range(CALLS * processes):
            files.append(Path(folder, f"{number}.jsonl"))
            files[-1].write_text(texts[number % len(texts)])
        times = []
        for _ in range(rounds):
            began = perf_counter()
            summary = replay(files, flow, {}, frozenset([flow.name]), processes=processes)
            times.append(perf_counter() - began)
            assert summary.calls == len(files), summary
        return len(files) / median(times)


def main() -> None:
    rounds = rounds_asked_for()
    menu.check()
    texts = list(journals(menu, None))
    one = speed(menu, texts, rounds, 1)
    print(f"{rounds} rounds of {CALLS} calls; calls per second")
    print(f"{'a menu, one key':24}{one:8,.0f}")
    for stories in sorted(SAMPLES.glob("*.test.yaml")):
        flow = load_flow(stories.with_name(stories.name.removesuffix(".test.yaml") + ".yaml"))
        print(f"{flow.name:24}{speed(flow, list(journals(flow, stories)), rounds, 1):8,.0f}")
    cores = os.cpu_count() or 1
    print(f"{f'a menu, {cores} processes':24}{speed(menu, texts, rounds, cores):8,.0f}")
    verdict = "reached" if one >= GOAL else "MISSED"
    print(f"goal: {GOAL:,} calls per second and core: {verdict}")


if __name__ == "__main__":
    main()
