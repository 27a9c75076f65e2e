"""The sound clock starts in step with the first caller."""

from collections.abc import Callable

from ivr.sip.clock import BEHIND, LOOK, PATIENCE, SoundClock


class Bench:
    """A clock on a bench: what was switched, and what is to be called later."""

    def __init__(self) -> None:
        self.switched: list[bool] = []
        self.due: list[tuple[float, Callable[[], None]]] = []
        self.now = 0.0
        self.clock = SoundClock(
            self.switched.append, lambda s, act: self.due.append((s, act)), lambda: self.now
        )

    def pass_time(self) -> float:
        seconds, act = self.due.pop(0)
        self.now += seconds
        act()
        return seconds


def test_it_ticks_halfway_between_two_packets() -> None:
    bench, heard = Bench(), [False, False, True]
    bench.clock.start(lambda: heard.pop(0))
    assert bench.clock.running and not bench.switched
    assert [bench.pass_time(), bench.pass_time()] == [LOOK, LOOK]
    assert not bench.switched
    assert bench.pass_time() == BEHIND
    assert bench.switched == [True] and not bench.due


def test_a_caller_who_sends_nothing_is_not_waited_for() -> None:
    bench = Bench()
    bench.clock.start(lambda: False)
    while bench.due:
        bench.pass_time()
    assert bench.switched == [True] and PATIENCE <= bench.now < PATIENCE + 2 * LOOK


def test_a_second_call_does_not_move_it() -> None:
    bench = Bench()
    bench.clock.start(lambda: True)
    bench.clock.start(lambda: True)
    assert len(bench.due) == 1


def test_a_call_that_is_gone_before_starts_nothing() -> None:
    bench = Bench()
    bench.clock.start(lambda: True)
    bench.clock.stop()
    bench.pass_time()
    assert bench.switched == [False]
