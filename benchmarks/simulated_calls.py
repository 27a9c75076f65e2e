"""How many calls one core simulates in a second, each told and checked as a test would.

The baseline is the same call with its events given to the engine by hand: what is between the two
is the price of the simulated caller.  Run: ``python -m benchmarks.simulated_calls [rounds]``.
"""

from __future__ import annotations

from statistics import median

from ivr.testing import SimulatedCall

from .engine import CALLS, flow, one_call, rounds_asked_for, timed

GOAL = 5000  # calls per second


def one_story() -> None:
    SimulatedCall(flow).is_asked("menu").presses("1").is_over(by="flow")


def main() -> None:
    flow.check()
    rounds = rounds_asked_for()
    stories, calls = timed(rounds, one_story, one_call)
    print(f"{rounds} rounds of {CALLS} menu calls on one core; calls per second")
    print(f"{'':28}{'best':>8}{'median':>8}")
    for name, figures in (("simulated calls", stories), ("engine alone (baseline)", calls)):
        print(f"{name:28}{1 / figures[0]:8,.0f}{1 / median(figures):8,.0f}")
    verdict = "reached" if 1 / median(stories) >= GOAL else "MISSED"
    print(f"goal: {GOAL:,} simulated calls per second: {verdict}")


if __name__ == "__main__":
    main()
