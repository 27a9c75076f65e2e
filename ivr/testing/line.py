"""The far side of a simulated call: a line in virtual time that performs what a flow asks for.

How it works.  The clock stands still until someone lets it pass.  Whatever will happen by itself
(the end of a prompt, an answer, the result of a transfer) waits in an agenda; `step` takes the
clock to the next of these, or to the moment at which the flow wants a `Tick`, and hands it over.
What a flow can observe is the same as on a real line; there is only no sound.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import Any, Literal

from ..engine.effects import (
    Answer,
    Effect,
    HangUp,
    Listen,
    Play,
    Prompt,
    Record,
    Redirect,
    Reject,
    Stop,
    Text,
    Tone,
    Transfer,
    Unlisten,
)
from ..engine.events import (
    Answered,
    Digit,
    Event,
    Heard,
    HungUp,
    Joined,
    Offered,
    PlayDone,
    RecordDone,
    RecordEnd,
    SpeechStarted,
    Tick,
    TransferDone,
    TransferOutcome,
)
from ..engine.flow import Flow
from ..engine.session import Session
from .values import Entry, Message, Recording, Said, Sound

ANSWERING = 0.02  # seconds from our 200 to the caller's ACK and to sound both ways
CLOSING = 0.02  # seconds from the end of a recording to its file
PROMPT = 2.0  # seconds, of a named prompt whose length is not given
CHARACTERS_PER_SECOND = 15.0  # spoken, at a calm pace
SECONDS_PER_WORD = 0.4  # spoken by the caller

FOREVER = float("inf")
_TICK = Tick()


class SimulatedLine:
    """One call on a line without wires.  `now` is in seconds since the call was offered."""

    __slots__ = (
        "_agenda",
        "_gone",
        "_leaving",
        "_number",
        "_stopping",
        "durations",
        "ended_with",
        "joined",
        "listening",
        "log",
        "messages",
        "now",
        "playing",
        "questions",
        "recording",
        "session",
        "sounds",
        "transfer",
    )  # fmt: skip

    def __init__(self, flow: Flow, durations: Mapping[str, float]) -> None:
        self.session = Session(flow, "simulated")
        self.now = 0.0
        self.durations = durations
        self.sounds: list[Sound] = []
        self.questions = 0
        """How many prompts were begun by a step that takes an answer."""
        self.playing: int | None = None
        self.recording: Recording | None = None
        self.transfer: Transfer | None = None
        self.joined = False
        self.listening = False
        self.messages: list[Message] = []
        self.ended_with: Effect | None = None
        self.log: list[Entry] = []
        self._agenda: list[tuple[float, int, Event]] = []
        self._number = 0
        self._stopping = False
        self._leaving: int | None = None
        self._gone: HungUp | None = None  # ours to report, once the flow has been obeyed

    @property
    def over(self) -> bool:
        """Whether the call is gone."""
        return bool(self.session.ended_by) and self._leaving is None

    def offer(self, at: datetime, caller: str, dialled: str, headers: Mapping[str, str]) -> None:
        self.happens(Offered(caller, dialled, at.timestamp(), headers))

    # -- time ------------------------------------------------------------------------------------

    def step(self, until: float = FOREVER) -> bool:
        """Let the next thing happen that is due by *until*; False: there is none."""
        deadline, agenda = self.session.deadline, self._agenda
        if agenda and (deadline is None or agenda[0][0] < deadline):
            if agenda[0][0] > until:
                return False
            self.now, _, event = heappop(agenda)
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
        """Press *key*; while two callers are joined, the far end gets it and the flow does not."""
        if not self.joined:
            self.happens(Digit(key))

    def say(self, text: str, confidence: float) -> None:
        """Say *text*: it takes its time, and is understood at its end if the flow listens."""
        heard = self.listening
        fate: Literal["heard", "recorded", "lost"] = (
            "heard" if heard else "recorded" if self.recording is not None else "lost"
        )
        self.log.append((self.now, Said(text, confidence, fate), True))
        end = self.now + SECONDS_PER_WORD * max(1, len(text.split()))
        self.sound_until(end)
        if heard:
            self.happens(SpeechStarted())
        self.pass_until(end)
        if heard and self.listening:
            self.happens(Heard(text, confidence))

    def sound_until(self, moment: float) -> None:
        """The caller makes himself heard on the recording, if one runs, until *moment*."""
        if self.recording is not None and not self._stopping:
            self.recording.sound_until = moment
            self._forget(self.recording.effect.id)
            self._end_in_time(self.recording)

    def hang_up(self, by: str = "caller") -> None:
        """The call is gone; what was recorded is in place before the flow is told."""
        if self.recording is not None:
            self._forget(self.recording.effect.id)
            self._occurs(self._recorded("hang_up"))
        answered = self.session.call.answered
        self._leaving = None
        self._tear_down()
        self.happens(HungUp(by, 0 if answered else 487))

    def decide(self, outcome: TransferOutcome, code: int, after: float, talk: float | None) -> None:
        """The far end decides *after* seconds.  Who takes the call talks for *talk* seconds."""
        transfer = self.transfer
        assert transfer is not None
        self._forget(transfer.id)
        end = self.now + after
        if outcome == "answered" and transfer.mode == "bridge":
            if not self.joined:
                self._expect(end, Joined(transfer.id))
            if talk is None:
                return
            end += talk
        self._expect(end, TransferDone(transfer.id, outcome, code))

    # -- facts in, intents out -------------------------------------------------------------------

    def happens(self, event: Event) -> None:
        """Tell the flow, and do what it wants done about it."""
        now, session, log = self.now, self.session, self.log
        log.append((now, event, session.call.reading))
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
            case PlayDone(id):
                self.playing = None
                if id == self._leaving:
                    self._leaving = None
                    self._tear_down()
                    self._gone = HungUp("flow")
            case RecordDone():
                self._keep(event)
            case Joined():
                self.joined = True
            case TransferDone():
                self.transfer, self.joined = None, False
        self.happens(event)

    def _expect(self, when: float, event: Event) -> None:
        self._number += 1
        heappush(self._agenda, (when, self._number, event))

    def _forget(self, id: int) -> None:
        """Nothing more will come of playback, recording or transfer *id*."""
        self._agenda = [entry for entry in self._agenda if getattr(entry[2], "id", 0) != id]
        heapify(self._agenda)

    # -- effects ---------------------------------------------------------------------------------

    def _answer(self, effect: Answer) -> None:
        self._expect(self.now + ANSWERING, Answered())

    def _play(self, effect: Play) -> None:
        if self.playing is not None:
            self._silence()
        end = self.now
        for prompt in effect.prompts:
            begin, end = end, end + self._length(prompt)
            self.sounds.append(Sound(effect.id, prompt, begin, end))
        self.playing = effect.id
        self.questions += self.session.call.asking
        self._expect(end, PlayDone(effect.id))

    def _length(self, prompt: Prompt) -> float:
        match prompt:
            case str():
                return self.durations.get(prompt, PROMPT)
            case Tone():
                return prompt.seconds
            case Text(words):
                return seconds_of(words)

    def _silence(self) -> None:
        assert self.playing is not None
        self._forget(self.playing)
        self.playing = None
        sounds, now = self.sounds, self.now
        while sounds and sounds[-1].begin >= now:
            sounds.pop()
        if sounds and sounds[-1].end > now:
            sounds[-1].end, sounds[-1].cut = now, True

    def _record(self, effect: Record) -> None:
        if self.recording is not None:
            self._forget(self.recording.effect.id)
            self._keep(self._recorded("stopped"))
        self.recording = Recording(effect, self.now, self.now)
        self._stopping = False
        self._end_in_time(self.recording)

    def _end_in_time(self, recording: Recording) -> None:
        """A recording ends by itself, at the latest in silence."""
        effect = recording.effect
        longest = recording.began + effect.max_seconds
        silent = recording.sound_until + effect.silence
        if effect.silence and silent < longest:
            self._expect(silent, self._recorded("silence", silent))
        else:
            self._expect(longest, self._recorded("max_time", longest))

    def _recorded(self, reason: RecordEnd, at: float | None = None) -> RecordDone:
        """The end of the recording *at* a moment, or now; silence at its end is not kept."""
        recording = self.recording
        assert recording is not None
        effect, end = recording.effect, self.now if at is None else at
        seconds = min(end, recording.sound_until) - recording.began
        if seconds <= 0 or seconds < effect.min_seconds:
            return RecordDone(effect.id, 0.0, reason)
        file = f"{effect.name}-{len(self.messages) + 1}.wav"
        return RecordDone(effect.id, seconds, reason, file)

    def _keep(self, done: RecordDone) -> None:
        """The recording is closed."""
        assert self.recording is not None
        if done.file:
            name = self.recording.effect.name
            self.messages.append(Message(name, done.file, done.seconds))
        self.recording = None

    def _stop(self, effect: Stop) -> None:
        if effect.id == self.playing:
            self._silence()
        elif self.recording is not None and effect.id == self.recording.effect.id:
            self._forget(effect.id)
            self._stopping = True
            self._expect(self.now + CLOSING, self._recorded("stopped"))
        elif self.transfer is not None and effect.id == self.transfer.id and not self.joined:
            self._forget(effect.id)
            self._expect(self.now, TransferDone(effect.id, "no_answer", 0, "stopped"))

    def _listen(self, effect: Listen) -> None:
        self.listening = True

    def _unlisten(self, effect: Unlisten) -> None:
        self.listening = False

    def _transfer(self, effect: Transfer) -> None:
        self.transfer, self.joined = effect, False
        rings = 2 if effect.mode == "refer_then_bridge" else 1
        self._expect(self.now + rings * effect.ring, TransferDone(effect.id, "no_answer"))

    def _end(self, effect: HangUp | Redirect | Reject) -> None:
        self.ended_with = effect
        if isinstance(effect, HangUp) and effect.after is not None and effect.after == self.playing:
            self._leaving = effect.after
        else:
            self._tear_down()
            self._gone = HungUp("flow", 0 if isinstance(effect, HangUp) else effect.code)

    def _tear_down(self) -> None:
        if self.playing is not None:
            self._silence()
        if self.recording is not None:
            done = self._recorded("stopped")
            self.log.append((self.now, done, True))
            self._keep(done)
        self.transfer, self.joined, self.listening = None, False, False
        self._agenda.clear()


def seconds_of(words: str) -> float:
    """How long it takes to speak *words*."""
    return max(0.5, len(words) / CHARACTERS_PER_SECOND)


_PERFORM: dict[type, Callable[[SimulatedLine, Any], None]] = {
    Answer: SimulatedLine._answer,
    Play: SimulatedLine._play,
    Record: SimulatedLine._record,
    Stop: SimulatedLine._stop,
    Listen: SimulatedLine._listen,
    Unlisten: SimulatedLine._unlisten,
    Transfer: SimulatedLine._transfer,
    HangUp: SimulatedLine._end,
    Redirect: SimulatedLine._end,
    Reject: SimulatedLine._end,
}
