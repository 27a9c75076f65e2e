"""What the caller of a simulated call says, and what the flow listens for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from ..engine.verb import OPTIONAL, Doc, Range, Seconds
from .observed import Observed
from .values import NOTHING

Confidence = Annotated[float, Range(0, 1)]


class Speaking(Observed):
    """Sentences about speech; `StoryError` where they do not come true."""

    __slots__ = ()

    def says(
        self,
        text: Annotated[str, Doc("the words")],
        confidence: Annotated[Confidence, Doc("how well they are understood")] = 0.9,
        alternatives: Annotated[
            Mapping[str, Confidence], Doc("words that it may have been as well: how likely")
        ] = NOTHING,
        seconds: Annotated[
            Seconds | None, Doc("how long that takes; default: as long as such words take")
        ] = None,
    ) -> Self:
        """Say something; time passes until it is said.  A flow that does not listen misses it."""
        __tracebackhide__ = True
        self._is_there(f"say {text!r}")
        self._line.say(text, confidence, tuple(alternatives.items()), seconds or 0.0)
        return self

    def mumbles(self, seconds: Annotated[Seconds, Doc("how long")] = 1.0) -> Self:
        """Say something of which not a word is recognised."""
        __tracebackhide__ = True
        self._is_there("mumble")
        self._line.say("", 0.0, seconds=seconds)
        return self

    def is_unheard(self, seconds: Annotated[Seconds, Doc("how long")] = 1.0) -> Self:
        """Say something, and the recogniser never tells what, nor that it has failed."""
        __tracebackhide__ = True
        self._is_there("speak")
        self._line.go_unheard(seconds)
        return self

    def listen_fails(
        self,
        reason: Annotated[str, Doc("why")] = "crashed",
        speaking: Annotated[bool, Doc("whether the caller has begun to speak")] = False,
    ) -> Self:
        """The recogniser fails; the flow must be listening."""
        __tracebackhide__ = True
        self._is_there("be listened to")
        if self._line.listening is None:
            self._fail("expected listening to fail; the flow does not listen")
        self._line.deafen(reason, speaking)
        return self

    def listens_for(
        self,
        *phrases: Annotated[str, OPTIONAL, Doc("what may be said; there may be more")],
        loop: Annotated[tuple[str, ...], Doc("words that may be said in any order")] = (),
    ) -> Self:
        """The flow listens now, for these and possibly for others."""
        __tracebackhide__ = True
        listen = self._line.listening
        if listen is None or not listen.has_words:
            self._fail(f"expected to be listened to for {', '.join((*phrases, *loop))}; it is not")
        for wanted, known in ((phrases, listen.phrases), (loop, listen.loop)):
            for text in wanted:
                if text not in known:
                    found = ", ".join(known) or "nothing"
                    self._fail(f"expected to be listened to for {text!r}; it is for {found}")
        return self

    def does_not_listen(self) -> Self:
        """Whatever is said now is not understood by the flow."""
        __tracebackhide__ = True
        if self._line.hears_words:
            self._fail("expected not to be listened to; the flow listens")
        return self
