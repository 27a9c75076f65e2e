"""What a recogniser is.  Every engine is one small file beside this one.

They run in the recognisers' process (`ear_child`), one thread, and may be slow, hang or crash.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ..engine.errors import IvrError

UNKNOWN = "[unk]"
"""Stands in a text where something was said that is none of the words."""


class RecogniserError(IvrError):
    """This cannot be recognised.  The message says why."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """What may be said: one of `phrases`, or words of `loop` in any order and number."""

    phrases: tuple[str, ...] = ()
    loop: tuple[str, ...] = ()

    def known(self, knows: Callable[[str], bool]) -> Grammar:
        """What of it consists of words that a model knows."""
        phrases = tuple(each for each in self.phrases if all(map(knows, each.split())))
        return Grammar(phrases, tuple(filter(knows, self.loop)))

    def unknown(self, knows: Callable[[str], bool]) -> list[str]:
        """The words that a model does not know."""
        words = {word for phrase in self.phrases for word in phrase.split()} | {*self.loop}
        return sorted(word for word in words if not knows(word))

    def may_be_all(self, text: str) -> bool:
        """Whether somebody who said *text* may have said all that he has to say."""
        return bool(text) and (bool(self.loop) or text in self.phrases)


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was said, as far as can be told; empty: nothing.  Confidences are from 0 to 1.

    `words` are those of `text`; `alternatives` what it may have been instead, best first.
    """

    text: str = ""
    confidence: float = 0.0
    words: tuple[tuple[str, float], ...] = ()
    alternatives: tuple[tuple[str, float], ...] = ()


class Recognition(Protocol):
    """One turn of one caller."""

    def feed(self, sound: bytes) -> str:
        """Take PCM16 mono of any length; returns the text so far."""

    def finish(self) -> Recognised:
        """The turn is over, and so is this."""


class Recogniser(Protocol):
    """An engine, with the model of one language.  Its module has ``load(model) -> Recogniser``,
    which raises `RecogniserError`; an empty *model* is that which the engine brings along, if it
    does."""

    def knows(self, word: str) -> bool:
        """Whether the model has *word*."""

    def open(self, grammar: Grammar, rate: int) -> Recognition:
        """Listen for *grammar*, all of which is known, and not empty; *rate* is in hertz."""
