"""How long a caller waits until each option is spoken."""

from __future__ import annotations

import heapq
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..engine.choices import Choice, Choices
from ..engine.effects import Given, Play, Prompt, Recorded, Text, Url
from ..engine.errors import FlowError
from ..engine.flow import Flow
from ..engine.handed import in_folder
from ..engine.handlers import arrows
from ..engine.sentences import sentences
from ..engine.ssml import spoken
from ..engine.state import Act, State
from ..speech import wav
from ..speech.prompts import PromptStore
from .told import told_by

_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_FILLED_IN = "a few words"
_LETTERS = 6  # of a word and the space after it
UNTOLD = (KeyError, AttributeError, TypeError, ValueError)  # of an argument of a flow in Python

ENTRIES = ("ask", "confirm", "collect")
GivenPrompts = Mapping[str, tuple[Prompt, ...]]


@dataclass(frozen=True, slots=True)
class Wait:
    """Until one choice of a menu is spoken, in seconds: `None` where nothing tells it.

    `from_menu` counts from where the menu begins, `from_call` from where the flow begins, by the
    shortest way, without what callers and other systems take.  `estimated`: a text on the way is
    different in each call.
    """

    state: str
    choice: str
    keys: tuple[str, ...]
    from_menu: float | None
    from_call: float | None
    estimated: bool


@dataclass(frozen=True, slots=True)
class _Time:
    seconds: float = 0.0
    estimated: bool = False

    def __add__(self, other: _Time) -> _Time:
        return _Time(self.seconds + other.seconds, self.estimated or other.estimated)

    def times(self, factor: float) -> _Time:
        return _Time(self.seconds * factor, self.estimated)


_NOTHING = _Time()


def waits(flow: Flow, store: PromptStore, language: str, rate: int) -> list[Wait]:
    """Those of *flow* and of what it calls; *rate* in words per minute is for estimates."""
    walk = _Walk(Lengths(store, language, rate), language)
    walk.through(flow, {}, _NOTHING, "")
    return walk.found


class Lengths:
    """How long prompts are, and what they say."""

    def __init__(self, store: PromptStore, language: str, rate: int) -> None:
        self._store = store
        self._language = language
        self._texts = store.catalogue.texts(language)
        self._letters = rate * _LETTERS / 60  # per second
        self._known: dict[Prompt, _Time] = {}

    def of(self, prompt: Prompt) -> _Time:
        """That of *prompt*: of its sound, or estimated where each call has another one."""
        if prompt not in self._known:
            self._known[prompt] = self._measured(prompt)
        return self._known[prompt]

    def text(self, prompt: Prompt) -> str:
        """The words that are heard; empty where nobody knows."""
        match prompt:
            case Text(words):
                try:
                    return spoken(_TEMPLATE.sub(_FILLED_IN, words), self._language)
                except FlowError:
                    return ""
            case str():
                said = self._texts.get(prompt, "")
                return "" if said == f"(recording {prompt})" else said
        return ""

    def _measured(self, prompt: Prompt) -> _Time:
        match prompt:
            case Text(words) if "{" in words:
                return _Time(len(self.text(prompt)) / self._letters, True)
            case Recorded() | Given():
                return _Time(0.0, True)
            case Url(url) if "{" in url:
                return _Time(0.0, True)
        files = self._store.sound(Play(0, (prompt,), self._language))
        if files is None:
            return _Time(len(self.text(prompt)) / self._letters, True)
        return _Time(sum(len(wav.read(file)) for file in files) / 2 / wav.RATE)


class _Walk:
    """Through a flow, and those that it calls."""

    def __init__(self, lengths: Lengths, language: str) -> None:
        self.lengths = lengths
        self.language = language
        self._under_way: list[Flow] = []
        self._found: dict[tuple[str, str], Wait] = {}

    @property
    def found(self) -> list[Wait]:
        """In the order in which callers come to them."""
        return list(self._found.values())

    def note(self, wait: Wait) -> None:
        """Keep *wait*, unless the same has been come to sooner."""
        self._found.setdefault((wait.state, wait.choice), wait)

    def through(self, flow: Flow, given: GivenPrompts, begun: _Time, name: str) -> dict[str, _Time]:
        """How soon each state of *flow*, and each of its ends, is reached after the call began.

        The flow begins at *begun*; *name* comes before the names of its states.
        """
        if flow in self._under_way:
            return {}
        self._under_way.append(flow)
        soonest: dict[str, _Time] = {}
        queue = [(begun.seconds, 0, flow.start, begun)]
        numbers = itertools.count(1)  # of two that are as soon, the first found
        while queue:
            _, _, target, at = heapq.heappop(queue)
            if target in soonest:
                continue
            soonest[target] = at
            if target in flow.states:
                state = _State(self, flow, flow.states[target], given, at, name)
                for then, later in state.ways():
                    heapq.heappush(queue, (later.seconds, next(numbers), then, later))
        self._under_way.pop()
        return soonest


