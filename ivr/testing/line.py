"""The far side of a simulated call: a line in virtual time that performs what a flow asks for.

How it works.  The clock stands still until someone lets it pass.  Whatever will happen by itself
(the end of a prompt, an answer, the result of a transfer) waits in an agenda; `step` takes the
clock to the next of these, or to the moment at which the flow wants a `Tick`, and hands it over.
What a flow can observe is the same as on a real line; there is only no sound.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from ..engine.effects import (
    Answer,
    Dial,
    Drop,
    Early,
    Effect,
    HangUp,
    Join,
    Listen,
    Mask,
    Play,
    Record,
    RecordCall,
    Redirect,
    Refer,
    Reject,
    Ring,
    Screen,
    SendDigit,
    Stop,
    Unlisten,
    Work,
)
from ..engine.events import (
    Answered,
    Digit,
    EarlyMedia,
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
from ..engine.flow import Flow
from ..engine.session import Session
from ..engine.trace import MASK
from ..engine.verbs.deliver import JOB as MAILBOX
from .agenda import FOREVER, Agenda
from .far_ends import FarEnds
from .hearing import Hearing
from .made_up import Kept, MadeUp
from .mailboxes import Letters, Mailboxes
from .memory import JOBS as REMEMBERING
from .memory import Memories, Memory
from .recorder import CLOSING, Recorder
from .tape import Tape
from .values import Entry, Fate, Message, Recording, Said, Sound

ANSWERING = 0.02  # seconds from our 200 to the caller's ACK and to sound both ways
REMEMBERS = 0.01  # seconds that remembering takes
HELLO = 1.2  # seconds in which a human who was called says so, and waits
SECONDS_PER_WORD = 0.4  # spoken by the caller

GIVEN_UP = 487  # what comes of our CANCEL

Direction = Literal["in", "out"]
Alternatives = tuple[tuple[str, float], ...]
NOTHING: Mapping[str, Any] = MappingProxyType({})
_TICK = Tick()


class SimulatedLine:
    """One call on a line without wires.  `now` is in seconds since the call was offered."""

    __slots__ = (
        "_agenda",
        "_gone",
        "_hearing",
        "_leaving",
        "_recorder",
        "_told",
        "direction",
        "ended_with",
        "far_ends",
        "jobs",
        "listening",
        "log",
        "mailboxes",
        "memory",
        "now",
        "questions",
        "rung",
        "screening",
        "secrets",
        "sent",
        "session",
        "tape",
    )  # fmt: skip

    def __init__(
        self,
        flow: Flow,
        durations: Mapping[str, float],
        memory: Memories = NOTHING,
        mailboxes: Letters = NOTHING,
        secrets: Mapping[str, str] = NOTHING,
        told: Collection[str] = (),
    ) -> None:
        self.session = Session(flow, "simulated")
        self.session.call.secrets = flow.secrets or MadeUp(secrets)
        self.session.call.typed_secrets = self.secrets = Kept()
        self.memory = Memory(memory)
        self.mailboxes = Mailboxes(mailboxes)
        self.now = 0.0
        self.direction: Direction = "in"
        self.questions = 0
        """How many prompts were begun by a step that takes an answer."""
        self.rung: list[int] = []
        """The provisional responses so far."""
        self.sent = ""
        """The keys that the flow has pressed, and of which the story has not spoken."""
        self.jobs: list[Work] = []
        """What is being done outside, and the story has yet to end."""
        self.listening: Listen | None = None
        """What the flow listens for; without words, whether he speaks."""
        self.screening: Screen | None = None
        self.tape = Tape()
        self.ended_with: Effect | None = None
        self.log: list[Entry] = []
        self._agenda = Agenda()
        self.far_ends = FarEnds(self._agenda)
        self._hearing = Hearing(self._agenda, durations)
        self._recorder = Recorder(self._agenda)
        self._told = told  # jobs that are ours to do, but for the story
        self._leaving: int | None = None
        self._gone: HungUp | None = None  # ours to report, once the flow has been obeyed

    @property
    def over(self) -> bool:
        """Whether the call is gone."""
        return bool(self.session.ended_by) and self._leaving is None

    @property
    def sounds(self) -> list[Sound]:
        """What the caller heard, hears and will hear if nothing comes between."""
        return self._hearing.sounds

    @property
    def voiceless(self) -> bool:
        """Whether nothing can be played any more."""
        return self._hearing.voiceless

    @property
    def hears_words(self) -> bool:
        """Whether what is said now is recognised."""
        return self.listening is not None and self.listening.has_words

    def lose_voice(self) -> None:
        """From now on nothing can be played: it is over at once."""
        self._hearing.voiceless = True

    @property
    def playing(self) -> int | None:
        """The flow's playback, if one runs."""
        return self._hearing.playing

    @property
    def recording(self) -> Recording | None:
        """The caller's message, while it is recorded."""
        return self._recorder.running

    @property
    def messages(self) -> list[Message]:
        """What callers have left, in the order in which it ended."""
        return self._recorder.messages

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

    def reveal(self, *findings: tuple[Screened, float]) -> None:
        """The one who answered is found to be all this, each so many seconds from now."""
        self._agenda.forget(findings[0][0].id)
        for found, after in findings:
            self._agenda.expect(self.now + after, found)

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
        for effect in session.handle(event, now):
            log.append((now, effect, True))
            perform = _PERFORM.get(type(effect))
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

    # -- effects ---------------------------------------------------------------------------------

    def _answer(self, effect: Answer) -> None:
        self._agenda.expect(self.now + ANSWERING, Answered())

    def _send(self, effect: SendDigit) -> None:
        if not effect.leg:
            self.sent += effect.digit

    def _early(self, effect: Early) -> None:
        self._agenda.expect(self.now + ANSWERING, EarlyMedia())

    def _play(self, effect: Play) -> None:
        if effect.leg:
            self._hearing.play_elsewhere(effect, self.now)
        elif effect.over:
            self._hearing.interject(effect, self.now)
        else:
            self._hearing.play(effect, self.now)
            self.questions += self.session.call.asking

    def _stop(self, effect: Stop) -> None:
        taping = self.tape.running
        if taping is not None and effect.id == taping.effect.id:
            [done] = self.tape.end(self.now, "stopped")
            self._agenda.expect(self.now + CLOSING, done)
        elif self.recording is not None and effect.id == self.recording.effect.id:
            self._recorder.stop(self.now)
        elif self.screening is not None and effect.id == self.screening.id:
            self._agenda.forget(effect.id)
            self.screening = None
        else:
            self._agenda.forget(effect.id)
            self._leave_off(effect.id)
            self.far_ends.stop(effect.id)
            self._hearing.stop(effect.id, self.now)

    def _listen(self, effect: Listen | Unlisten) -> None:
        self.listening = effect if isinstance(effect, Listen) else None

    def _call(self, effect: Dial | Refer) -> None:
        self.far_ends.called(effect)

    def _join(self, effect: Join) -> None:
        if not effect.early:
            self.far_ends.join(effect.leg, self.now)

    def _drop(self, effect: Drop) -> None:
        self.far_ends.drop(effect.leg)

    def _work(self, effect: Work) -> None:
        if effect.job in self._told:
            self.jobs.append(effect)
        elif effect.job in REMEMBERING:
            self.finish(effect, self.memory.does(effect, self.now), REMEMBERS)
        elif effect.job == MAILBOX:
            wall = self.session.call.time.timestamp()
            done = self.mailboxes.does(effect, wall, self.memory.lost)
            self.finish(effect, done, REMEMBERS)
        else:
            self.jobs.append(effect)

    def finish(self, work: Work, done: WorkDone, after: float) -> None:
        """*work* is over in so many seconds, and this comes of it."""
        self._agenda.expect(self.now + after, done)

    def _leave_off(self, id: int) -> None:
        self.jobs = [work for work in self.jobs if work.id != id]

    def _screen(self, effect: Screen) -> None:
        self.screening = effect
        self.reveal((Screened(effect.id, "human"), min(HELLO, effect.seconds)))

    def _end(self, effect: HangUp | Redirect | Reject) -> None:
        self.ended_with = effect
        if isinstance(effect, HangUp) and effect.after is not None and effect.after == self.playing:
            self._leaving = effect.after
        else:
            self._tear_down()
            match effect:
                case HangUp():
                    self._gone = self._hung_up()
                case Redirect(code=code) | Reject(code=code):
                    self._gone = HungUp("flow", code)

    def _hung_up(self) -> HungUp:
        effect = self.ended_with
        assert isinstance(effect, HangUp)
        return HungUp(effect.by, 0 if self.session.call.answered else effect.code)

    def _tear_down(self) -> None:
        self._hearing.stop_all(self.now)
        if self.recording is not None:
            done = self._recorder.done("stopped", self.now)
            self.log.append((self.now, done, True))
            self._recorder.keep(done)
        self.log += [(self.now, done, True) for done in self.tape.end(self.now, "stopped")]
        self.far_ends.there.clear()
        self.listening, self.screening = None, None
        after = [] if not self.session.call.tidying else self.jobs
        self._agenda.clear(keep=[work.id for work in after])
        self.jobs = list(after)


_PERFORM: dict[type, Callable[[SimulatedLine, Any], None]] = {
    Answer: SimulatedLine._answer,
    Ring: lambda line, effect: line.rung.append(effect.code),
    Early: SimulatedLine._early,
    Play: SimulatedLine._play,
    Record: lambda line, effect: line._recorder.begin(effect, line.now),
    RecordCall: lambda line, effect: line.tape.begin(effect, line.now),
    Mask: lambda line, effect: line.tape.mask(effect, line.now),
    Stop: SimulatedLine._stop,
    Listen: SimulatedLine._listen,
    Unlisten: SimulatedLine._listen,
    Dial: SimulatedLine._call,
    Refer: SimulatedLine._call,
    Join: SimulatedLine._join,
    Drop: SimulatedLine._drop,
    Screen: SimulatedLine._screen,
    Work: SimulatedLine._work,
    HangUp: SimulatedLine._end,
    Redirect: SimulatedLine._end,
    Reject: SimulatedLine._end,
    SendDigit: SimulatedLine._send,
}
