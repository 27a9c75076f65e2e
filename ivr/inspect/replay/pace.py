"""The pace of a call that is made again: how far it is, and what its journal says further on.

Prompts on a simulated line are shorter or longer than they were, so a fact comes after as many
prompts and timers as it came after then, and as long after the last of them as it did, but before
the next one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from ...engine.effects import Dial, Note, Play, Record, Refer, Screen, Work
from ...engine.events import PlayDone
from ...engine.flow import Flow
from ...engine.trace import of_effect
from ...testing import SimulatedCall
from ...testing.steps import Step, sentence
from .journal import Journal, Line, way
from .stand_ins import Choices

PARTS = ("early_media", "play_done", "tick")
"""What happens by itself."""
SHORTEST = 0.001  # seconds
ROUNDED = 0.002  # seconds that the difference of two moments of a journal may be wrong by
AT_ONCE = 0.05  # seconds in which even a busy worker has told the flow of a timer


class WentElsewhere(Exception):
    """The call took another way than its journal says."""


@dataclass(slots=True)
class Pace:
    """A call of *flow* with *offer*, which is to go as *journal* says, with these *choices*."""

    flow: Flow
    journal: Journal
    offer: Mapping[str, Any]
    choices: Choices
    digits: int
    told: list[Step] = field(default_factory=list)
    _skipped: set[int] = field(default_factory=set)
    _unheard: set[int] = field(default_factory=set)  # playbacks of an operator that are left out
    _passed: int = 0  # what has happened by itself since the last fact
    _told_at: float = 0.0  # when the last sentence had come true
    _at: float = 0.0  # the journal's time of the last of these, or of that fact
    _forestalled: float | None = None  # the timer in whose stead the fact that is told came
    call: SimulatedCall = field(init=False)
    _way: Iterator[tuple[str, str]] = field(init=False)  # what is still to be noted of its path
    _seen: int = 0  # of the line's log
    _marks: int = 0  # of that way
    _index: int = 0  # of the line that is followed
    _before: int = 0  # ... that come before the fact that is told

    def _is_part(self, index: int, line: Line) -> bool:
        """Whether it happened by itself, and does so again."""
        match line.get("event"):
            case "answered":
                return not self._line.rings_out
            case "record_done":
                after = next((each for _, each in self._after(index) if "event" in each), line)
                return line["reason"] != "hang_up" and after.get("event") != "hung_up"
            case "play_done":
                wanted = {"effect": "play", "id": line["id"]}
                plays = (
                    each for each in self.journal.lines[:index] if wanted.items() <= each.items()
                )
                return line["id"] not in self._unheard and not any(play["leg"] for play in plays)
            case what:
                return what in PARTS

    @property
    def _line(self) -> Any:
        return self.call._line

    # -- time --------------------------------------------------------------------------------------

    def _catch_up(self) -> None:
        """As many things have happened by themselves as then; the call went the same way so far."""
        line = self._line
        while self._passed > 0 and not line.over:
            known = len(line.log)
            if not line.step():
                break
            self._passed -= not self._is_elsewhere(known)
        self._passed = min(self._passed, 0)
        self._check()

    def _is_elsewhere(self, index: int) -> bool:
        """Whether what happened there in the log is the end of what a far end was played."""
        log = self._line.log
        done = log[index][1] if index < len(log) else None
        return isinstance(done, PlayDone) and any(
            isinstance(play, Play) and play.leg and play.id == done.id for _, play, _ in log[:index]
        )

    def _come(self, line: Line) -> None:
        """The moment of *line*, which is before the next thing that happens by itself."""
        self._catch_up()
        now, due = self.call.now, self._line.due
        moment = now + max(0.0, line["at"] - self._at)
        if due - ROUNDED <= moment and due == self._line.session.deadline:
            self._forestalled = None if self._ticks_at_once(line) else due
        if moment > due - min(SHORTEST, (due - now) / 10):  # sums of floats differ
            moment = now + (due - now) * 0.9
        if moment - now >= SHORTEST:
            self._line.pass_until(self._told_at + self._seconds_to(moment))
        self._now_at(line)

    def _ticks_at_once(self, line: Line) -> bool:
        """Whether a timer was up right after *line*."""
        return any(
            each.get("event") == "tick" and each["at"] <= line["at"] + AT_ONCE
            for _, each in self._after(self._index)
        )

    def _is_told(self) -> None:
        """A fact is told.

        One that came when a timer was up already, before the flow was told of that, may have been
        what the flow went on with.  Here it comes before, so that the flow goes on with the timer.
        """
        if self._line.due == self._forestalled:
            self._passed += 1
        self._forestalled = None

    def _seconds_to(self, moment: float) -> float:
        """How long a story has to wait for *moment*: in figures that it can have, and no longer
        than until the next thing happens by itself."""
        now, due = self.call.now, self._line.due
        seconds = 0.0
        for slack in (1e-3, 0.0):
            for places in (3, 6, 9):
                scale = 10**places
                seconds = ceil((moment - self._told_at) * scale - slack) / scale
                if now <= self._told_at + seconds < due:
                    return seconds
        return seconds

    def _check(self) -> None:
        """So far it has gone the same way.  Raises `WentElsewhere`."""
        log = self._line.log
        while self._seen < len(log):
            _, thing, _ = log[self._seen]
            self._seen += 1
            if isinstance(thing, Note | Work | Dial | Refer | Record | Screen):
                for mark in way([of_effect(thing)]):
                    if mark != next(self._way, None) and mark[0] != "end":
                        raise WentElsewhere
                    self._marks += 1
        if self._marks < self._before:
            raise WentElsewhere

    def _tell(self, name: str, *positional: Any, **named: Any) -> None:
        """One sentence more, and before it how long the caller did nothing."""
        seconds = self._seconds_to(self.call.now)
        if seconds > 0:
            self._line.pass_until(self._told_at + seconds)
            self.told.append(sentence("waits", seconds=seconds))
        self.told.append(sentence(name, *positional, **named))
        self.told[-1].tell(self.call)
        self._told_at = self.call.now

    def _now_at(self, line: Line) -> None:
        """The call is where the journal has *line*, or beyond it already."""
        self._at = max(self._at, line["at"])

    def _since(self, line: Line) -> float:
        """Seconds to *line* from the last thing that happened."""
        self._catch_up()
        since: float = max(0.0, round(line["at"] - self._at, 3))
        self._now_at(line)
        return since

    # -- what the journal says further on ----------------------------------------------------------

    def _after(self, index: int) -> Iterator[tuple[int, Line]]:
        lines = self.journal.lines
        return ((at, lines[at]) for at in range(index + 1, len(lines)))

    def _find(self, index: int, **wanted: Any) -> int:
        """The next line with all that is *wanted*; -1: there is none."""
        for at, line in self._after(index):
            if all(line.get(name) == value for name, value in wanted.items()):
                return at
        return -1

    def _effects(self, index: int) -> Iterator[Line]:
        """What the flow did about the event at *index*."""
        for _, line in self._after(index):
            if "event" in line:
                return
            yield line

    def _skip(self, begin: int, end: int, *events: str) -> None:
        """These events of that part need not be told any more."""
        for at in range(begin, end + 1):
            event = self.journal.lines[at].get("event")
            if event in events:
                self._skipped.add(at)
            if event in events and event == "interjected":
                played = (e["id"] for e in self._effects(at) if e.get("effect") == "play")
                self._unheard.update(played)

    def _between(self, one: int, other: int) -> float:
        """Seconds from one line to another."""
        lines = self.journal.lines
        return round(float(lines[other]["at"]) - float(lines[one]["at"]), 3)
