"""The pool: every piece of work ends in its time, whatever it does."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from ivr.engine.effects import Work
from ivr.engine.events import WorkDone
from ivr.engine.values import Secret, is_plain
from ivr.work.job import Failed, Job, TooSlow
from ivr.work.pool import MOST_LOST, MOST_WAITING, THREADS, TOO_SLOW, Pool


class Office:
    """A pool whose clock only the test moves, and jobs that go on until they are let go."""

    def __init__(self, **jobs: Job) -> None:
        self.now = 100.0
        self.go = threading.Event()
        self.awake = threading.Semaphore(0)
        self.running = threading.Semaphore(0)
        given: Mapping[str, Job] = {"hang": self.hang, **jobs}
        self.pool = Pool(
            {name: lambda job=job: job for name, job in given.items()},  # type: ignore[misc]
            self.awake.release,
            limits={"python": 2.0},
            clock=lambda: self.now,
        )
        self.last = 0

    def hang(self, order: Mapping[str, Any], seconds: float) -> str:
        self.running.release()
        assert self.go.wait(30)
        return "at last"

    def begin(self, job: str, order: Mapping[str, Any] | None = None, seconds: float = 5.0) -> int:
        self.last += 1
        self.pool.begin("a", Work(self.last, job, order or {}, seconds))
        return self.last

    def ends(self, job: str, order: Mapping[str, Any] | None = None) -> WorkDone:
        """How a piece of work ends."""
        self.begin(job, order)
        while not (found := self.pool.done()):
            assert self.awake.acquire(timeout=10)
        [(call_id, done)] = found
        assert call_id == "a"
        return done

    def wait_for(self, count: int) -> list[WorkDone]:
        found: list[WorkDone] = []
        while len(found) < count:
            assert self.awake.acquire(timeout=10)
            found += [done for _, done in self.pool.done()]
        return found


@pytest.fixture
def office() -> Iterator[Callable[..., Office]]:
    made: list[Office] = []

    def make(**jobs: Job) -> Office:
        made.append(Office(**jobs))
        return made[-1]

    yield make
    for each in made:
        each.go.set()
        each.pool.close()


Open = Callable[..., Office]


def test_what_comes_of_work_is_told(office: Open) -> None:
    there = office(add=lambda order, seconds: order["a"] + seconds)
    assert there.ends("add", {"a": 1}) == WorkDone(1, "ok", Decimal("6.0"))
    assert there.pool.done() == []


def test_no_thread_is_there_before_there_is_work() -> None:
    before = {*threading.enumerate()}  # some of them may be ending
    Pool({"x": lambda: lambda order, seconds: None})
    assert {*threading.enumerate()} <= before


@pytest.mark.parametrize(
    ("error", "done"),
    [
        (Failed("no such thing"), WorkDone(1, "failed", reason="no such thing")),
        (Failed("404", {"a": 1}), WorkDone(1, "failed", {"a": 1}, "404")),
        (Failed("404", {"a": object()}), WorkDone(1, "failed", None, "404")),
        (TooSlow(), WorkDone(1, "timeout", reason=TOO_SLOW)),
        (ValueError("what"), WorkDone(1, "failed", reason="ValueError: what")),
        (SystemExit(3), WorkDone(1, "failed", reason="SystemExit: 3")),
        (KeyboardInterrupt(), WorkDone(1, "failed", reason="KeyboardInterrupt: ")),
    ],
)
def test_whatever_a_job_raises_is_told(office: Open, error: BaseException, done: WorkDone) -> None:
    def fails(order: Mapping[str, Any], seconds: float) -> None:
        raise error

    there = office(fails=fails, fine=lambda order, seconds: 1)
    assert there.ends("fails") == done
    assert there.ends("fine").outcome == "ok"


def test_a_job_that_cannot_be_made_is_failed_and_made_again() -> None:
    made: list[int] = []
    awake = threading.Semaphore(0)

    def make() -> Job:
        made.append(1)
        if len(made) == 1:
            raise ImportError("no driver")
        return lambda order, seconds: None

    pool = Pool({"sql": make}, awake.release)
    outcomes = []
    for id in (1, 2, 3):
        pool.begin("a", Work(id, "sql", {}, 5))
        assert awake.acquire(timeout=10)
        outcomes += [done.outcome for _, done in pool.done()]
    assert outcomes == ["failed", "ok", "ok"]
    assert len(made) == 2
    pool.close()


def test_what_nobody_does_is_failed_at_once(office: Open) -> None:
    there = office()
    there.begin("dance")
    assert there.pool.due < 0  # the worker need not wait
    assert there.pool.done() == [("a", WorkDone(1, "failed", reason="nobody does dance here"))]


# -- time -------------------------------------------------------------------------------------


def test_a_job_that_hangs_is_too_slow_when_its_time_is_up(office: Open) -> None:
    there = office()
    there.begin("hang", seconds=3)
    assert there.running.acquire(timeout=10)
    assert there.pool.due == 103.0
    there.now = 102.9
    assert there.pool.done() == []
    there.now = 103.0
    assert there.pool.done() == [("a", WorkDone(1, "timeout", reason=TOO_SLOW))]
    assert there.pool.due == float("inf")
    there.go.set()
    assert there.awake.acquire(timeout=10)
    assert there.pool.done() == []  # once is enough


def test_a_job_has_no_more_time_than_the_settings_allow(office: Open) -> None:
    there = office()
    there.begin("python", seconds=60)
    assert there.pool.done()[0][1].outcome == "failed"
    there.pool.renew({"python": lambda: there.hang}, {"python": 2.0})
    there.begin("python", seconds=60)
    assert there.pool.due == 102.0


def test_what_still_waits_when_its_time_is_up_is_never_begun(office: Open) -> None:
    began: list[str] = []
    there = office(quick=lambda order, seconds: began.append("quick"))
    for _ in range(THREADS):
        there.begin("hang", seconds=100)
    for _ in range(THREADS):
        assert there.running.acquire(timeout=10)
    id = there.begin("quick", seconds=1)
    there.now += 1
    assert there.pool.done() == [("a", WorkDone(id, "timeout", reason=TOO_SLOW))]
    there.go.set()
    assert len(there.wait_for(THREADS)) == THREADS
    assert not began


def test_threads_that_hang_are_replaced_and_the_pool_does_not_run_dry(office: Open) -> None:
    there = office(quick=lambda order, seconds: "done")
    for _ in range(MOST_LOST // THREADS):
        for _ in range(THREADS):
            there.begin("hang", seconds=1)
        for _ in range(THREADS):
            assert there.running.acquire(timeout=10)
        there.now += 1
        assert {done.outcome for _, done in there.pool.done()} == {"timeout"}
    assert there.ends("quick").value == "done"
    refused = there.ends("hang")
    assert refused.outcome == "failed" and "have not come back" in refused.reason
    there.go.set()
    while (done := there.ends("hang")).outcome == "failed":
        pass  # until the first of them has come back
    assert done.value == "at last"


def test_a_job_that_has_lost_too_many_threads_gets_another_chance_when_it_is_renewed(
    office: Open,
) -> None:
    there = office()
    for _ in range(MOST_LOST):
        there.begin("hang", seconds=1)
        assert there.running.acquire(timeout=10)
        there.now += 1
        assert len(there.pool.done()) == 1
    assert there.ends("hang").outcome == "failed"
    there.pool.renew({"hang": lambda: lambda order, seconds: "mended"})
    assert there.ends("hang").value == "mended"
    there.go.set()
    for _ in range(MOST_LOST):
        assert there.awake.acquire(timeout=10)
        assert there.pool.done() == []
    assert there.pool._losses["hang"] == 0  # those who come back are none of the new one's


def test_more_than_can_wait_is_failed_at_once(office: Open) -> None:
    there = office()
    for _ in range(THREADS + MOST_WAITING + 1):
        there.begin("hang", seconds=100)
    assert {done.reason for _, done in there.pool.done()} == {"too much to do"}


def test_what_nobody_waits_for_is_not_begun_and_not_told(office: Open) -> None:
    began: list[int] = []
    there = office(quick=lambda order, seconds: began.append(1))
    for _ in range(THREADS):
        there.begin("hang")
    for _ in range(THREADS):
        assert there.running.acquire(timeout=10)
    id = there.begin("quick")
    there.pool.stop("a", id)
    there.pool.stop("a", 4711)
    there.pool.forget("a")
    there.go.set()
    for _ in range(THREADS + 1):
        assert there.awake.acquire(timeout=10)
        assert there.pool.done() == []
    assert not began


def test_two_calls_may_have_the_same_number(office: Open) -> None:
    there = office(who=lambda order, seconds: order["who"])
    for call in ("a", "b"):
        there.pool.begin(call, Work(1, "who", {"who": call}, 5))
    found: list[tuple[str, WorkDone]] = []
    while len(found) < 2:
        assert there.awake.acquire(timeout=10)
        found += there.pool.done()
    assert {(call, done.value) for call, done in found} == {("a", "a"), ("b", "b")}


# -- what comes -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (None, None),
        ((1, {"a"}), [1, ["a"]]),
        (1.5, Decimal("1.5")),
        (date(2025, 3, 3), date(2025, 3, 3)),
        (time(9, 30), time(9, 30)),
        (datetime(2025, 3, 3, 9, 30, tzinfo=UTC), "2025-03-03 09:30:00+00:00"),
        ({"a": {"b": [True, None]}}, {"a": {"b": [True, None]}}),
    ],
)
def test_plain_values_come_as_they_are(office: Open, value: object, found: object) -> None:
    done = office(give=lambda order, seconds: value).ends("give")
    assert (done.outcome, done.value) == ("ok", found)
    assert is_plain(done.value)


def endless() -> list[Any]:
    ring: list[Any] = []
    ring.append(ring)
    return ring


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (object(), "what came has a object in it, which is no plain value"),
        (b"x", "what came has a bytes in it, which is no plain value"),
        ({1: 2}, "what came has int for a name; expected a text"),
        ("x" * 1_000_001, "more came than 1,000,000 characters"),
        ([0] * 200_000, "more came than 1,000,000 characters"),
        ({"x" * 1_000_001: 1}, "more came than 1,000,000 characters"),
        (endless(), "what came is nested deeper than 30 levels"),
        (float("nan"), "what came has a number in it that is none, or too long"),
        (Decimal("1" * 1001), "what came has a number in it that is none, or too long"),
        (10**2000, "what came has a number that is too long"),
    ],
)
def test_garbage_is_failed(office: Open, value: object, reason: str) -> None:
    done = office(give=lambda order, seconds: value).ends("give")
    assert (done.outcome, done.value, done.reason) == ("failed", None, reason)


# -- secrets ----------------------------------------------------------------------------------


def test_a_job_gets_secrets_as_texts(office: Open) -> None:
    seen: list[Mapping[str, Any]] = []
    there = office(see=lambda order, seconds: seen.append(order))
    there.ends("see", {"a": Secret("sesame"), "b": [{"c": Secret("open")}], "d": 1})
    assert seen == [{"a": "sesame", "b": [{"c": "open"}], "d": 1}]


def test_what_comes_back_with_a_secret_in_it_is_one(office: Open) -> None:
    there = office(echo=lambda order, seconds: {"said": [f"is {order['pin']}!", 14711, 42, None]})
    said = there.ends("echo", {"pin": Secret("4711")}).value["said"]
    assert said == ["is 4711!", "14711", 42, None]
    assert [type(each) for each in said] == [Secret, Secret, int, type(None)]


def test_a_secret_does_not_come_back_as_a_name(office: Open) -> None:
    there = office(echo=lambda order, seconds: {order["pin"]: 1})
    done = there.ends("echo", {"pin": Secret("4711")})
    assert (done.outcome, done.reason) == ("failed", "what came has a secret for a name")


@pytest.mark.parametrize("error", [Failed, ValueError])
def test_a_secret_in_the_words_of_an_error_is_masked(
    office: Open, error: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    def fails(order: Mapping[str, Any], seconds: float) -> None:
        raise error(f"{order['long']} {order['short']} is wrong") from KeyError(order["long"])

    done = office(fails=fails).ends("fails", {"short": Secret("ses"), "long": Secret("sesame")})
    assert done.reason.endswith("*** *** is wrong")
    assert "ses" not in caplog.text.replace("test_", "").replace("session", "")


def test_the_log_says_of_which_call_it_is(office: Open, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        office(fails=lambda order, seconds: 1 // 0).ends("fails")
    assert caplog.records[0].call == "a"  # type: ignore[attr-defined]
