"""What there is to be covered of a flow, and where it is written.

Of the map that is every state, every pair of states that an outcome or a handler leads through, and
every outcome that a state may have.  What fails is on the map, too; no story has to bring it about,
so it does not count.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from ...engine.acceptance import STATE as ACCEPTANCE
from ...engine.choices import Choices
from ...engine.effects import File, Given, Prompt, Recorded, Text, Url
from ...engine.flow import Flow
from ...engine.handed import in_folder
from ...engine.state import Place, State
from ...flowfile.plurals import languages_of
from ...testing.transcript import named
from ..chart import Chart, Edge

Kind = Literal["state", "transition", "outcome", "prompt", "language", "choice"]
KINDS: tuple[Kind, ...] = ("state", "transition", "outcome", "prompt", "language", "choice")
COUNTED = ("outcome", "handler")  # edges that stories should go
_FILLED_IN = re.compile(r"\{\{.*?\}\}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a story can cover, and where it is written.

    It is about `what` in a `state`; one of these two is empty where it is about the other alone.
    """

    kind: Kind
    state: str
    what: str
    place: Place

    def __str__(self) -> str:
        between = " → " if self.kind == "transition" else ": "
        return f"{self.kind} {between.join(filter(None, (self.state, self.what)))}"


def of_state(state: State) -> Item:
    return Item("state", state.name, "", _whole(state.place))


def of_edge(state: State, edge: Edge) -> tuple[Item, Item]:
    """The transition, and the outcome of *state* that leads there."""
    place = state.on_places.get(edge.outcome, state.place)
    return (
        Item("transition", state.name, edge.target, _whole(state.place)),
        Item("outcome", state.name, edge.outcome, _whole(place)),
    )


def of_prompt(owner: State | Flow, prompt: Prompt) -> Item:
    """*prompt*, played by a state, or by its flow in any of them."""
    if isinstance(owner, Flow):
        return Item("prompt", "", named(prompt), _whole(owner.place))
    acts = (act.place for act in owner.does if prompt in act.prompts and act.place.line)
    return Item("prompt", owner.name, named(prompt), _whole(next(acts, owner.place)))


def of_choice(state: State, choice: str) -> Item:
    return Item("choice", state.name, choice, _whole(state.on_places.get(choice, state.place)))


def of_universal(flow: Flow, choice: str) -> Item:
    """A choice that every question of *flow* offers."""
    return Item("choice", "", choice, _whole(flow.handler_places.get("universal", flow.place)))


def of_language(flow: Flow, language: str) -> Item:
    return Item("language", "", language, _whole(flow.place))


def _whole(place: Place) -> Place:
    return Place(whole(place.file), place.line, place.column)


def whole(file: str) -> str:
    """The one path of *file*, which stories of several folders name differently."""
    return _whole_from(os.getcwd(), file) if file else ""


@lru_cache(maxsize=1024)
def _whole_from(folder: str, file: str) -> str:
    return str(Path(folder, file).resolve())


def items(chart: Chart) -> Iterator[Item]:
    """Everything of a flow that can be covered, in the order of its map."""
    flow = chart.flow
    for state in states(chart):
        yield of_state(state)
        yield from (of_prompt(state, prompt) for prompt in prompts(state))
        yield from (of_choice(state, name) for own in offers(state) for name in own.names)
    for edge in chart.edges:
        if edge.kind in COUNTED and edge.source != ACCEPTANCE:
            yield from of_edge(chart.states[edge.source], edge)
    yield from (of_prompt(flow, prompt) for prompt in prompts(flow))
    yield from (of_universal(flow, name) for name in flow.universal.names)
    yield from (of_language(flow, each) for each in languages_of(flow, flow.house) if each)


def states(chart: Chart) -> list[State]:
    """Those that its author has written."""
    return [state for name, state in chart.states.items() if name != ACCEPTANCE]


def prompts(owner: State | Flow) -> list[Prompt]:
    """Those that it plays itself, and does not only pass on."""
    return sorted((p for p in owner.prompts if not isinstance(p, Given)), key=named)


def offers(state: State) -> list[Choices]:
    """What callers can choose in *state*, question by question, as far as that can be told."""
    asked = (dict(act.arguments).get("choices") for act in state.does if act.verb.name == "ask")
    return [choices for choices in asked if isinstance(choices, Choices)]


def is_heard(flow: Flow, written: Prompt, played: Prompt) -> bool:
    """Whether *played* can have come of the prompt *written* in *flow*."""
    match written, played:
        case (Text(source), Text(words)) | (Url(source), Url(words)):
            return _pattern(source).fullmatch(" ".join(words.split())) is not None
        case Recorded(source), Recorded(file):
            return _pattern(source).fullmatch(file) is not None
        case File(), File():
            return in_folder(written, flow.folder) == played
    return written == played


@lru_cache(maxsize=4096)
def _pattern(source: str) -> re.Pattern[str]:
    """What *source* looks like once it is filled in; where it has conditions, anything."""
    if "{%" in source:
        return re.compile(".*", re.DOTALL)
    parts = _FILLED_IN.split(" ".join(source.split()))
    return re.compile(".*".join(map(re.escape, parts)), re.DOTALL)
