"""Names and their lookups, without a stack."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue

from ivr.sip.accounts import LineAccount
from ivr.sip.names import MOST, Names
from ivr.sip.settings import LineSettings


class Resolver:
    """Each lookup gets its answer when the test says so: an address, or that there is none."""

    def __init__(self, *ours: str) -> None:
        self.lookups: list[SimpleQueue[str]] = []
        self.posted: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.timers: list[Callable[[], None]] = []
        self.asked = threading.Semaphore(0)
        self.told: list[str] = []
        self.names = Names(self.posted.put, self.later, self.look_up, ours)

    def later(self, seconds: float, then: Callable[[], None]) -> None:
        self.timers.append(then)

    def look_up(self, name: str) -> str:
        answers: SimpleQueue[str] = SimpleQueue()
        self.lookups.append(answers)
        self.asked.release()
        if answer := answers.get(timeout=30):
            return answer
        raise OSError("no such name")

    def find(self, name: str) -> None:
        before = len(self.told)
        self.names.find(name, self.told.append)
        if len(self.told) == before:
            assert self.asked.acquire(timeout=30)

    def answer(self, lookup: int, address: str) -> None:
        self.lookups[lookup].put(address)
        self.posted.get(timeout=30)()


def test_the_time_of_one_lookup_does_not_end_the_next() -> None:
    there = Resolver()
    there.find("pbx.example")
    there.answer(0, "")
    there.find("pbx.example")
    there.timers[0]()
    there.answer(1, "192.0.2.9")
    assert there.told == ["", "192.0.2.9"]


def test_a_lookup_that_comes_late_with_nothing_does_not_end_the_next() -> None:
    there = Resolver()
    there.find("pbx.example")
    there.timers[0]()
    there.find("pbx.example")
    there.answer(0, "")
    there.answer(1, "192.0.2.9")
    assert there.told == ["", "192.0.2.9"]


def test_names_of_strangers_do_not_keep_ours_from_being_asked() -> None:
    there = Resolver("registrar.example")
    for number in range(MOST):
        there.find(f"slow{number}.example")
    there.find("one-more.example")
    assert there.told == [""]
    there.find("registrar.example")
    there.answer(MOST, "192.0.2.9")
    assert there.told == ["", "192.0.2.9"]
    for number in range(MOST):
        there.answer(number, "")


def test_ours_are_those_of_accounts_and_of_whom_may_be_called() -> None:
    account = LineAccount("a", "sip:Registrar.example:5060", "a", "example", "", proxy="sip:p.x;lr")
    settings = LineSettings(Path(), accounts=(account,), may_call=["pbx.example", "6XX@Desk.x"])
    known = {"registrar.example", "p.x", "example", "pbx.example", "desk.x"}
    assert settings.hosts == known