class _State:
    """One state, which is reached at a certain time."""

    def __init__(
        self, walk: _Walk, flow: Flow, state: State, given: GivenPrompts, at: _Time, name: str
    ) -> None:
        self._walk = walk
        self._flow = flow
        self._state = state
        self._given = given
        self._name = name
        self._ends: dict[str, _Time] = {}  # by outcome
        self._go(at)

    def ways(self) -> Iterator[tuple[str, _Time]]:
        """The states that it leads to, and when."""
        latest = max(self._ends.values(), key=lambda each: each.seconds, default=self._last)
        for arrow in arrows(self._flow, self._state):
            yield arrow.target, self._ends.get(arrow.outcome, latest)

    def _go(self, at: _Time) -> None:
        for act in self._state.does:
            ends = self._act(act, at)
            for outcome, when in ends.items():
                if outcome != act.verb.goes_on or act is self._state.does[-1]:
                    self._ends.setdefault(outcome, when)
            at = ends.get(act.verb.goes_on) or max(
                ends.values(), key=lambda each: each.seconds, default=at
            )
        self._last = at

    def _act(self, act: Act, at: _Time) -> dict[str, _Time]:
        """When *act*, which begins *at* this time, ends with each of its outcomes."""
        called = _told(lambda: act.arguments.get("flow"))
        if isinstance(called, Flow):
            return self._call(act, called, at)
        played = self._played(act)
        over = at + sum((length for _, length in played), _NOTHING)
        outcomes = _told(lambda: act.verb.outcomes(act.arguments)) or ()
        ends = dict.fromkeys(outcomes, over)
        if act.verb.name in ENTRIES:
            ends |= self._failures(act, at, over)
        for name, choice in self._choices(act).items():
            wait = self._until(name, choice, played)
            told = at + wait if wait else None
            ends[name] = told or over
            keys = choice.keys or choice.words
            self._walk.note(
                Wait(
                    f"{self._name}{self._state.name}",
                    name,
                    keys,
                    wait.seconds if wait else None,
                    told.seconds if told else None,
                    bool(told and told.estimated),
                )
            )
        return ends

    def _call(self, act: Act, called: Flow, at: _Time) -> dict[str, _Time]:
        arguments = _told(lambda: act.arguments.get("arguments")) or {}
        given = {
            name: tuple(self._prompts(_as_prompts(value)))
            for name, value in arguments.items()
            if called.arguments.get(name) and called.arguments[name].type == "prompts"
        }
        name = f"{self._name}{called.name}."
        reached = self._walk.through(called, given, at, name)
        return {outcome: reached[outcome] for outcome in called.outcomes if outcome in reached}

    def _played(self, act: Act) -> list[tuple[Prompt, _Time]]:
        """What *act* plays first, with its lengths."""
        prompts = _as_prompts(_told(lambda: act.arguments.get("prompts")) or ())
        if self._builds(act, prompts):
            prompts += act.builds(self._walk.language)[:1]
        repeat = _told(lambda: act.arguments.get("repeat")) or 1
        seconds = _told(lambda: act.arguments.get("seconds"))
        if isinstance(seconds, int | float):
            return [(Given(""), _Time(float(seconds)))]
        lengths = [(each, self._walk.lengths.of(each)) for each in self._prompts(prompts)]
        return lengths * (repeat if isinstance(repeat, int) else 1)

    @staticmethod
    def _builds(act: Act, prompts: tuple[Prompt, ...]) -> bool:
        """Whether the first of what *act* builds ends its question."""
        if act.verb.name == "confirm":
            return _told(lambda: act.arguments.get("say_keys", True)) is not False
        silent = _told(lambda: act.arguments.get("silent"))
        return act.verb.name == "ask" and not prompts and not silent

    def _prompts(self, prompts: tuple[Prompt, ...]) -> Iterator[Prompt]:
        """*prompts*, with what the flow was given where it belongs."""
        for prompt in prompts:
            if not isinstance(prompt, Given):
                yield in_folder(prompt, self._flow.folder)
            elif prompt.name in self._given:
                yield from self._given[prompt.name]
            elif prompt.name in self._flow.arguments:
                yield from _as_prompts(self._flow.default(prompt.name, self._walk.language))

    def _choices(self, act: Act) -> dict[str, Choice]:
        match act.verb.name:
            case "ask":
                choices = _told(lambda: act.arguments["choices"])
                return dict(choices.table) if isinstance(choices, Choices) else {}
            case "confirm":
                said = sentences(self._walk.language)
                yes = _told(lambda: act.arguments.get("yes", "1")) or "1"
                no = _told(lambda: act.arguments.get("no", "2")) or "2"
                return {"yes": Choice((yes,), said.yes), "no": Choice((no,), said.no)}
        return {}

    def _failures(self, act: Act, at: _Time, over: _Time) -> dict[str, _Time]:
        """When nothing has been pressed often enough, or what nothing accepts."""
        attempts = _number(_told(lambda: act.arguments.get("attempts")), 3)
        silence = _number(_told(lambda: act.arguments.get("first_digit")), 5)
        asked = _Time(over.seconds - at.seconds, over.estimated)
        return {
            "no_input": at + (asked + _Time(silence)).times(attempts),
            "no_match": at + asked.times(attempts),
        }

    def _until(self, name: str, choice: Choice, played: list[tuple[Prompt, _Time]]) -> _Time | None:
        """When *choice* has been told, from the begin of what is played; None: nothing tells it."""
        begun, best = _NOTHING, None
        for prompt, length in played:
            text = self._walk.lengths.text(prompt)
            end, with_key = told_by(text, name, choice, self._walk.language)
            told = begun + length.times(end / len(text)) if end else None
            if told and with_key:
                return told
            best, begun = best or told, begun + length
        return best


def _number(value: Any, usual: float) -> float:
    return value if isinstance(value, int | float) else usual


def _as_prompts(value: Any) -> tuple[Prompt, ...]:
    values = value if isinstance(value, tuple | list) else (value,)
    return tuple(each for each in values if isinstance(each, Prompt))


def _told(question: Callable[[], Any]) -> Any:
    """What can be told of an argument; None where a flow in Python computes it."""
    try:
        return question()
    except UNTOLD:
        return None
