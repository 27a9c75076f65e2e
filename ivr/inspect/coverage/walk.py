"""Where a simulated call went, read from what its flow noted on the way, as a journal would."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from ...engine.effects import Effect, Note, Play, Prompt
from ...engine.events import Event
from ...engine.flow import Flow, path_name
from ...engine.handlers import SORRY, targets
from ..chart import Chart


class Went(NamedTuple):
    """A way that was gone, to a state or to where its flow is over; of an error `error`."""

    flow: Flow
    source: str
    outcome: str
    target: str


class Was(NamedTuple):
    """A state that was entered."""

    flow: Flow
    state: str


class Heard(NamedTuple):
    """A prompt that was begun in `state`, or in one that it called."""

    flow: Flow
    state: str
    prompt: Prompt


class Spoke(NamedTuple):
    """A language that was heard in a flow."""

    flow: Flow
    language: str


class Answered(NamedTuple):
    """What a caller answered in a state: the keys, or the choice whose words he said."""

    flow: Flow
    state: str
    answer: str


Trace = Went | Was | Heard | Spoke | Answered


def walk(charts: Iterable[Chart], log: Iterable[tuple[float, Event | Effect]]) -> Iterator[Trace]:
    """What a call through the flow of the first of *charts*, with this *log*, went through."""
    walker = _Walker(charts)
    for _, thing in log:
        if isinstance(thing, Note):
            yield from walker.noted(thing)
        elif isinstance(thing, Play):
            yield from walker.played(thing)
    yield from walker.over()


@dataclass(slots=True)
class _Spot:
    """A state, and how it was left, if it was; `path` is what a journal calls it."""

    flow: Flow
    state: str
    path: str
    outcome: str = ""
    sorry: bool = False  # an error is being apologised for


class _Walker:
    def __init__(self, charts: Iterable[Chart]) -> None:
        self.known: dict[str, tuple[Flow, str]] = {}
        for chart in charts:
            sorry = path_name(chart.flow, SORRY) if chart.prefix else SORRY
            self.known.setdefault(sorry, (chart.flow, SORRY))
            for state in chart.states:
                self.known.setdefault(chart.path_name(state), (chart.flow, state))
        self.spots: list[_Spot] = []
        """Where the call is: of flows that call one another the outer ones first."""

    def noted(self, note: Note) -> Iterator[Trace]:
        if note.kind == "state" and note.detail in self.known:
            yield from self._entered(note.detail)
        elif note.kind == "outcome" and self.spots and not self.spots[-1].sorry:
            self.spots[-1].outcome = note.detail
        elif note.kind == "entry" and self.spots:
            how, _, answer = note.detail.partition(" ")
            if how in ("typed", "heard"):
                yield Answered(self.spots[-1].flow, self.spots[-1].state, answer)
        elif note.kind == "failed":
            self._failed(note.detail.partition(":")[0])
        elif note.kind == "back" and any(spot.path == note.detail for spot in self.spots):
            while self.spots[-1].path != note.detail:
                yield from _ended(self.spots.pop())

    def played(self, play: Play) -> Iterator[Trace]:
        for spot in self.spots:
            if play.language:
                yield Spoke(spot.flow, play.language)
            for prompt in play.prompts:
                yield Heard(spot.flow, spot.state, prompt)

    def over(self) -> Iterator[Trace]:
        """The call is over, and with it every flow that it was in."""
        if self.spots:
            yield from _ended(self.spots[-1])

    def _entered(self, path: str) -> Iterator[Trace]:
        flow, state = self.known[path]
        while len(self.spots) > 1 and any(spot.flow is flow for spot in self.spots[:-1]):
            self.spots.pop()  # what it had called was left in the middle
        before = self.spots[-1] if self.spots and self.spots[-1].flow is flow else None
        if state == SORRY:  # which stands between an error and where that leads
            if before is not None:
                before.sorry = True
            return
        if before is not None:
            self.spots.pop()
            if before.outcome:
                yield Went(flow, before.state, before.outcome, state)
        self.spots.append(_Spot(flow, state, path))
        yield Was(flow, state)

    def _failed(self, path: str) -> None:
        for number, spot in enumerate(self.spots):
            if spot.path == path:
                del self.spots[number + 1 :]
                spot.outcome = "error"


def _ended(spot: _Spot) -> Iterator[Trace]:
    """Its flow is over."""
    if spot.outcome and not spot.sorry:
        led = targets(spot.flow, spot.flow.states[spot.state], spot.outcome)
        for end in sorted(led.intersection(spot.flow.ends))[:1]:
            yield Went(spot.flow, spot.state, spot.outcome, end)
