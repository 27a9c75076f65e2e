"""How spoken answers are listened for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from .effects import Listen
from .verb import Doc, Range, Seconds

_Share = Annotated[float, Range(0, 1)]


@dataclass(frozen=True, slots=True)
class Speech:
    """What makes a spoken answer one, and when it is over."""

    confidence: Annotated[_Share, Doc("least confidence; below it, it is not understood")] = 0.5
    confirm_below: Annotated[
        _Share, Doc("below it, the caller is asked whether that is what he said; 0: never")
    ] = 0.0
    begins_after: Annotated[Seconds, Doc("how long he speaks before it counts as speech")] = 0.2
    end_silence: Annotated[Seconds, Doc("silence that ends an answer")] = 0.3
    incomplete_silence: Annotated[
        Seconds, Doc("silence that ends what cannot be a whole answer")
    ] = 1.0
    longest: Annotated[Seconds, Range(0.5, 60), Doc("the longest answer")] = 10.0

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
