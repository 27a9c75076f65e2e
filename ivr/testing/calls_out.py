"""What becomes of a simulated call that we make."""

from __future__ import annotations

from typing import Annotated, Self

from ..engine.verb import Doc, Range
from .checks import Checks

Code = Annotated[int, Range(100, 699)]


class CallsOut(Checks):
    """Each raises `StoryError` where nobody is being called."""

    __slots__ = ()

    def is_answered(self) -> Self:
        """Of a call out: whom we call answers, and the flow begins."""
        __tracebackhide__ = True
        self._is_ringing("to be answered")
        self._line.take_up()
        return self

    def is_not_answered(
        self,
        code: Annotated[Code, Doc("SIP status; 487: it rang for as long as it may")] = 486,
    ) -> Self:
        """Of a call out: whom we call does not take it."""
        __tracebackhide__ = True
        self._is_ringing(f"to be refused with {code}")
        self._line.leave_unanswered(code)
        return self

    def _is_ringing(self, what: str) -> None:
        __tracebackhide__ = True
        if not self._line.rings_out:
            self._fail(f"expected {what}; this is no call out that nobody has answered")

    def _is_not_ringing(self, what: str) -> None:
        __tracebackhide__ = True
        if self._line.rings_out:
            self._fail(f"expected {what}; nobody has answered yet: is_answered, is_not_answered")
