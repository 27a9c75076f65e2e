"""A verb with its arguments, as a flow file gives them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from yaml.nodes import Node

from ..engine.call import Call
from ..engine.effects import Prompt
from ..engine.flow import Flow, Place, Step
from ..engine.phase import Phase
from ..engine.state import Act
from ..engine.verb import DONE, Outcomes, Verb
from .bind import Arguments, signature_of


@dataclass(frozen=True, slots=True)
class Bound:
    """A verb with its arguments, ready to run in a call; `place` is that of its key.

    `flow`: the one that it walks through, if it is such a verb; `word_places`: where words stand
    that it listens for.
    """

    verb: Verb
    arguments: Arguments
    key: Node
    place: Place
    outcomes: Outcomes
    prompts: frozenset[Prompt]
    enters: Phase
    addresses: list[str]
    flow: Flow | None = None
    word_places: Mapping[str, Place] = field(default_factory=dict)

    @property
    def act(self) -> Act:
        """What it does, as a state tells it."""
        named = signature_of(self.verb.run).by_name(self.arguments)
        return Act(self.verb, named, self.prompts, self.place, self.word_places)

    @property
    def goes_on(self) -> bool:
        """Whether the next verb of the same state can run after it."""
        return self.verb.goes_on != "" and self.verb.goes_on in self.outcomes


def outcomes_of(verbs: list[Bound]) -> dict[str, str]:
    """The outcomes that a state with *verbs* can have, and the verb each comes from."""
    needed: dict[str, str] = {}
    for number, bound in enumerate(verbs, 1):
        for outcome in bound.outcomes:
            if number == len(verbs) or outcome != bound.verb.goes_on:
                needed.setdefault(outcome, bound.verb.name)
    return needed


Ready = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any], str, str]


def step_of(verbs: list[Bound]) -> Step:
    """The state that does *verbs* in order, as long as they succeed."""
    ready: list[Ready] = [
        (b.verb.run, b.arguments.positional, b.arguments.named, str(b.place), b.verb.goes_on)
        for b in verbs
    ]

    async def step(call: Call) -> str:
        result = DONE
        for run, positional, named, call.place, goes_on in ready:
            result = await run(call, *positional, **named)
            if result.outcome != goes_on:
                break
        return result.outcome

    return step
