"""What the rules ask of a verb and its arguments, as far as these can be told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...engine.effects import Prompt, Silence, Text, Tone
from ...engine.flow import Flow
from ...engine.handlers import SORRY
from ...engine.sentences import menu
from ...engine.ssml import spoken
from ...engine.state import Act, State
from ...flowfile.bind import signature_of

_FILLED_IN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_SIGNS = 15  # that a voice says in a second


class Untold(Exception):
    """An argument is asked for that only the call knows."""


Words = Mapping[str, str]
"""What prompts of the catalogue say, by their names."""


@dataclass(frozen=True, slots=True)
class Look:
    """What the rules look at: a flow, what its prompts say, and in which language.

    `is_bounded`: whether its calls have a longest time.
    """

    flow: Flow
    words: Words
    language: str
    is_bounded: bool = False

    def seconds_of(self, prompts: Iterable[Prompt]) -> float:
        """About how long it takes to say *prompts*; what cannot be told takes no time."""
        return sum(_seconds(prompt, self.words, self.language) for prompt in prompts)

    def question(self, act: Act) -> tuple[Prompt, ...]:
        """What *act* asks, built of its choices where it says nothing.  Raises `Untold`."""
        prompts: tuple[Prompt, ...] = told(act, "prompts", ())
        if prompts or act.verb.name != "ask" or told(act, "silent"):
            return prompts
        return (menu(told(act, "choices"), self.language),)


def acts(flow: Flow) -> Iterator[tuple[State, Act]]:
    """Every verb of *flow*, and the state that does it."""
    for state in flow.states.values():
        for act in state.does:
            yield state, act


def is_python(flow: Flow) -> bool:
    """Whether a state of *flow* is a function, whose order nobody knows."""
    return any(state.left is None for name, state in flow.states.items() if name != SORRY)


def told(act: Act, name: str, default: Any = None) -> Any:
    """The argument *name*, or what the verb takes where it is not given.  Raises `Untold`."""
    try:
        given = act.arguments.get(name)
    except KeyError:
        raise Untold from None
    if given is not None:
        return given
    parameter = signature_of(act.verb.run).parameters.get(name)
    if parameter is None or parameter.default is parameter.empty:
        return default
    return parameter.default


def _seconds(prompt: Prompt, words: Words, language: str) -> float:
    match prompt:
        case Tone(seconds=seconds) | Silence(seconds=seconds):
            return seconds
        case Text(said):
            return len(_FILLED_IN.sub("a value", spoken(said, language))) / _SIGNS
        case str():
            return len(words.get(prompt, "")) / _SIGNS
    return 0.0
