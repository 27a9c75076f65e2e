"""Callers who do anything, and the world around them: simulated calls with their journals."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from ivr.engine.events import (
    Dismissed,
    Event,
    Finding,
    Interjected,
    Moved,
    Screened,
    WorkDone,
    WorkOutcome,
)
from ivr.engine.far_end import OUTCOMES
from ivr.engine.flow import Flow
from ivr.engine.phase import KEYS as TAKEN
from ivr.testing import SimulatedCall
from ivr.testing.far_ends import FarEnd
from ivr.testing.transfers import CODES

ROOT = Path(__file__).parents[2]
FLOWS = sorted(
    file
    for folder in ("flows", "flows/samples", "ivr/library")
    for file in (ROOT / folder).glob("*.yaml")
    if not file.name.endswith(".test.yaml")
)
KEYS = "0123456789*#"
WORDS = ["yes", "no", "sales", "one two three", "the tenth of March", "", "half past nine"]
VALUES: dict[str, list[Any]] = {
    "sql": [[], [{"pin": "4711", "balance": Decimal("12.50"), "name": "Ann"}], None],
    "http": [
        {"status": 200, "headers": {}, "body": {"balance": Decimal("-3.10"), "number": 7}},
        {"status": 409, "headers": {}, "body": {}},
        None,
    ],
    "python": [{"open": True}, "a text", 3, None],
    "notify": [200, None],
}


class Stranger:
    """One call, of which nobody knows what it will be like."""

    def __init__(self, flow: Flow, random: Random, **offer: Any) -> None:
        self.call = SimulatedCall(flow, **offer)
        self.flow = flow
        self.random = random
        self.line = self.call._line
        self.decided: list[FarEnd] = []

    def lives(self, deeds: int = 40) -> list[dict[str, Any]]:
        """Call, until it is over; the journal of it."""
        for _ in range(deeds):
            if self.line.over:
                break
            self.random.choice(self.possible())()
        if not self.line.over:
            self.line.hang_up()
        for _ in range(1000):
            if self.line.jobs:
                self.work()
            elif not self.line.step():
                break
        head = {"at": 0.0, "call": "1a2b", "flow": self.flow.name, "version": self.flow.version}
        return [head, *self.call.journal]

    def possible(self) -> list[Callable[[], object]]:
        line, deeds = self.line, list[Callable[[], object]]()
        deeds += [self.wait, self.wait, self.wait]
        if line.session.call.phase in TAKEN.phases:
            deeds += [self.press] * 6
        if line.session.call.asking or line.listening is not None:
            deeds += [self.speak] * 2
        if line.jobs:
            deeds += [self.work] * 6
        if line.far_ends.undecided:
            deeds += [self.decide] * 4
        if line.recording is not None:
            deeds += [self.record] * 4
        if line.screening is not None:
            deeds += [self.screen]
        if self.random.random() < 0.1:
            deeds += [line.hang_up, self.order]
        return deeds

    def wait(self) -> None:
        self.line.pass_until(self.call.now + self.random.choice([0.1, 0.7, 2.0, 6.0, 15.0]))

    def press(self) -> None:
        for _ in range(self.random.choice([1, 1, 1, 4, 8])):
            if not self.line.over:
                self.line.press(self.random.choice(KEYS))
                self.line.pass_until(self.call.now + 0.2)

    def speak(self) -> None:
        self.line.say(self.random.choice(WORDS), self.random.choice([0.3, 0.5, 0.9]))

    def work(self) -> None:
        work = self.line.jobs[0]
        outcomes: list[WorkOutcome] = ["ok", "ok", "ok", "failed", "timeout"]
        outcome = self.random.choice(outcomes)
        value = self.random.choice(VALUES[work.job]) if outcome == "ok" else None
        reason = "" if outcome == "ok" else "no luck"
        after = self.random.choice([0.05, 1.7])
        self.line.finish(work, WorkDone(work.id, outcome, value, reason), after)
        while work in self.line.jobs and self.line.step():
            pass

    def decide(self) -> None:
        line, outcome = self.line, self.random.choice([*OUTCOMES, "answered"])
        one = self.random.choice(line.far_ends.undecided)
        if one in self.decided:
            return self.wait()
        self.decided.append(one)
        talk = self.random.choice([None, 10.0])
        key = self.random.choice(["", "1", "1", "2"])
        line.far_ends.decide(one, self.call.now + 2, outcome, CODES[outcome], talk, key)
        line.pass_until(self.call.now + self.random.choice([0.5, 2.0, 5.0]))

    def record(self) -> None:
        end = self.call.now + self.random.choice([0.3, 5.0])
        self.line.sound_until(end)
        self.line.pass_until(end)

    def screen(self) -> None:
        assert self.line.screening is not None
        findings: list[Finding] = ["human", "machine", "silence"]
        found = self.random.choice(findings)
        self.line.reveal((Screened(self.line.screening.id, found), 1.0))

    def order(self) -> None:
        states = [name for name in self.flow.states if not name.startswith("(")]
        orders: list[Event] = [Moved(self.random.choice(states)), Interjected("sorry"), Dismissed()]
        self.line.happens(self.random.choice(orders))


class Delayed(Stranger):
    """A stranger of whose keys some come when a timer is up, and the flow does not know it yet."""

    def press(self) -> None:
        line, late = self.line, self.random.choice([None, 0.0, 0.0003, 0.004, 0.03])
        if late is not None and line.session.deadline is not None:
            moment = line.session.deadline + late
            if moment < line._agenda.next and moment < line.now + 8:
                line.now = moment
        super().press()
