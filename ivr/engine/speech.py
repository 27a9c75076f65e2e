"""How spoken answers are listened for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from .effects import Listen
from .verb import Doc, Range, Seconds

RECOGNITION = 5.0  # seconds that words may take from their end to us; then they are lost

_Share = Annotated[float, Range(0, 1)]


@dataclass(frozen=True, slots=True)
class Speech:
    """What makes a spoken answer one, and when it is over."""

    confidence: Annotated[_Share, Doc("least confidence; what is below is not understood")] = 0.5
    confirm_below: Annotated[
        _Share, Doc("below, the caller is asked whether that is what he said; 0: never")
    ] = 0.0
    begins_after: Annotated[Seconds, Doc("how long he speaks before it counts as speech")] = 0.2
    end_silence: Annotated[Seconds, Doc("silence that ends an answer")] = 0.3
    incomplete_silence: Annotated[
        Seconds, Doc("silence that ends what cannot be a whole answer")
    ] = 1.0
    longest: Annotated[Seconds, Range(0.5, 60), Doc("the longest answer")] = 10.0

    @property
    def patience(self) -> float:
        """Seconds from the start of speech after which nothing more is expected of it."""
        return self.longest + max(self.end_silence, self.incomplete_silence) + RECOGNITION

    def listen(self, phrases: tuple[str, ...], loop: tuple[str, ...], language: str) -> Listen:
        """Have *phrases*, and the words of *loop* in any order, listened for."""
        return Listen(
            phrases,
            loop,
            language,
            self.begins_after,
            self.end_silence,
            self.incomplete_silence,
            self.longest,
        )


PLAIN = Speech()
Listening = Speech | bool
"""How spoken answers are listened for, or whether at all."""


def listened(given: Listening) -> Speech | None:
    """None: nothing is listened for."""
    return given if isinstance(given, Speech) else PLAIN if given else None


def wrong_with(given: Listening) -> str:
    """What is wrong with this; empty: nothing."""
    if isinstance(given, Speech) and 0 < given.confirm_below <= given.confidence:
        return "confirm_below is not above confidence, so that nothing would be confirmed"
    return ""
