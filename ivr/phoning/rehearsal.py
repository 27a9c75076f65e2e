"""A story rehearsed with a simulated call: what is to be heard at each of its steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ..engine.effects import Play, Prompt, Tone, Work
from ..engine.flow import Flow
from ..testing.errors import StoryError
from ..testing.memory import JOBS
from ..testing.scenario import Scenario
from ..testing.simulated_call import SimulatedCall
from ..testing.steps import Step
from ..testing.values import Sound

ONLY_SIMULATED = ("at", "overrides", "memory", "mailboxes", "secrets", "told")
"""What a scenario may be given that no phone can bring about."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A prompt that the story speaks of, as the flow says it.

    `number` counts all sounds of the call; `passed`: others came before it, of which the story does
    not speak.
    """

    number: int
    prompt: Prompt
    language: str
    passed: bool = False


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One step, with what it is about and how many seconds it took."""

    step: Step
    cues: tuple[Cue, ...] = ()
    tone: Cue | None = None
    """The last tone that was heard in it, such as the one before a recording."""
    took: float = 0.0


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The steps that came true, and why the next one did not."""

    steps: tuple[Rehearsed, ...]
    seconds: float
    sounds: tuple[Cue, ...] = ()
    """All that was heard."""
    remembers: bool = False
    """Whether the flow asked for what is known from other calls."""
    fault: StoryError | None = None


class _Call(SimulatedCall):
    """A simulated call that keeps which sounds the story has spoken of."""

    __slots__ = ("_known", "cues")

    def __init__(self, flow: Flow, offer: Mapping[str, Any]) -> None:
        self.cues: list[Cue] = []
        self._known: list[Sound] = []  # a cue's number is its sound's place in here
        super().__init__(flow, **offer)

    @property
    def sounds(self) -> list[Sound]:
        return self._line.sounds

    def cue(self, sound: Sound) -> Cue:
        if sound not in self._known:
            self._known.append(sound)
        plays = (thing for _, thing in self.log if isinstance(thing, Play))
        language = next((play.language for play in plays if play.id == sound.play), "")
        return Cue(self._known.index(sound), sound.prompt, language)

    def _comes(self, prompt: Prompt) -> Sound:
        __tracebackhide__ = True
        sound = super()._comes(prompt)
        since = self._known[self.cues[-1].number].end if self.cues else 0.0
        passed = any(
            since <= other.begin < sound.begin and not isinstance(other.prompt, Tone)
            for other in self.sounds
        )
        self.cues.append(replace(self.cue(sound), passed=passed))
        return sound

    def _has_just_heard(self, prompt: Prompt) -> bool:
        has = super()._has_just_heard(prompt)
        if has:
            self.cues.append(self.cue(self.sounds[-1]))
        return has


def rehearse(scenario: Scenario, flow: Flow, steps: Sequence[Step]) -> Rehearsal:
    """Tell these *steps* of the scenario with a simulated call."""
    call = _Call(flow, scenario.offer)
    told: list[Rehearsed] = []
    fault: StoryError | None = None
    for step in steps:
        began, cues, before = call.now, len(call.cues), set(map(id, call.sounds))
        try:
            step.tell(call)
        except StoryError as error:
            fault = error
            break
        fresh = [sound for sound in call.sounds if id(sound) not in before]
        tones = [call.cue(sound) for sound in fresh if isinstance(sound.prompt, Tone)]
        cues_of_step = tuple(call.cues[cues:])
        told.append(Rehearsed(step, cues_of_step, tones[-1] if tones else None, call.now - began))
    remembers = any(isinstance(each, Work) and each.job in JOBS for _, each in call.log)
    sounds = tuple(map(call.cue, call.sounds))
    return Rehearsal(tuple(told), call.now, sounds, remembers, fault)


def as_of(now: datetime, scenario: Scenario, caller: str = "") -> Scenario:
    """The same story of a call that comes *now*, without what no phone can bring about.

    *caller*: who calls where the story does not say.
    """
    offer = {key: value for key, value in scenario.offer.items() if key not in ONLY_SIMULATED}
    somebody = {"caller": caller} if caller else {}
    return replace(scenario, offer={**somebody, **offer, "at": now})
