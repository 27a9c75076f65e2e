"""The messages that are left on a simulated line."""

from __future__ import annotations

from ..engine.effects import Record
from ..engine.events import RecordDone, RecordEnd
from .agenda import Agenda
from .values import Message, Recording

CLOSING = 0.02  # seconds from the end of a recording to its file


class Recorder:
    """The recording that is `running`, if one is, and the `messages` that are closed."""

    __slots__ = ("_agenda", "_stopping", "messages", "running")

    def __init__(self, agenda: Agenda) -> None:
        self.messages: list[Message] = []
        self.running: Recording | None = None
        self._agenda = agenda
        self._stopping = False

    def begin(self, effect: Record, now: float) -> None:
        """In place of the one that runs."""
        if self.running is not None:
            self._agenda.forget(self.running.effect.id)
            self.keep(self.done("stopped", now))
        self.running = Recording(effect, now, now)
        self._stopping = False
        self._end_in_time(self.running)

    def sound_until(self, moment: float) -> None:
        """There is something to be heard until *moment*, if one runs."""
        if self.running is not None and not self._stopping:
            self.running.sound_until = moment
            self._agenda.forget(self.running.effect.id)
            self._end_in_time(self.running)

    def stop(self, now: float) -> None:
        """The one that runs will be over as soon as its file is closed."""
        assert self.running is not None
        self._agenda.forget(self.running.effect.id)
        self._stopping = True
        self._agenda.expect(now + CLOSING, self.done("stopped", now))

    def fail(self, now: float) -> None:
        """The one that runs cannot be written any more."""
        assert self.running is not None
        self._agenda.forget(self.running.effect.id)
        self._stopping = True
        self._agenda.expect(now + CLOSING, RecordDone(self.running.effect.id, 0.0, "error"))

    def done(self, reason: RecordEnd, at: float) -> RecordDone:
        """The end of the one that runs *at* a moment; silence at its end is not kept."""
        recording = self.running
        assert recording is not None
        effect = recording.effect
        seconds = min(at, recording.sound_until) - recording.began
        if seconds <= 0 or seconds < effect.min_seconds:
            return RecordDone(effect.id, 0.0, reason)
        file = f"{effect.name}-{len(self.messages) + 1}.wav"
        return RecordDone(effect.id, seconds, reason, file)

    def keep(self, done: RecordDone) -> None:
        """The one that runs is closed."""
        assert self.running is not None
        if done.file:
            name = self.running.effect.name
            self.messages.append(Message(name, done.file, done.seconds))
        self.running = None

    def _end_in_time(self, recording: Recording) -> None:
        """A recording ends by itself, at the latest in silence."""
        effect = recording.effect
        longest = recording.began + effect.max_seconds
        silent = recording.sound_until + effect.silence
        if effect.silence and silent < longest:
            self._agenda.expect(silent, self.done("silence", silent))
        else:
            self._agenda.expect(longest, self.done("max_time", longest))
