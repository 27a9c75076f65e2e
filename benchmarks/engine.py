"""What the engine costs: microseconds per event, beside the least that Python could do it for.

The call: offered, answered, a menu, a key, hang up.  The baseline walks the same call through a
bare table, (state, kind of event) -> (next state, effects): no timers, no type-ahead, no checks, no
journal.  Run: ``python -m benchmarks.engine [rounds]``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter

from ivr import Call, Choices, Flow, Session, answer, ask, hang_up
from ivr.engine.effects import Answer, Effect, HangUp, Play, Stop
from ivr.engine.events import Answered, Digit, Event, Offered, Tick

ROUNDS = 15
CALLS = 500  # in a round
CHOICES = Choices({"sales": ["1"], "support": ["2"]})

flow = Flow("menu", start="menu")


@flow.state(sales="bye", support="bye", no_input="bye", no_match="bye")
async def menu(call: Call) -> str:
    await answer(call)
    return (await ask(call, "menu", choices=CHOICES)).outcome


@flow.state()
async def bye(call: Call) -> str:
    return (await hang_up(call)).outcome


EVENTS: tuple[tuple[float, Event], ...] = (
    (0.0, Offered("+15550100", "100", 1741000000.0)),
    (0.02, Answered()),
    (0.32, Tick()),
    (1.0, Digit("1")),
)
TABLE: dict[tuple[str, type[Event]], tuple[str, Callable[[], list[Effect]]]] = {
    ("", Offered): ("ringing", lambda: [Answer()]),
    ("ringing", Answered): ("settling", lambda: []),
    ("settling", Tick): ("menu", lambda: [Play(1, ("menu",))]),
    ("menu", Digit): ("end", lambda: [Stop(1), HangUp()]),
}


def one_call() -> None:
    """The call, through the engine."""
    session = Session(flow, "1")
    for now, event in EVENTS:
        session.handle(event, now)
    assert session.ended


def one_walk() -> None:
    """The same call, through a bare table."""
    state = ""
    for _, event in EVENTS:
        state, effects = TABLE[state, type(event)]
        effects()
    assert state == "end"


def timed(rounds: int, *runs: Callable[[], object]) -> list[list[float]]:
    """Seconds for each of *runs*, a figure a round, best first.

    They take turns, so that whatever else the machine does falls on all of them.
    """
    figures: list[list[float]] = [[] for _ in runs]
    for number in range(rounds + 1):
        for run, times in zip(runs, figures, strict=True):
            began = perf_counter()
            for _ in range(CALLS):
                run()
            if number:  # the first one warms up
                times.append((perf_counter() - began) / CALLS)
    return [sorted(times) for times in figures]


def rounds_asked_for() -> int:
    return int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS


def main() -> None:
    flow.check()
    rounds = rounds_asked_for()
    engine, table = timed(rounds, one_call, one_walk)
    events = len(EVENTS)
    print(f"{rounds} rounds of {CALLS} calls with {events} events each; microseconds per event")
    print(f"{'':24}{'best':>8}{'median':>8}")
    for name, figures in (("engine", engine), ("bare table (baseline)", table)):
        best, middle = figures[0] / events * 1e6, median(figures) / events * 1e6
        print(f"{name:24}{best:8.2f}{middle:8.2f}")
    print(f"the engine does {1 / engine[0]:,.0f} such calls/s on one core (best)")


if __name__ == "__main__":
    main()
