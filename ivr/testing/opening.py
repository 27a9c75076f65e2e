"""What the caller notices before the answer, and keys that the flow presses for him."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Self

from ..engine.digits import KEYS
from ..engine.phase import Phase
from ..engine.verb import Doc, KeySet, Range
from .checks import Checks


class Opening(Checks):
    """Sentences that let time pass until they are so; `StoryError` where they never are."""

    __slots__ = ()

    def is_rung(self, code: Annotated[int, Range(180, 182), Doc("SIP status code")] = 180) -> Self:
        """The caller is told that it rings (180), is forwarded (181) or waits (182)."""
        __tracebackhide__ = True
        self._wait_for(lambda: code in self._line.rung, f"to be told {code}")
        return self

    def is_in_early_media(self) -> Self:
        """The caller hears the flow, and the call is not answered."""
        __tracebackhide__ = True
        call = self._line.session.call
        self._wait_for(
            lambda: call.phase in (Phase.EARLY, Phase.EARLY_KEYS), "to hear before the answer"
        )
        return self

    def is_sent_digits(
        self, digits: Annotated[KeySet, Doc("the keys, without pauses, such as 12#")]
    ) -> Self:
        """The flow presses these keys, after those that the story has spoken of before."""
        __tracebackhide__ = True
        line = self._line
        if not digits or not all(key in KEYS for key in digits):
            raise ValueError(f"{digits!r}: expected keys, some of {KEYS}")
        self._wait_for(lambda: len(line.sent) >= len(digits), f"to be sent {digits}")
        sent, line.sent = line.sent[: len(digits)], line.sent[len(digits) :]
        if sent != digits:
            self._fail(f"expected to be sent {digits}; it was sent {sent}")
        return self

    def _wait_for(self, wanted: Callable[[], bool], what: str) -> None:
        """Let time pass until *wanted*, unless something is wanted of the caller first."""
        raise NotImplementedError
