"""What a flow asks of a simulated line: each effect is performed, and what comes of it expected."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
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
from ..engine.events import Answered, EarlyMedia, HungUp, Screened, WorkDone
from ..engine.flow import Flow
from ..engine.session import Session
from ..engine.verbs.deliver import JOB as MAILBOX
from .agenda import Agenda
from .far_ends import FarEnds
from .hearing import Hearing
from .made_up import Kept, MadeUp
from .mailboxes import Letters, Mailboxes
from .memory import JOBS as REMEMBERING
from .memory import Memories, Memory
from .recorder import CLOSING, Recorder
from .tape import Tape
from .values import NOTHING, Entry, Message, Recording, Sound

ANSWERING = 0.02  # seconds from our 200 to the caller's ACK and to sound both ways
REMEMBERS = 0.01  # seconds that remembering takes
HELLO = 1.2  # seconds in which a human who was called says so, and waits

Direction = Literal["in", "out"]


class Performing:
    """A line without wires, on which the flow does what it wants."""

    __slots__ = (
        "_agenda",
        "_gone",
        "_hearing",
        "_leaving",
        "_recorder",
        "_told",
        "acknowledges",
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
        self.acknowledges = True
        """Whether the caller's ACK comes."""
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

    # -- effects ---------------------------------------------------------------------------------

    def _answer(self, effect: Answer) -> None:
        if self.acknowledges:
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

    def reveal(self, *findings: tuple[Screened, float]) -> None:
        """The one who answered is found to be all this, each so many seconds from now."""
        self._agenda.forget(findings[0][0].id)
        for found, after in findings:
            self._agenda.expect(self.now + after, found)


PERFORM: dict[type, Callable[[Performing, Any], None]] = {
    Answer: Performing._answer,
    Ring: lambda line, effect: line.rung.append(effect.code),
    Early: Performing._early,
    Play: Performing._play,
    Record: lambda line, effect: line._recorder.begin(effect, line.now),
    RecordCall: lambda line, effect: line.tape.begin(effect, line.now),
    Mask: lambda line, effect: line.tape.mask(effect, line.now),
    Stop: Performing._stop,
    Listen: Performing._listen,
    Unlisten: Performing._listen,
    Dial: Performing._call,
    Refer: Performing._call,
    Join: Performing._join,
    Drop: Performing._drop,
    Screen: Performing._screen,
    Work: Performing._work,
    HangUp: Performing._end,
    Redirect: Performing._end,
    Reject: Performing._end,
    SendDigit: Performing._send,
}
