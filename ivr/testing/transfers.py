"""Where a simulated caller is handed to, what becomes of it, and who is found to have answered."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from ..engine.events import Finding, Screened
from ..engine.far_end import TransferOutcome
from ..engine.verb import Address, Doc, KeySet, Seconds
from .calls_out import Code
from .far_ends import FarEnd
from .opening import Opening
from .performing import HELLO

CODES: dict[TransferOutcome, int] = {
    "answered": 200,
    "busy": 486,
    "no_answer": 408,
    "rejected": 603,
    "unreachable": 404,
    "failed": 400,
}
FAR_END = 2.0  # seconds until the far end of a transfer says something
TransferResult = Literal[
    "answered", "busy", "no_answer", "rejected", "unreachable", "failed", "ringing", "listening",
    "talking",
]  # fmt: skip


class Transfers(Opening):
    """Sentences about others than the caller; `StoryError` where they do not come true."""

    __slots__ = ()

    def is_transferred_to(
        self,
        to: Annotated[Address, Doc("the address")],
        result: Annotated[
            TransferResult,
            Doc(
                "what comes of it; ringing: nothing yet; listening: answered, and has not taken"
                " the call yet; talking: has taken it, and it is not over"
            ),
        ] = "answered",
        *,
        code: Annotated[Code | None, Doc("SIP code of the far end; default: the usual one")] = None,
        after: Annotated[
            Seconds | None,
            Doc("how long the far end takes for that; without it, who does not answer rings on"),
        ] = None,
        talk: Annotated[Seconds, Doc("how long the two then talk")] = 30.0,
        presses: Annotated[KeySet, Doc("the key with which who answers takes the call")] = "",
    ) -> Self:
        """The caller is being handed to *to*, or is after prompts that need no answer.

        Time passes until the result is there.  Whom nobody answers hears it ring as long as the
        flow lets it.
        """
        __tracebackhide__ = True
        line, far_ends = self._line, self._line.far_ends
        self._wait_for(lambda: bool(far_ends.undecided), f"to be transferred to {to}")
        one = next((each for each in far_ends.undecided if each.to == to), None)
        if one is None:
            self._fail(f"expected to be transferred to {to}; it is {self._called()}")
        if result == "ringing":
            return self
        if result != "no_answer" or after is not None or code is not None:
            self._decides(one, result, code, FAR_END if after is None else after, talk, presses)
        if result == "listening":
            return self
        while one in far_ends.there and not (result == "talking" and one.joined):
            if not line.step():
                break
        return self

    def _decides(
        self, one: FarEnd, result: TransferResult, code: int | None, after: float, talk: float,
        presses: str,
    ) -> None:  # fmt: skip
        __tracebackhide__ = True
        line, talks = self._line, None if result == "talking" else talk
        outcome: TransferOutcome = (
            "answered"
            if result == "talking" or result == "listening" or result == "ringing"
            else result
        )
        began, due = line.now, line.now + after
        line.far_ends.decide(one, due, outcome, code or CODES[outcome], talks, presses)
        while line.now < due and one in line.far_ends.there:
            if not line.step(due):
                line.pass_until(due)
        if line.now < due:
            rang = line.now - began
            self._fail(f"{after:g} s is too late for {result}: it rings for {rang:g} s")
        line.pass_until(due)

    def _called(self) -> str:
        return ", ".join(one.to for one in self._line.far_ends.undecided)

    def is_screened_as(
        self,
        found: Annotated[Finding, Doc("human, machine, silence, or beep: a machine without words")],
        *,
        after: Annotated[Seconds | None, Doc("how long it takes to tell")] = None,
        beep: Annotated[Seconds | None, Doc("how long after that a machine beeps")] = None,
    ) -> Self:
        """The flow finds out who answered, and this is who; told nothing, it finds a human.

        Time passes until it is found, and until the beep where the flow waits for one.
        """
        __tracebackhide__ = True
        line = self._line
        self._wait_for(lambda: line.screening is not None, f"to be screened as {found}")
        screening = line.screening
        assert screening is not None
        if after is None:
            after = screening.seconds if found == "silence" else min(HELLO, screening.seconds)
        if after > screening.seconds:
            self._fail(f"{after:g} s is too late for {found}: it takes {screening.seconds:g} s")
        findings = [(Screened(screening.id, found), after)]
        if found == "machine" and beep is not None:
            findings.append((Screened(screening.id, "beep"), after + beep))
        line.reveal(*findings)
        while line.screening is screening and line.step():
            pass
        return self
