"""What a worker counts about its calls, as plain numbers that fit into its heartbeat."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence

from .engine.effects import Dial, Effect, Join, Note, Play, Record, Refer, Stop
from .engine.events import (
    Answered,
    Digit,
    Event,
    Heard,
    HungUp,
    Offered,
    PlayDone,
    RecordDone,
    SpeechStarted,
)
from .engine.flow import Flow
from .engine.measures import (
    ABANDONED,
    ANSWER,
    BARGE_IN,
    DURATION,
    ENDED,
    FAILURES,
    INPUTS,
    JITTER,
    LOST,
    OFFERED,
    REACTION,
    RECEIVED,
    REGISTRATION_FAILURES,
    STATES,
    TRANSFERS,
    Measure,
)
from .engine.session import Session

Delta = dict[str, list[tuple[list[str], list[float]]]]
"""Name of a measure -> its labels and their row of numbers, see `Measure`."""

_INPUTS = frozenset(["typed", "heard", "empty", "no_input", "no_match"])
_OUTCOMES = frozenset(["answered", "busy", "no_answer", "rejected", "unreachable", "failed"])
_FROM_CALLER = frozenset([Digit, SpeechStarted, Heard])
_FACTS = frozenset([Answered, PlayDone, RecordDone])


class _Seen:
    """What is known of a call that goes on."""

    __slots__ = (
        "answered",
        "failed",
        "flow",
        "kept",
        "offered",
        "out",
        "playing",
        "recording",
        "state",
        "states",
        "taken",
        "talked",
        "transferring",
    )

    def __init__(self, flow: Flow, now: float, out: bool) -> None:
        self.flow = flow
        self.states = flow.path_names
        self.offered = now
        self.out = out  # we call
        self.answered: float | None = None
        self.state = ""
        self.playing = self.recording = 0  # ids
        self.transferring = False
        self.talked = False  # a transfer was answered
        self.kept = False  # a message that ended with the call
        self.failed = False  # the flow broke
        self.taken = not out  # by a person, as far as can be told


class Tally:
    """Counts what `Session.handle` took and gave.

    `totals` tells what others have counted since the process began, by the measure's name.
    """

    def __init__(self, totals: Callable[[], Mapping[str, int]]) -> None:
        self._rows: dict[tuple[str, ...], list[float]] = {}
        self._calls: dict[str, _Seen] = {}
        self._totals = totals
        self._told = totals()

    def saw(
        self,
        session: Session,
        event: Event,
        effects: Sequence[Effect],
        now: float,
        performed: float,
    ) -> None:
        """Count *event*, taken at *now*, and its *effects*, which were carried out at *performed*.

        Both are seconds on the clock that the session is given.  The first event is `Offered`.
        """
        kind = type(event)
        if isinstance(event, Offered):
            self._calls[session.call.id] = _Seen(session.flow, now, event.direction == "out")
            self._count(OFFERED, session.flow.name)
        seen = self._calls[session.call.id]
        if kind in _FACTS:
            self._happened(event, seen, now)
        took = performed - now if kind in _FROM_CALLER else None
        for effect in effects:
            if isinstance(effect, Note):
                self._noted(effect, seen)
            else:
                self._did(effect, seen, took)
        if isinstance(event, HungUp):
            del self._calls[session.call.id]
            self._ended(seen, session.ended_by, event, now)

    def registration_failed(self, account: str) -> None:
        """Count that a registrar did not take `account`, or did not answer."""
        self._count(REGISTRATION_FAILURES, account)

    def take(self) -> Delta | None:
        """What was counted since the last time; None: nothing."""
        totals = self._totals()
        for name, total in totals.items():
            if total > self._told[name]:
                self._add((name,), total - self._told[name])
        self._told = totals
        delta: Delta = {}
        for (name, *labels), row in self._rows.items():
            delta.setdefault(name, []).append((labels, row))
        self._rows = {}
        return delta or None

    def _happened(self, event: Event, seen: _Seen, now: float) -> None:
        match event:
            case PlayDone(id) if id == seen.playing:
                seen.playing = 0
            case Answered():
                seen.answered, seen.taken = now, True
                if not seen.out:
                    self._observe(ANSWER, now - seen.offered)
            case RecordDone(id, reason=reason, file=file) if id == seen.recording:
                seen.kept = reason == "hang_up" and file != ""

    def _did(self, effect: Effect, seen: _Seen, took: float | None) -> None:
        """*effect* was carried out, `took` seconds after the key or word that asked for it."""
        match effect:
            case Play(id, over=over):
                if not over:
                    seen.playing = id
                if took is not None:
                    self._observe(REACTION, took)
            case Stop(id):
                if took is not None and id == seen.playing:
                    self._observe(BARGE_IN, took)
            case Record(id):
                seen.recording = id
            case Dial() | Refer():
                seen.transferring = True
            case Join(early=False):
                self._transferred(seen, "answered")

    def _noted(self, note: Note, seen: _Seen) -> None:
        # A flow in Python may write notes of its own: none of them becomes a label as it is.
        kind, flow = note.kind, seen.flow
        if kind in ("state", "back"):
            self._stands(seen, note)
        elif kind == "entry":
            result = note.detail.partition(" ")[0]
            if result in _INPUTS:
                self._count(INPUTS, flow.name, seen.state, result)
        elif kind == "transfer":
            outcome = note.detail.partition(" ")[0]
            if seen.transferring and outcome in _OUTCOMES:
                self._transferred(seen, outcome)
        elif kind == "transfer_refused":
            self._count(TRANSFERS, flow.name, "rejected")
        elif kind == "not_accepted":
            seen.taken = not seen.out
        elif kind == "failed":
            seen.failed = True
            self._count(FAILURES)

    def _stands(self, seen: _Seen, note: Note) -> None:
        if note.detail in seen.states:
            seen.state = note.detail
            if note.kind == "state":
                self._count(STATES, seen.flow.name, note.detail)

    def _transferred(self, seen: _Seen, outcome: str) -> None:
        seen.transferring = False
        seen.talked = seen.talked or outcome == "answered"
        self._count(TRANSFERS, seen.flow.name, outcome)

    def _ended(self, seen: _Seen, by: str, event: HungUp, now: float) -> None:
        flow = seen.flow.name
        if seen.transferring:
            self._transferred(seen, "abandoned")
        result = _result(seen, by)
        if result == "abandoned":
            self._count(ABANDONED, flow, seen.state)
        code = event.code or (0 if seen.answered is None else 200)
        self._count(ENDED, flow, by, result, str(code))
        if seen.answered is not None:
            self._observe(DURATION, now - seen.answered, flow)
        if event.media.get("packets_received"):
            self._add((RECEIVED.name,), event.media["packets_received"])
            self._add((LOST.name,), event.media["packets_lost"])
            self._observe(JITTER, event.media["jitter_ms"] / 1000)

    def _count(self, measure: Measure, *labels: str) -> None:
        self._add((measure.name, *labels), 1)

    def _add(self, key: tuple[str, ...], number: float) -> None:
        row = self._rows.get(key)
        if row is None:
            self._rows[key] = [number]
        else:
            row[0] += number

    def _observe(self, measure: Measure, value: float, *labels: str) -> None:
        key = (measure.name, *labels)
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = [0.0] * measure.width
        row[0] += value
        row[bisect_left(measure.bounds, value) + 1] += 1


def _result(seen: _Seen, by: str) -> str:
    """What came of a call, in one word."""
    if seen.failed:
        return "failed"
    if not seen.taken:
        return "not_reached"
    if seen.talked:
        return "transferred"
    if by == "caller":
        return "completed" if seen.kept else "abandoned"
    if by == "flow":
        return "refused" if seen.answered is None else "completed"
    return "cut"
