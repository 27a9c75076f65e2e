"""The far side of a simulated call: a line in virtual time, on which the flow gets what it wants.

How it works.  The clock stands still until someone lets it pass.  Whatever will happen by itself
(the end of a prompt, an answer, the result of a transfer) waits in an agenda; `step` takes the
clock to the next of these, or to the moment at which the flow wants a `Tick`, and hands it over.
What the flow asks for is done in `performing`.  What it can observe is the same as on a real line;
there is only no sound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from ..engine.events import (
    Answered,
    Digit,
    Event,
    Heard,
    HungUp,
    LegAnswered,
    LegEnded,
    ListenFailed,
    Offered,
    PlayDone,
    RecordDone,
    ReferDone,
    Screened,
    SpeechStarted,
    Tick,
    WorkDone,
)
from ..engine.trace import MASK
from ..guard import PATIENCE, STATE_LIMIT, StateGuard
from .agenda import FOREVER
from .performing import PERFORM, Direction, Performing
from .values import NOTHING, Fate, Said

SECONDS_PER_WORD = 0.4  # spoken by the caller
GIVEN_UP = 487  # what comes of our CANCEL

Alternatives = tuple[tuple[str, float], ...]
_TICK = Tick()
# Tests run on busy machines, with much for a garbage collector to look through; nobody waits here.
_GUARD = StateGuard(limit=10 * STATE_LIMIT, patience=5 * PATIENCE)


class SimulatedLine(Performing):
    """One call on a line without wires.  `now` is in seconds since the call was offered."""

    __slots__ = ()

    def offer(
        self,
        at: datetime,
        caller: str,
        dialled: str,
        headers: Mapping[str, str] = NOTHING,
        overrides: Mapping[str, str] = NOTHING,
        direction: Direction = "in",
    ) -> None:
        self.direction = direction
        offer = Offered(caller, dialled, at.timestamp(), headers, overrides, direction)
        self.happens(self.session.flow.house.known(offer) if direction == "in" else offer)

    # -- time ------------------------------------------------------------------------------------

    @property
    def due(self) -> float:
        """When the next thing happens by itself; for ever, if nothing does."""
        deadline = self.session.deadline
        return self._agenda.next if deadline is None else min(deadline, self._agenda.next)

    def step(self, until: float = FOREVER) -> bool:
        """Let the next thing happen that is due by *until*; False: there is none."""
        deadline, due = self.session.deadline, self._agenda.next
        if due < (FOREVER if deadline is None else deadline):
            if due > until:
                return False
            self.now, event = self._agenda.pop()
            self._occurs(event)
            return True
        if deadline is None or deadline > until:
            return False
        if deadline > self.now:
            self.now = deadline
        self.happens(_TICK)
        return True

    def pass_until(self, moment: float) -> None:
        """Let time pass until *moment*, and all happen that is due by then."""
        while self.step(moment):
            pass
        if moment > self.now:
            self.now = moment

    # -- the caller ------------------------------------------------------------------------------

    def press(self, key: str) -> None:
        """Press *key*."""
        self.happens(Digit(key))

    def say(
        self, text: str, confidence: float, alternatives: Alternatives = (), seconds: float = 0.0
    ) -> None:
        """Say *text*: it takes its time, and is understood at its end if the flow listens."""
        heard = self.hears_words
        words = MASK if self._secretive else text
        self.log.append((self.now, Said(words, confidence, self._fate), True))
        end = self.now + (seconds or SECONDS_PER_WORD * max(1, len(text.split())))
        self.sound_until(end)
        if self.listening is not None:
            self.happens(SpeechStarted())
        self.pass_until(end)
        if heard and self.hears_words:
            self.happens(Heard(text, confidence, alternatives))

    @property
    def _fate(self) -> Fate:
        """What becomes of what is said now."""
        if self.listening is not None:
            return "heard" if self.hears_words else "noticed"
        return "recorded" if self.recording is not None else "lost"

    def go_unheard(self, seconds: float) -> None:
        """The caller says something, and the recogniser never tells what."""
        self.log.append((self.now, Said("", 0.0, "lost"), True))
        end = self.now + seconds
        self.sound_until(end)
        if self.listening is not None:
            self.happens(SpeechStarted())
        self.pass_until(end)

    def deafen(self, reason: str, speaking: bool) -> None:
        """The recogniser fails; *speaking*: the caller has begun to speak."""
        if speaking:
            self.happens(SpeechStarted())
        self.happens(ListenFailed(reason))

    def fail_recording(self) -> None:
        """The recording that runs comes to nothing."""
        self._recorder.fail(self.now)

    def sound_until(self, moment: float) -> None:
        """The caller makes himself heard on the recording, if one runs, until *moment*."""
        self._recorder.sound_until(moment)

    @property
    def rings_out(self) -> bool:
        """Whether whom we call has yet to answer."""
        return self.direction == "out" and not (self.session.call.answered or self.over)

    def take_up(self) -> None:
        """Whom we call answers."""
        self.happens(Answered())

    def leave_unanswered(self, code: int) -> None:
        """Whom we call does not, and this is the status that comes."""
        self.happens(HungUp("no_answer" if code == GIVEN_UP else "far_end", code))

    def hang_up(self, by: str = "caller") -> None:
        """The call is gone; what was recorded is in place before the flow is told."""
        if self.recording is not None:
            self._agenda.forget(self.recording.effect.id)
            self._occurs(self._recorder.done("hang_up", self.now))
        for done in self.tape.end(self.now, "hang_up"):
            self.happens(done)
        answered = self.session.call.answered
        self._leaving = None
        self._tear_down()
        self.happens(HungUp(by, 0 if answered else 487))

    # -- facts in, intents out -------------------------------------------------------------------

    @property
    def _secretive(self) -> bool:
        """Whether a sensitive step takes the caller's answer."""
        return self.session.call.asking and not self.session.call.reading

    def _veiled(self, event: Event) -> Event:
        """*event* as it may be told."""
        if isinstance(event, Digit) and not self.session.call.reading:
            return Digit(MASK)  # typed ahead, it may belong to a secret
        if self._secretive and isinstance(event, Heard):
            return replace(event, text=MASK, alternatives=())
        if isinstance(event, WorkDone):
            secret = event.id in self.session.call.secret_work
            reason = self.session.call.masked(event.reason)
            return replace(event, reason=reason, value=MASK * 3 if secret else event.value)
        return event

    def happens(self, event: Event) -> None:
        """Tell the flow, and do what it wants done about it."""
        now, session, log = self.now, self.session, self.log
        log.append((now, self._veiled(event), session.call.reading))
        with _GUARD:
            effects = session.handle(event, now)
        for effect in effects:
            log.append((now, effect, True))
            perform = PERFORM.get(type(effect))
            if perform is not None:
                perform(self, effect)
        if self._gone is not None:
            gone, self._gone = self._gone, None
            self.happens(gone)

    def _occurs(self, event: Event) -> None:
        """Something on the agenda is due."""
        match event:
            case PlayDone(id) if id == self.playing:
                self._hearing.playing = None
                if id == self._leaving:
                    self._leaving = None
                    self._tear_down()
                    self._gone = self._hung_up()
            case RecordDone(id) if self.recording is not None and id == self.recording.effect.id:
                self._recorder.keep(event)
            case LegAnswered() | LegEnded() | ReferDone():
                self.far_ends.happens(event, self.now)
            case WorkDone(id):
                self._leave_off(id)
            case Screened(found=found) if found != "machine":
                self.screening = None
        self.happens(event)
