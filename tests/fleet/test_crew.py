"""Who lives and who is replaced: the whole of it, in virtual time, without a process."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.fleet.crew import (
    LONGEST_REST,
    STARTING,
    Bury,
    Crew,
    Drain,
    Fork,
    Intent,
    Kill,
    Life,
    Phase,
    Publish,
    Retire,
)


class Town:
    """A crew, its clock, and what it asked for."""

    def __init__(self, size: int, slots: int | None = None) -> None:
        names = (f"{number:06x}" for number in range(10**6))
        self.crew = Crew(size, slots or 3 * size, name=lambda: next(names))
        self.now = 0.0
        self.asked: list[Intent] = []
        self.crew.tick(self.now)

    def do(self, intents: Iterable[Intent]) -> list[Intent]:
        new = list(intents)
        self.asked += new
        return new

    def load(self, version: int = 1) -> None:
        self.do(self.crew.loaded(version, self.now))

    def lives(self, phase: Phase = Phase.READY) -> list[Life]:
        return [life for life in self.crew.lives.values() if life.phase is phase]

    def start_all(self) -> None:
        while starting := self.lives(Phase.STARTING):
            for life in starting:
                self.do(self.crew.ready(life.name, 4, self.now))

    def pass_time(self, seconds: float, hung: str = "") -> list[Intent]:
        """Everybody but `hung` goes on beating."""
        new: list[Intent] = []
        for _ in range(int(seconds)):
            self.now += 1.0
            for life in self.crew.lives.values():
                if life.name != hung:
                    self.crew.beat(life.name, None, self.now)
            new += self.do(self.crew.tick(self.now))
        return new

    def of(self, kind: type[Intent]) -> list[Intent]:
        return [intent for intent in self.asked if isinstance(intent, kind)]


@pytest.fixture
def town() -> Town:
    """Four workers that take calls."""
    town = Town(4)
    town.load()
    town.start_all()
    town.asked.clear()
    return town


def test_many_start_a_few_at_a_time() -> None:
    town = Town(64)
    town.load()
    assert len(town.of(Fork)) == STARTING
    town.start_all()
    assert len(town.of(Fork)) == 64
    assert len({fork.slot for fork in town.of(Fork) if isinstance(fork, Fork)}) == 64
    assert town.crew.complete


def test_the_dead_are_replaced_at_once_and_their_calls_closed(town: Town) -> None:
    victim = town.lives()[1]
    out = town.do(town.crew.exited(victim.name, "worker killed by SIGABRT", town.now))
    assert out[0] == Bury(victim.name, "worker killed by SIGABRT")
    assert Publish() in out
    (fork,) = town.of(Fork)
    assert isinstance(fork, Fork) and fork.slot == victim.slot and fork.life != victim.name


def test_who_keeps_dying_young_waits_longer_each_time(town: Town) -> None:
    rests = []
    for _ in range(9):
        life = next(x for x in [*town.lives(Phase.STARTING), *town.lives()])
        town.asked.clear()
        town.do(town.crew.exited(life.name, "worker ended with 1", town.now))
        before = town.now
        while not town.of(Fork):
            town.pass_time(1)
        rests.append(town.now - before)
    assert rests == [0, 1, 2, 4, 8, 16, 30, 30, 30]
    assert max(rests) == LONGEST_REST


def test_a_long_life_is_forgiven(town: Town) -> None:
    life = town.lives()[0]
    town.do(town.crew.exited(life.name, "", town.now))
    town.start_all()
    town.pass_time(61)
    town.asked.clear()
    young = next(x for x in town.lives() if x.deaths)
    town.do(town.crew.exited(young.name, "", town.now))
    assert town.of(Fork)


def test_a_hung_worker_is_killed_and_out_of_the_list_before_it_is_gone(town: Town) -> None:
    hung = town.lives()[2]
    out = town.pass_time(7, hung=hung.name)
    assert out == [Kill(hung.name), Publish()]
    assert hung not in town.crew.serving()
    assert town.do(town.crew.exited(hung.name, "worker killed by SIGKILL", town.now))[0] == Bury(
        hung.name, "worker hung"
    )
    assert len(town.of(Fork)) == 1


def test_when_we_were_stopped_ourselves_nobody_is_blamed(town: Town) -> None:
    town.now += 3600
    assert town.crew.tick(town.now) == []
    assert town.pass_time(60) == []


def test_a_worker_that_never_gets_ready_is_killed() -> None:
    town = Town(1)
    town.load()
    (life,) = town.lives(Phase.STARTING)
    assert Kill(life.name) in town.pass_time(30, hung=life.name)


def test_a_reload_never_has_less_room(town: Town) -> None:
    town.load(2)
    for life in town.lives(Phase.STARTING):
        assert {life.version for life in town.lives()} == {1} and len(town.lives()) == 4
        town.do(town.crew.ready(life.name, 4, town.now))
    assert {life.version for life in town.lives()} == {2} and len(town.lives()) == 4
    assert len(town.of(Publish)) == 5, "once for all, and once for each that is told to leave"
    old = town.lives(Phase.DRAINING)
    assert len(old) == 4 and all(d.seconds is None for d in town.of(Drain) if isinstance(d, Drain))
    town.pass_time(3 * 3600)  # a long call
    assert not town.of(Kill) and not town.of(Retire)
    for life in old:
        town.do(town.crew.exited(life.name, "worker ended", town.now))
    assert town.of(Retire) == [Retire(1)]
    assert len(town.crew.lives) == 4


def test_who_gets_ready_too_late_for_its_version_takes_no_calls() -> None:
    town = Town(2)
    town.load()
    first, second = town.lives(Phase.STARTING)
    town.do(town.crew.ready(first.name, 4, town.now))
    town.load(2)
    town.do(town.crew.ready(second.name, 4, town.now))
    town.start_all()
    assert {life.version for life in town.lives()} == {2}
    assert {life.version for life in town.lives(Phase.DRAINING)} == {1}


def test_a_second_reload_while_old_calls_last(town: Town) -> None:
    for version in (2, 3, 4):
        town.load(version)
        town.start_all()
    assert len(town.lives(Phase.DRAINING)) == 8, "there is no place for the fourth version yet"
    assert {life.version for life in town.lives()} == {3}
    for life in town.lives(Phase.DRAINING):
        town.do(town.crew.exited(life.name, "worker ended", town.now))
    town.start_all()
    assert {life.version for life in town.lives()} == {4}


def test_a_worker_on_its_own_keeps_its_port(town: Town) -> None:
    town = Town(1, slots=1)
    town.load()
    town.start_all()
    town.crew.swapped(2)
    (life,) = town.lives()
    town.asked.clear()
    town.do(town.crew.exited(life.name, "worker killed by SIGSEGV", town.now))
    (fork,) = town.of(Fork)
    assert isinstance(fork, Fork) and (fork.slot, fork.version) == (0, 2)


def test_closing(town: Town) -> None:
    out = town.do(town.crew.close(30, town.now))
    assert [d.seconds for d in out if isinstance(d, Drain)] == [30] * 4
    last = town.lives(Phase.DRAINING)[3]
    for life in town.lives(Phase.DRAINING)[:3]:
        town.do(town.crew.exited(life.name, "worker ended", town.now))
    assert Kill(last.name) in town.pass_time(60)
    town.do(town.crew.exited(last.name, "worker killed by SIGKILL", town.now))
    assert town.asked[-2:] == [Bury(last.name, "worker did not end"), Retire(1)]
    assert not town.of(Fork) and not town.crew.lives


def test_who_is_loaded_while_all_end_is_not_wanted(town: Town) -> None:
    town.do(town.crew.close(30, town.now))
    town.load(2)
    assert not town.of(Fork)


def test_an_operator_replaces_a_worker(town: Town) -> None:
    life = town.lives()[3]
    out = town.do(town.crew.replace(life.slot, town.now))
    assert Drain(life.name, None) in out and len(town.of(Fork)) == 1
    assert town.crew.replace(99, town.now) == []


FACTS = st.lists(
    st.tuples(
        st.sampled_from(["ready", "exited", "tick", "load", "beat", "replace"]),
        st.integers(0, 30),
        st.floats(0, 20),
    ),
    max_size=60,
)


@given(FACTS)
def test_whatever_happens(facts: list[tuple[str, int, float]]) -> None:
    """No two lives share a slot, no name comes twice, every life is buried once, and in the end
    there are as many as there should be."""
    town = Town(3)
    town.load()
    version = 1
    for what, which, seconds in facts:
        town.now += seconds
        names = list(town.crew.lives)
        name = names[which % len(names)] if names else ""
        match what:
            case "ready":
                town.do(town.crew.ready(name, 4, town.now))
            case "exited":
                town.do(town.crew.exited(name, "worker ended", town.now))
            case "tick":
                town.do(town.crew.tick(town.now))
            case "load":
                version += 1
                town.load(version)
            case "beat":
                town.crew.beat(name, [], town.now)
            case "replace":
                town.do(town.crew.replace(which, town.now))
        slots = [life.slot for life in town.crew.lives.values()]
        assert len(slots) == len(set(slots))
    for _ in range(40):
        town.start_all()
        for life in [*town.lives(Phase.DRAINING), *town.lives(Phase.KILLED)]:
            town.do(town.crew.exited(life.name, "worker ended", town.now))
        town.pass_time(2)
    assert len(town.lives()) == 3, [life.name for life in town.crew.lives.values()]
    assert town.crew.complete, facts
    assert {life.version for life in town.lives()} == {version}
    forks = [fork.life for fork in town.asked if isinstance(fork, Fork)]
    buried = [bury.life for bury in town.asked if isinstance(bury, Bury)]
    assert len(forks) == len(set(forks)) and len(buried) == len(set(buried))
    assert set(forks) == set(buried) | set(town.crew.lives)
