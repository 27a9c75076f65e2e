"""What the engine costs for each sample flow, and how fast a large flow is loaded.

The events of every call in the samples' own stories, with their times, are fed to the engine
again; what a story's caller costs is left out.  The last lines are the stories themselves, told
and checked, and a flow of 200 states read from its file.
Run: ``python -m benchmarks.samples [rounds]``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from ivr.engine.effects import Effect
from ivr.engine.events import Event
from ivr.engine.flow import Flow
from ivr.engine.session import Session
from ivr.engine.values import Secret
from ivr.flowfile import load_flow
from ivr.testing import performing
from ivr.testing.scenario import Scenario, load_scenarios

SAMPLES = Path(__file__).parents[1] / "flows" / "samples"
ROUNDS = 20
STATES = 200

Facts = list[tuple[Event, float]]


class Watched(Session):
    """Keeps what it is told."""

    __slots__ = ("facts",)

    def __init__(self, flow: Flow, call_id: str) -> None:
        super().__init__(flow, call_id)
        self.facts: Facts = []
        SEEN.append(self)

    def handle(self, event: Event, now: float) -> list[Effect]:
        self.facts.append((event, now))
        return super().handle(event, now)


SEEN: list[Watched] = []


def calls_of(scenario: Scenario, flow: Flow, path: Path) -> Facts:
    """What the engine is told in this story's call."""
    SEEN.clear()
    setattr(performing, "Session", Watched)  # noqa: B010  # it shows what it is told in a veil
    try:
        result = scenario.run(flow, path)
    finally:
        setattr(performing, "Session", Session)  # noqa: B010
    assert result.passed, result.report()
    return SEEN[0].facts


def feed(flow: Flow, secrets: Mapping[str, Secret], calls: list[Facts]) -> None:
    """All of these calls, through the engine."""
    for facts in calls:
        session = Session(flow, "1")
        session.call.secrets = secrets
        for event, now in facts:
            session.handle(event, now)


def seconds(run: Callable[[], object], rounds: int) -> list[float]:
    """How long it took, each time, the shortest first; once more than that, to warm up."""
    times = []
    for _ in range(rounds + 1):
        began = perf_counter()
        run()
        times.append(perf_counter() - began)
    return sorted(times[1:])


def stories() -> Iterator[tuple[str, Flow, Path, tuple[Scenario, ...]]]:
    for file in sorted(SAMPLES.glob("*.test.yaml")):
        told = load_scenarios(file)
        for path, flow in told.flows.items():
            yield path.stem, flow, path, told.scenarios


def large_flow() -> str:
    """A menu of menus: 200 states, each with nine choices, two prompts and a variable."""
    lines = ["ivr: 1", "flow: large", "start: s0", "language: en", "states:"]
    for number in range(STATES):
        to = [f"s{(number * 9 + key) % STATES}" for key in range(1, 10)]
        pairs = ", ".join(f"c{key}: {state}" for key, state in enumerate(to, 1))
        keys = ", ".join(f"c{key}: {key}" for key in range(1, 10))
        lines += [
            f"  s{number}:",
            "    do:",
            *(["    - answer"] if not number else []),
            f"    - set: {{last: {number}}}",
            f'    - ask: {{text: "In {number}, after {{{{ last }}}}.", choices: {{{keys}}}}}',
            f"    then: {{{pairs}, no_input: end, no_match: end}}",
        ]
    return "\n".join(lines) + "\n"


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    print(f"{rounds} rounds; microseconds of one core")
    print(f"{'flow':20}{'calls':>6}{'events':>8}{'per event':>11}{'median':>8}{'per call':>10}")
    told = 0
    stories_best = 0.0
    for name, flow, path, scenarios in stories():
        calls = [calls_of(scenario, flow, path) for scenario in scenarios]
        events = sum(map(len, calls))
        secrets = SEEN[0].call.secrets
        times = seconds(partial(feed, flow, secrets, calls), rounds)
        best, middle = times[0] / events * 1e6, median(times) / events * 1e6
        per_call = times[0] / len(calls) * 1e6
        print(f"{name:20}{len(calls):6}{events:8}{best:11.1f}{middle:8.1f}{per_call:10.0f}")
        told += len(calls)
        stories_best += seconds(lambda: [s.run(flow, path) for s in scenarios], rounds)[0]  # noqa: B023
    print(f"{told} stories, told and checked: {told / stories_best:,.0f} simulated calls/s (best)")
    with TemporaryDirectory() as folder:
        file = Path(folder, "large.yaml")
        file.write_text(large_flow())
        times = seconds(partial(load_flow, file), max(3, rounds // 4))
    print(f"a flow of {STATES} states is loaded in {times[0]:.2f} s, median {median(times):.2f} s")


if __name__ == "__main__":
    main()
