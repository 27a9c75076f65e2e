"""A session of one state, driven by hand in virtual time."""

from collections.abc import Awaitable, Callable

from ivr.engine.call import Call
from ivr.engine.effects import (
    Dial,
    Effect,
    HangUp,
    Listen,
    Note,
    Play,
    Record,
    Redirect,
    Reject,
    Stop,
    Unlisten,
)
from ivr.engine.events import (
    Answered,
    Digit,
    Event,
    Heard,
    HungUp,
    Offered,
    PlayDone,
    RecordDone,
    RecordEnd,
    Tick,
)
from ivr.engine.flow import END, Flow
from ivr.engine.session import Session
from ivr.engine.verb import Result
from ivr.engine.verbs import answer

Walk = Callable[[Call], Awaitable[Result]]
FINAL = (HangUp, Redirect, Reject)


class Driver:
    """Walks one state that answers and then runs *verbs*; their results are in `results`.

    Every method that brings a fact to the session returns what it made of it, without the notes.
    """

    def __init__(self, *verbs: Walk, flow: Flow | None = None) -> None:
        self.now = 1000.0
        self.results: list[Result] = []
        self.effects: list[Effect] = []
        self.notes: list[Note] = []
        self.playing: Play | None = None
        self.interjection: Play | None = None
        self._recording = 0
        self.leg = 0
        self.session = Session(flow or self._one_state(verbs), "call-1")

    def _one_state(self, verbs: tuple[Walk, ...]) -> Flow:
        flow = Flow("one", start="only")

        @flow.state(done=END)
        async def only(call: Call) -> str:
            await answer(call, settle=0)
            for verb in verbs:
                self.results.append(await verb(call))
            return "done"

        return flow

    @property
    def call(self) -> Call:
        return self.session.call

    @property
    def result(self) -> Result:
        """That of the last verb; there must be one."""
        return self.results[-1]

    def take(self, event: Event) -> list[Effect]:
        effects = self.session.handle(event, self.now)
        self.notes += [e for e in effects if isinstance(e, Note)]
        effects = [e for e in effects if not isinstance(e, Note)]
        self.effects += effects
        if isinstance(event, PlayDone) and self.playing and event.id == self.playing.id:
            self.playing = None
        for effect in effects:
            match effect:
                case Play(over=True):
                    self.interjection = effect
                case Play(leg=0):
                    self.playing = effect
                case Stop(id) if self.playing and id == self.playing.id:
                    self.playing = None
                case Record(id=id):
                    self._recording = id
                case Dial(leg=leg):
                    self.leg = leg
        return effects

    def offered(self, caller: str = "alice", dialled: str = "100", wall: float = 0) -> list[Effect]:
        return self.take(Offered(caller, dialled, wall))

    def start(self, wall: float = 0) -> list[Effect]:
        """Offered and answered: what the first verb does."""
        self.offered(wall=wall)
        return self.take(Answered())

    def press(self, keys: str) -> list[Effect]:
        """All keys at this moment."""
        return [effect for key in keys for effect in self.take(Digit(key))]

    def say(
        self, text: str, confidence: float = 1.0, *alternatives: tuple[str, float]
    ) -> list[Effect]:
        return self.take(Heard(text, confidence, alternatives))

    @property
    def ear(self) -> Listen | None:
        """What is listened for now."""
        ears = [effect for effect in self.effects if isinstance(effect, Listen | Unlisten)]
        return ears[-1] if ears and isinstance(ears[-1], Listen) else None

    def play_done(self) -> list[Effect]:
        assert self.playing, "nothing is playing"
        return self.take(PlayDone(self.playing.id))

    def record_done(
        self, seconds: float, reason: RecordEnd = "stopped", file: str = "message.wav"
    ) -> list[Effect]:
        return self.take(RecordDone(self._recording, seconds, reason, file))

    def hang_up(self, by: str = "caller") -> list[Effect]:
        return self.take(HungUp(by))

    def wait(self, seconds: float) -> list[Effect]:
        """Let time pass; the deadlines on the way are met."""
        until, effects = self.now + seconds, []
        for _ in range(10_000):
            deadline = self.session.deadline
            if deadline is None or deadline > until:
                break
            self.now = max(self.now, deadline)
            effects += self.take(Tick())
        else:
            raise AssertionError("the session does not let time pass")
        self.now = until
        return effects

    @property
    def journal(self) -> list[str]:
        return [f"{note.kind}: {note.detail}" for note in self.notes]

    def noted(self, kind: str) -> list[str]:
        return [note.detail for note in self.notes if note.kind == kind]
