"""Which workers live, and what is to be done about it.  Pure: facts and the time in, intents out.

Theory.  A *slot* is a place for a worker: a port for SIP and a range for RTP.  A *life* is one
process in a slot, from its fork to its end, with a name that no other life ever has.  A *version*
is one state of the project; its template forks lives of it.  The crew wants `size` lives of the
newest version.  While older ones take calls, the new ones wait until all of them are ready; then
they take over at one stroke, the old ones are told to take no more, and each ends when its last
call does.  So a reload never has less room than before, and no running call notices.

A life that ends without having been told to is replaced: at once the first time, then after 1, 2, 4
... seconds as long as each replacement dies young.  A life that shows no sign of itself is killed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

OLD_AGE = 60.0  # seconds; who dies younger has its replacement wait
LONGEST_REST = 30.0  # seconds before a replacement
STARTING = 8  # lives that start at the same time
START_LIMIT = 20.0  # seconds from the fork until a life must be ready
LEISURE = 10.0  # seconds beyond its time that a life gets for its last words
HUNG = "worker hung"
STALLED = 2.0  # seconds between two ticks; beyond, it was we who were not there


class Phase(Enum):
    """Where a life is."""

    STARTING = "starting"
    WAITING = "waiting"  # for the others of its version
    READY = "ready"
    DRAINING = "draining"
    KILLED = "killed"


@dataclass(frozen=True, slots=True)
class Fork:
    """Have the template of `version` fork `life` into `slot`."""

    life: str
    slot: int
    version: int


@dataclass(frozen=True, slots=True)
class Drain:
    """Tell `life` to take no new calls, and to end after its last, or after `seconds`."""

    life: str
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Kill:
    """End the process of `life` now."""

    life: str


@dataclass(frozen=True, slots=True)
class Bury:
    """`life` is over: close the records of what it left, with `cause`."""

    life: str
    cause: str
    calls: tuple[dict[str, Any], ...] = ()
    """The calls that it had when it told of them last."""


@dataclass(frozen=True, slots=True)
class Publish:
    """The lives that take calls have changed: tell the front."""


@dataclass(frozen=True, slots=True)
class Retire:
    """No life of `version` is left, nor will there be one: end its template."""

    version: int


Intent = Fork | Drain | Kill | Bury | Publish | Retire


@dataclass(slots=True)
class Life:
    """One worker process."""

    name: str
    slot: int
    version: int
    born: float
    deaths: int = 0
    """How many in a row died young in its place."""
    phase: Phase = Phase.STARTING
    pid: int = 0
    capacity: int = 0
    live: tuple[dict[str, Any], ...] = ()
    """Its calls, as it told of them last."""
    seen: float = 0.0
    """When it last showed a sign of itself."""
    until: float | None = None
    """When it must be gone, once it drains."""
    cause: str = ""
    """Why it was killed."""
    leaving: bool = False
    """Whether it was told to end."""

    def free(self) -> int:
        """How many calls more it can have, as far as it has told."""
        return self.capacity - len(self.live)

    def has(self, call_id: str) -> bool:
        return any(call["id"] == call_id for call in self.live)


def slot_of(life: str) -> int:
    """The slot that a life's name tells."""
    return int(life[1:].partition("-")[0])


@dataclass(slots=True)
class _Vacancy:
    """A life that is missing."""

    due: float
    deaths: int


