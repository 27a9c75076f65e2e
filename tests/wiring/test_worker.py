"""The loop that joins a phone and its calls."""

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ivr import END, Call, Flow, answer, say
from ivr.engine import effects as do
from ivr.engine import events as ev
from ivr.engine.signalled import Signalled
from ivr.engine.work import work
from ivr.work.pool import Pool

from .hall import OFFER, Hall, menu


def test_two_calls_do_not_meet(tmp_path: Path) -> None:
    hall = Hall(
        tmp_path,
        menu(),
        [("a", OFFER), ("b", OFFER)],
        [("a", ev.Answered()), ("b", ev.Answered())],
        [("a", ev.Digit("1")), ("b", ev.HungUp())],
    )
    for _ in range(3):
        hall.worker.turn()
    assert hall.phone.told("a")[-2:] == [do.Stop(1), do.HangUp()]
    assert hall.phone.told("b") == [do.Answer(), do.Play(1, ("menu",)), do.Stop(1)]
    assert list(hall.worker.sessions) == ["a"]  # until the line says that it is gone


def test_a_deadline_fires_when_it_is_due_and_the_phone_waits_no_longer(tmp_path: Path) -> None:
    turns: list[list[tuple[str, ev.Event | Signalled]]] = [
        [("a", OFFER)],
        [("a", ev.Answered())],
        [("a", ev.PlayDone(1))],
    ]
    hall = Hall(tmp_path, menu(), *turns)
    for _ in range(4):
        hall.worker.turn()
    assert hall.phone.waits[0] == 0.5  # nothing to do: as long as it may
    hall.now += 4.75
    hall.worker.turn()
    assert hall.phone.waits[-1] == pytest.approx(0.25)
    assert do.HangUp() not in hall.phone.told("a")
    hall.now += 0.25
    hall.worker.turn()
    assert hall.phone.told("a")[-1] == do.HangUp()


def test_a_wall_clock_that_is_set_by_an_hour(tmp_path: Path) -> None:
    """A running call keeps its pace and its time of day; the next one has the new time."""
    later = ev.Offered("bob", "100", wall=OFFER.wall + 3600)
    hall = Hall(tmp_path, menu(), [("a", OFFER)], [("a", ev.Answered()), ("b", later)])
    hall.worker.turn()
    first = hall.worker.sessions["a"].call
    before = first.time
    hall.now += 1
    hall.worker.turn()
    second = hall.worker.sessions["b"].call
    assert (first.time - before).total_seconds() == 1
    assert (second.time - first.time).total_seconds() == 3600 - 1
    hall.phone.turns = [[("a", ev.HungUp()), ("b", ev.HungUp())]]
    hall.now += 1
    hall.worker.turn()
    ends = [hall.journal(call_id)[-1]["at"] for call_id in ("a", "b")]
    assert ends == [2.0, 1.0]


def test_a_number_that_nobody_has_gets_404(tmp_path: Path) -> None:
    hall = Hall(tmp_path, None, [("a", OFFER)], [("a", ev.HungUp())])
    hall.worker.turn()
    hall.worker.turn()
    assert hall.phone.told("a") == [do.Reject(404)]
    assert not hall.worker.sessions
    assert [line.get("effect") for line in hall.journal("a")].count("reject") == 1


def test_events_of_unknown_calls_are_ignored(tmp_path: Path) -> None:
    hall = Hall(tmp_path, menu(), [("ghost", ev.Digit("1"))])
    hall.worker.turn()
    assert hall.phone.done == []


def broken(step: Callable[[], None]) -> Flow:
    flow = Flow("broken", start="only")

    @flow.state(done=END)
    async def only(call: Call) -> str:
        await answer(call, settle=0)
        step()
        return "done"

    return flow.check()


@pytest.mark.parametrize("swallow", [False, True])
def test_a_state_that_computes_too_long_is_interrupted(
    tmp_path: Path, swallow: bool, caplog: pytest.LogCaptureFixture
) -> None:
    def compute() -> None:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                sum(range(10_000))
            except Exception:
                assert swallow
                raise

    hall = Hall(tmp_path, broken(compute), [("a", OFFER)], [("a", ev.Answered())])
    began = time.monotonic()
    with caplog.at_level(logging.ERROR):
        hall.worker.turn()
        hall.worker.turn()
    assert time.monotonic() - began < 10  # not the twenty seconds it wanted
    assert hall.phone.beats  # the neighbours hear on
    assert hall.phone.told("a")[-2:] == [do.Play(1, ("sorry",)), do.HangUp(after=1)]
    assert "only: " in caplog.text and "test_worker.py" in caplog.text
    assert "computed for too long" in caplog.text


def test_a_state_that_computes_while_it_tidies_up_is_interrupted_too(tmp_path: Path) -> None:
    flow = Flow("slow", start="only")

    @flow.state(done=END)
    async def only(call: Call) -> str:
        try:
            await answer(call, settle=60)
        finally:
            time.sleep(20)
        return "done"

    hall = Hall(tmp_path, flow.check(), [("a", OFFER)], [("a", ev.HungUp())])
    began = time.monotonic()
    hall.worker.turn()
    hall.worker.turn()
    assert time.monotonic() - began < 10
    assert "computed for too long" in json.dumps(hall.journal("a"))


