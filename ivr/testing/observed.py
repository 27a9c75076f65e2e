"""What is known of a simulated call at any moment."""

from __future__ import annotations

from typing import Any, NoReturn

from ..engine.effects import Effect, Note
from ..engine.events import Event
from ..engine.session import Session
from ..engine.values import Value
from .errors import StoryError, report
from .line import SimulatedLine
from .mailboxes import Letter
from .transcript import clock, ending, journal, last_events, transcript
from .values import CallRecording, Message, Said


class Observed:
    """A call on a simulated line, looked at from the outside."""

    __slots__ = ("_line",)

    def __init__(self, line: SimulatedLine) -> None:
        self._line = line

    @property
    def line(self) -> SimulatedLine:
        """The line itself."""
        return self._line

    @property
    def path(self) -> list[str]:
        """The states entered so far, in order; ``end`` is not one of them."""
        return [detail for kind, detail in self.notes if kind == "state"]

    @property
    def state(self) -> str:
        """The state that the call is in; ``end`` when the flow has run to its end.

        That of a flow that was called is named as ``yes_no.ask``.
        """
        return self._line.session.place

    @property
    def over(self) -> bool:
        """Whether the call is gone."""
        return self._line.over

    @property
    def ended_by(self) -> str:
        """``caller``, ``flow``, ``error``; empty while the call lasts."""
        return self._line.session.ended_by

    @property
    def variables(self) -> dict[str, Value]:
        """The call's variables."""
        return dict(self._line.session.call.vars)

    @property
    def memory(self) -> dict[str, dict[str, Any]]:
        """What is remembered now, by scope and name."""
        return self._line.memory.known(self.now)

    @property
    def mailboxes(self) -> dict[str, list[Letter]]:
        """The messages in each mailbox, in order."""
        return self._line.mailboxes.known()

    @property
    def messages(self) -> list[Message]:
        """The recordings that were kept."""
        return list(self._line.messages)

    @property
    def recordings(self) -> list[CallRecording]:
        """The recordings of the whole call, the one that runs as well."""
        return list(self._line.tape.recordings)

    @property
    def notes(self) -> list[tuple[str, str]]:
        """What the flow wrote into the journal: (kind, detail)."""
        return [(n.kind, n.detail) for _, n, _ in self._line.log if isinstance(n, Note)]

    @property
    def now(self) -> float:
        """Seconds since the call was offered."""
        return self._line.now

    @property
    def log(self) -> list[tuple[float, Event | Effect]]:
        """Every event and effect, with its time."""
        return [(time, thing) for time, thing, _ in self._line.log if not isinstance(thing, Said)]

    @property
    def journal(self) -> list[dict[str, Any]]:
        """The lines that a real call would leave in its journal."""
        return journal(self._line.log)

    @property
    def transcript(self) -> str:
        """What the caller heard and did so far, a line each."""
        return "\n".join(map(str, transcript(self._line.log, self._line.sounds)))

    @property
    def failures(self) -> list[str]:
        """What failed in the flow, whether or not it has gone on: the state, and why."""
        return [detail for kind, detail in self.notes if kind == "failed"]

    @property
    def session(self) -> Session:
        """The engine's side of the call."""
        return self._line.session

    def report(self, sentence: str = "") -> str:
        """*sentence*, the transcript, and the last that went into and came out of the flow."""
        line = self._line
        sentence = sentence or f"at {clock(line.now)}, state {self.state}"
        return report(sentence, self.transcript.splitlines(), last_events(line.log))

    def _is_there(self, what: str) -> None:
        """Fail where the caller is gone, and cannot do that any more."""
        __tracebackhide__ = True
        if self._line.over:
            end = ending(self._line.ended_with)
            self._fail(f"expected to {what}; the call is over: the caller {end}")

    def _fail(self, sentence: str) -> NoReturn:
        __tracebackhide__ = True
        line = self._line
        sentence += f" (at {clock(line.now)}, state {self.state})"
        for fault in self.failures[:1]:
            sentence += f"; the flow had failed: {fault}"
        lines = [str(line) for line in transcript(line.log, line.sounds)]
        raise StoryError(sentence, lines, last_events(line.log))
