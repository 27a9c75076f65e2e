"""What the caller of a simulated line hears: the prompts of the flow, and those of an operator."""

from __future__ import annotations

from collections.abc import Mapping

from ..engine.effects import (
    File,
    Given,
    Play,
    Prompt,
    Recorded,
    Signal,
    Silence,
    Text,
    Tone,
    Url,
)
from ..engine.events import PlayDone
from ..engine.ssml import spoken
from .agenda import Agenda
from .values import Sound

PROMPT = 2.0  # seconds, of a named prompt whose length is not given
CHARACTERS_PER_SECOND = 15.0  # spoken, at a calm pace


class Hearing:
    """`sounds` as the caller hears them, in order; their ends go into the agenda.

    `playing`: the flow's playback, if one runs.  `voiceless`: nothing can be played any more, and
    is over at once.  An operator's prompt is heard at once; the flow's
    sounds wait for its end, those that begin meanwhile as well.
    """

    __slots__ = (
        "_agenda",
        "_durations",
        "_free_at",
        "_operators",
        "playing",
        "sounds",
        "voiceless",
    )

    def __init__(self, agenda: Agenda, durations: Mapping[str, float]) -> None:
        self.sounds: list[Sound] = []
        self.playing: int | None = None
        self.voiceless = False
        self._agenda = agenda
        self._durations = durations
        self._operators = 0  # the operator's last playback
        self._free_at = 0.0  # ... and its end

    def play(self, effect: Play, now: float) -> None:
        """The flow plays something, in place of what it played before."""
        if self.playing is not None:
            self.stop(self.playing, now)
        self.playing = effect.id
        self.sounds += self._sounds(effect, max(now, self._free_at))

    def play_elsewhere(self, effect: Play, now: float) -> None:
        """Somebody else is played something, which the caller does not hear."""
        self._agenda.expect(now + sum(map(self._length, effect.prompts)), PlayDone(effect.id))

    def interject(self, effect: Play, now: float) -> None:
        """An operator has something played, in place of what he had played before."""
        before = max(now, self._free_at)
        self.stop(self._operators, now)
        self._operators = effect.id
        waiting = self._unheard(now)
        fresh = self._sounds(effect, now)
        self._free_at = fresh[-1].end
        delay = self._free_at - before
        for sound in self.sounds[waiting:]:
            if sound.play == self.playing:
                sound.begin += delay * (sound.begin >= now)
                sound.end += delay
        self.sounds[waiting:waiting] = fresh
        self._agenda.delay(self.playing or 0, delay)

    def stop(self, id: int, now: float) -> None:
        """Playback *id* is heard no longer."""
        self._agenda.forget(id)
        if id == self.playing:
            self.playing = None
        first = self._unheard(now)
        heard = [s for s in self.sounds[first:] if s.play != id or s.begin < now]
        for sound in heard:
            if sound.play == id:
                sound.end, sound.cut = now, True
        self.sounds[first:] = heard

    def stop_all(self, now: float) -> None:
        """The call is gone."""
        if self.playing is not None:
            self.stop(self.playing, now)
        self.stop(self._operators, now)

    def _sounds(self, effect: Play, begin: float) -> list[Sound]:
        sounds = []
        for prompt in effect.prompts:
            end = begin + self._length(prompt)
            if isinstance(prompt, Text):
                prompt = Text(spoken(prompt.words, effect.language))
            sounds.append(Sound(effect.id, prompt, begin, end))
            begin = end
        self._agenda.expect(begin, PlayDone(effect.id))
        return sounds

    def _length(self, prompt: Prompt) -> float:
        match prompt:
            case _ if self.voiceless:
                return 0.0
            case str():
                return self._durations.get(prompt, PROMPT)
            case File(path) | Recorded(path):
                return self._durations.get(path.rpartition("/")[2], PROMPT)
            case Url(url):
                return self._durations.get(url, PROMPT)
            case Signal(seconds=seconds):
                return seconds or PROMPT
            case Tone() | Silence():
                return prompt.seconds
            case Text(words):
                return seconds_of(spoken(words))
            case Given(name):
                raise AssertionError(f"{name} was not put in its place")

    def _unheard(self, now: float) -> int:
        """The index of the first sound that is not over."""
        index = len(self.sounds)
        while index and self.sounds[index - 1].end > now:
            index -= 1
        return index


def seconds_of(words: str) -> float:
    """How long it takes to speak *words*."""
    return max(0.5, len(words) / CHARACTERS_PER_SECOND)