def test_a_slip_in_a_flow_hurts_its_own_call_only(tmp_path: Path) -> None:
    def slip(call: Call) -> None:
        call.emit(do.Stop)  # type: ignore[arg-type]

    flow = Flow("slip", start="only")

    @flow.state(done=END)
    async def only(call: Call) -> str:
        await answer(call, settle=0)
        slip(call)
        return "done"

    hall = Hall(tmp_path, flow.check(), [("a", OFFER)], [("a", ev.Answered())])
    hall.worker.turn()
    hall.worker.turn()
    assert hall.phone.told("a")[-1] == do.HangUp(after=1)
    (failed,) = [line for line in hall.journal("a") if line.get("kind") == "failed"]
    assert "is no effect" in str(failed["detail"])


def test_a_state_that_sleeps_in_a_library_is_interrupted_too(tmp_path: Path) -> None:
    hall = Hall(tmp_path, broken(lambda: time.sleep(20)), [("a", OFFER)], [("a", ev.Answered())])
    began = time.monotonic()
    hall.worker.turn()
    hall.worker.turn()
    assert time.monotonic() - began < 10
    assert hall.phone.told("a")[-1] == do.HangUp(after=1)


def test_drain_lets_live_calls_finish(tmp_path: Path) -> None:
    hall = Hall(tmp_path, menu(), [("a", OFFER)], [("a", ev.Answered())])
    hall.worker.turn()
    hall.worker.drain()
    hall.phone.turns += [[("a", ev.Digit("1"))], [("a", ev.HungUp("flow"))]]
    hall.worker.run()
    assert hall.phone.woken and hall.phone.refusing and hall.phone.stopped
    assert hall.phone.told("a")[-1] == do.HangUp()


def test_calls_that_outlast_the_drain_are_told_so(tmp_path: Path) -> None:
    flow = Flow("long", start="only")

    @flow.state(done=END)
    async def only(call: Call) -> str:
        await answer(call, settle=0)
        return (await say(call, "long")).outcome

    hall = Hall(tmp_path, flow.check(), [("a", OFFER)], [("a", ev.Answered())])

    def pass_time() -> None:
        hall.now += 0.4

    hall.worker.turn()
    hall.worker.turn()
    hall.phone.between = pass_time
    hall.phone.last = [("a", ev.HungUp("drain"))]
    hall.worker.drain()
    hall.worker.run()
    assert hall.now >= 1030
    assert hall.journal("a")[-1]["detail"] == "drain"


def test_a_call_is_kept_until_its_flow_has_done_what_it_does_after_it(tmp_path: Path) -> None:
    flow = menu()

    @flow.on_hang_up()
    async def tidy(call: Call) -> str:
        call.note("told", (await work(call, "nobody_does_this", {}, 3)).outcome)
        return "done"

    hall = Hall(tmp_path, flow, [("a", OFFER)], [("a", ev.Answered())], [("a", ev.HungUp())])
    for _ in range(2):
        hall.worker.turn()
    hall.worker.tell("a", ev.HungUp())
    assert list(hall.worker.sessions) == ["a"]
    hall.worker.turn()
    assert not hall.worker.sessions
    notes = [
        line.get("detail") for line in hall.journal("a") if line.get("kind") in ("told", "end")
    ]
    assert notes == ["failed", "caller"]


class Desk(Pool):
    """Does one piece at each wait, which takes a moment of the hall's clock; or none, ever."""

    def __init__(self, hall: Hall, works: bool = True) -> None:
        self.hall = hall
        self.works = works
        self.go = threading.Semaphore(0)
        super().__init__({"file": lambda: self.file}, threads=1, clock=lambda: hall.now)

    def file(self, order: Mapping[str, Any], seconds: float) -> None:
        assert self.go.acquire(timeout=30)

    def wait(self, seconds: float) -> None:
        self.hall.now += 0.1 if self.works else seconds
        if self.works:
            self.go.release()
            super().wait(30)


def told_at_the_end(hall: Hall, calls: list[str]) -> list[object]:
    """What becomes of the work of *calls*, live when the worker ends, after them."""
    flow = menu()

    @flow.on_hang_up()
    async def tidy(call: Call) -> str:
        call.note("told", (await work(call, "file", {}, 4)).outcome)
        return "done"

    hall.worker.route = lambda offer: (flow, offer)
    hall.phone.turns = [[(id, OFFER) for id in calls], [(id, ev.Answered()) for id in calls]]
    hall.phone.last = [(id, ev.HungUp("drain")) for id in calls]
    hall.worker.turn()
    hall.worker.turn()
    hall.worker.end()
    return [
        line["detail"] for id in calls for line in hall.journal(id) if line.get("kind") == "told"
    ]


def test_at_the_end_every_call_gets_its_time_for_what_it_does_after_it(tmp_path: Path) -> None:
    hall = Hall(tmp_path, None)
    hall.worker.pool = Desk(hall)
    assert told_at_the_end(hall, [f"call{number}" for number in range(24)]) == ["ok"] * 24


def test_at_the_end_nothing_is_waited_for_longer_than_that(tmp_path: Path) -> None:
    hall = Hall(tmp_path, None)
    hall.worker.pool = desk = Desk(hall, works=False)
    assert told_at_the_end(hall, ["a", "b"]) == ["timeout"] * 2
    assert hall.now <= 1006
    desk.go.release()