@dataclass(slots=True)
class Crew:
    """The workers of one machine: `size` of them, in `slots` places.

    More slots than that let a new version start while the old ones' calls last.  `hung_after` and
    all times are in seconds.
    """

    size: int
    slots: int
    hung_after: float = 5.0
    name: Callable[[], str] = lambda: secrets.token_hex(3)
    lives: dict[str, Life] = field(default_factory=dict)
    version: int = 0
    """The newest version of the project; 0 until there is one."""
    closing: bool = False
    occupied: set[int] = field(default_factory=set)
    """Slots that are held by workers of another crew."""
    _vacancies: list[_Vacancy] = field(default_factory=list)
    _ticked: float = float("-inf")
    _templates: set[int] = field(default_factory=set)

    # -- facts ------------------------------------------------------------------------------------

    def loaded(self, version: int, now: float) -> list[Intent]:
        """A template of `version`, newer than all before, is ready to fork."""
        self.version = version
        self._templates.add(version)
        self._vacancies = [_Vacancy(now, 0) for _ in range(self.size)]
        waiting = [life for life in self.lives.values() if life.phase is Phase.WAITING]
        leave = [intent for life in waiting for intent in self._drain(life, None, now)]
        return [*leave, *self._fill(now)]

    def swapped(self, version: int) -> None:
        """All lives read `version` by themselves, and a template of it is ready to fork."""
        self.version, self._templates = version, {version}
        for life in self.lives.values():
            life.version = version

    def forked(self, life: str, pid: int) -> None:
        """The process of `life` exists."""
        if life in self.lives:
            self.lives[life].pid = pid

    def ready(self, life: str, capacity: int, now: float) -> list[Intent]:
        """`life` takes calls now, so many at once."""
        known = self.lives.get(life)
        if known is None or known.phase is not Phase.STARTING:
            return []
        known.phase, known.capacity, known.seen = Phase.WAITING, capacity, now
        if known.version != self.version:
            return [*self._drain(known, None, now), *self._fill(now)]
        return [*self._take_over(now), *self._fill(now)]

    def beat(self, life: str, live: list[dict[str, Any]] | None, now: float) -> None:
        """`life` showed a sign of itself, and told of its calls where they changed."""
        if known := self.lives.get(life):
            known.seen = now
            if live is not None:
                known.live = tuple(live)

    def exited(self, life: str, cause: str, now: float) -> list[Intent]:
        """The process of `life` is over: `cause` says how."""
        gone = self.lives.pop(life, None)
        if gone is None:
            return []
        out: list[Intent] = [Bury(life, gone.cause or cause, gone.live)]
        if gone.phase is Phase.READY:
            out.append(Publish())
        if not gone.leaving and not self.closing and gone.version == self.version:
            deaths = gone.deaths + 1 if now - gone.born < OLD_AGE else 1
            rest = 0.0 if deaths == 1 else min(LONGEST_REST, 2.0 ** (deaths - 2))
            self._vacancies.append(_Vacancy(now + rest, deaths))
        return out + self._take_over(now) + self._fill(now) + self._retire()

    def replace(self, slot: int, now: float) -> list[Intent]:
        """An operator wants the worker in `slot` to finish, and another in its place."""
        life = next((x for x in self.serving() if x.slot == slot), None)
        if life is None:
            return []
        if life.version == self.version:  # else its successor is on the way
            self._vacancies.append(_Vacancy(now, 0))
        return [*self._drain(life, None, now), *self._fill(now)]

    def close(self, seconds: float, now: float) -> list[Intent]:
        """Nobody takes new calls any more; those that run have `seconds` left."""
        self.closing = True
        self._vacancies.clear()
        out: list[Intent] = []
        for life in list(self.lives.values()):
            if life.phase is not Phase.KILLED:
                out += self._drain(life, seconds, now)
        return out + self._retire()

    def tick(self, now: float) -> list[Intent]:
        """Time has passed: call this about once a second."""
        stalled = now - self._ticked > STALLED
        self._ticked = now
        if stalled:  # what they sent meanwhile has not been read
            for life in self.lives.values():
                life.seen = max(life.seen, now)
        out: list[Intent] = []
        for life in list(self.lives.values()):
            if cause := self._fault(life, now):
                out += self._kill(life, cause)
        return out + self._fill(now)

    # -- questions --------------------------------------------------------------------------------

    def serving(self) -> list[Life]:
        """The lives that take calls."""
        return [life for life in self.lives.values() if life.phase is Phase.READY]

    @property
    def complete(self) -> bool:
        """Whether as many lives of the newest version take calls as there should be."""
        return sum(life.version == self.version for life in self.serving()) >= self.size

    # -- inside -----------------------------------------------------------------------------------

    def _take_over(self, now: float) -> list[Intent]:
        waiting = [x for x in self.lives.values() if x.phase is Phase.WAITING]
        old = [x for x in self.serving() if x.version != self.version]
        if not waiting or (old and len(waiting) < self.size):
            return []
        for life in waiting:
            life.phase = Phase.READY
        out: list[Intent] = [Publish()]
        for life in old:
            out += self._drain(life, None, now)
        return out

    def _fill(self, now: float) -> list[Intent]:
        out: list[Intent] = []
        if self.closing:
            return out
        starting = sum(life.phase is Phase.STARTING for life in self.lives.values())
        for vacancy in [v for v in self._vacancies if v.due <= now]:
            slot = next(self._free(), None)
            if starting >= STARTING or slot is None:
                break
            self._vacancies.remove(vacancy)
            life = Life(f"w{slot}-{self.name()}", slot, self.version, now, vacancy.deaths)
            life.seen = now
            self.lives[life.name] = life
            out.append(Fork(life.name, slot, self.version))
            starting += 1
        return out

    def _free(self) -> Iterator[int]:
        taken = self.occupied | {life.slot for life in self.lives.values()}
        return (slot for slot in range(self.slots) if slot not in taken)

    def _drain(self, life: Life, seconds: float | None, now: float) -> list[Intent]:
        was, life.phase, life.leaving = life.phase, Phase.DRAINING, True
        if seconds is not None:
            life.until = now + seconds + LEISURE
        return [*([Publish()] if was is Phase.READY else []), Drain(life.name, seconds)]

    def _fault(self, life: Life, now: float) -> str:
        """Why `life` has to be killed; empty where it has not."""
        if life.phase is Phase.STARTING:
            return "worker did not start" if now - life.seen > START_LIMIT else ""
        if life.phase is Phase.KILLED:
            return ""
        # Its last messages may take their time to reach the disk.
        if now - life.seen > self.hung_after + (LEISURE if life.leaving else 0.0):
            return HUNG
        return "worker did not end" if life.until is not None and now > life.until else ""

    def _kill(self, life: Life, cause: str) -> list[Intent]:
        was, life.phase, life.cause = life.phase, Phase.KILLED, cause
        # The front must not wait for the end of a process that may take its time.
        return [Kill(life.name), *([Publish()] if was is Phase.READY else [])]

    def _retire(self) -> list[Intent]:
        used = {life.version for life in self.lives.values()}
        if not self.closing:
            used.add(self.version)
        over = sorted(self._templates - used)
        self._templates &= used
        return [Retire(version) for version in over]
