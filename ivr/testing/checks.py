"""What must be true of a simulated call at some moment; sentences that let no time pass."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from ..engine.verb import Doc, Range
from .caller import NAME as CALLER
from .observed import Observed
from .troubles import secrets_of, troubles

Recorded = Literal["yes", "masked", "no"]


class Checks(Observed):
    """Each raises `StoryError` where it is not so."""

    __slots__ = ()

    def goes_through(
        self, *states: Annotated[str, Doc("states in this order; others may lie between")]
    ) -> Self:
        """The call has gone through these states, in this order."""
        __tracebackhide__ = True
        path = iter(self.path)
        for state in states:
            if state not in path:
                self._fail(
                    f"expected to go through {' → '.join(states)};"
                    f" {state} is missing in {' → '.join(self.path)}"
                )
        return self

    def is_in(self, state: Annotated[str, Doc("a state of the flow, or end")]) -> Self:
        """The flow is in this state now."""
        __tracebackhide__ = True
        if self.state != state:
            self._fail(f"expected the state {state}; it is {self.state}")
        return self

    def has(
        self, **variables: Annotated[str, Doc("variable: its value, as it would be spoken")]
    ) -> Self:
        """These variables of the call have these values."""
        __tracebackhide__ = True
        known = self.variables
        for name, value in variables.items():
            if name not in known:
                self._fail(f"expected {name} to be {value}; it is not set")
            if known[name] != value and str(known[name]) != str(value):
                self._fail(f"expected {name} to be {value}; it is {known[name]}")
        return self

    def has_left_messages(self, count: Annotated[int, Range(0, 100), Doc("how many")]) -> Self:
        """So many recordings of this call were kept."""
        __tracebackhide__ = True
        kept = len(self._line.messages)
        if kept != count:
            self._fail(f"expected {count} messages to be kept; it is {kept}")
        return self

    def has_in_mailbox(
        self,
        box: Annotated[str, Doc("name of the mailbox")],
        new: Annotated[int, Range(0, 1000), Doc("messages that nobody has heard")] = 0,
        old: Annotated[int, Range(0, 1000), Doc("messages that were heard")] = 0,
    ) -> Self:
        """So many messages are in this mailbox."""
        __tracebackhide__ = True
        kept = [each.heard for each in self.mailboxes.get(box, ())]
        found = (kept.count(False), kept.count(True))
        if found != (new, old):
            self._fail(
                f"expected {new} new messages and {old} old ones in mailbox {box};"
                f" it is {found[0]} and {found[1]}"
            )
        return self

    def is_recorded(
        self,
        how: Annotated[Recorded, Doc("masked: in silence, as a secret is asked for")] = "yes",
    ) -> Self:
        """The call as a whole is being recorded now, or is not."""
        __tracebackhide__ = True
        recording = self._line.tape.running
        found = "no" if recording is None else "masked" if recording.is_masked else "yes"
        if found != how:
            self._fail(f"expected the call to be recorded: {how}; it is: {found}")
        return self

    def goes_well(self) -> Self:
        """So far no step has failed, no caller has heard silence for longer than the flow's
        `dead_air`, no secret was told to anybody, and no transfer came to nothing without a word.
        """
        __tracebackhide__ = True
        session = self._line.session
        called = session.flow.name == CALLER
        secrets = secrets_of(session.call, self._line.secrets.ever)
        for trouble in troubles(self._line.log, secrets, called=called):
            self._fail(f"expected to go well; in {trouble.state} {trouble.words}")
        return self
