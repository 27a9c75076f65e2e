"""The sound clock starts in step with the first caller."""

from collections.abc import Callable
from math import inf

from ivr.sip.clock import BEHIND, LAG, LOOK, PATIENCE, PERIOD, SoundClock


class Bench:
    """A clock on a bench: when it ticked, and what is to be called later."""

    def __init__(self) -> None:
        self.ticks: list[float] = []
        self.later: list[tuple[float, Callable[[], None]]] = []
        self.now = 0.0
        self.clock = SoundClock(
            lambda: self.ticks.append(self.now),
            lambda seconds, act: self.later.append((seconds, act)),
            lambda: self.now,
        )

    def pass_time(self) -> float:
        seconds, act = self.later.pop(0)
        self.now += seconds
        act()
        return seconds

    def run(self) -> None:
        """As long as a tick is due."""
        while self.clock.due <= self.now:
            self.clock.tick(self.now)


def test_it_ticks_halfway_between_two_packets() -> None:
    bench, heard = Bench(), [False, False, True]
    bench.clock.start(lambda: heard.pop(0))
    assert bench.clock.running and bench.clock.due == inf
    assert [bench.pass_time(), bench.pass_time()] == [LOOK, LOOK]
    assert bench.clock.due == inf
    assert bench.pass_time() == BEHIND
    assert bench.clock.due == bench.now and not bench.later


def test_a_caller_who_sends_nothing_is_not_waited_for() -> None:
    bench = Bench()
    bench.clock.start(lambda: False)
    while bench.later:
        bench.pass_time()
    assert bench.clock.due == bench.now and PATIENCE <= bench.now < PATIENCE + 2 * LOOK


def test_a_second_call_does_not_move_it() -> None:
    bench = Bench()
    bench.clock.start(lambda: True)
    bench.clock.start(lambda: True)
    assert len(bench.later) == 1


def test_a_call_that_is_gone_before_starts_nothing() -> None:
    bench = Bench()
    bench.clock.start(lambda: True)
    bench.clock.stop()
    bench.pass_time()
    assert bench.clock.due == inf


def test_it_keeps_its_step_however_late_it_is_asked() -> None:
    bench = Bench()
    bench.clock.start(lambda: True)
    bench.pass_time()
    began = bench.now
    for late in (0.0, 0.003, 0.019):
        bench.now = bench.clock.due + late
        bench.run()
    assert len(bench.ticks) == 3
    assert abs(bench.clock.due - began - 3 * PERIOD) < 1e-9


def test_it_catches_up_with_a_short_pause_only() -> None:
    bench = Bench()
    bench.clock.start(lambda: True)
    bench.pass_time()
    bench.now += 5.5 * PERIOD
    bench.run()
    assert len(bench.ticks) == 6
    bench.now += LAG + 0.1
    bench.run()
    assert len(bench.ticks) == 7
    assert bench.clock.due == bench.now + PERIOD
