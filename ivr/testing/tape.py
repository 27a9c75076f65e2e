"""The recording of a whole simulated call."""

from __future__ import annotations

from ..engine.effects import Mask, RecordCall
from ..engine.events import RecordDone, RecordEnd
from .values import CallRecording


class Tape:
    """`recordings` in the order in which they began; at most the last one runs."""

    __slots__ = ("recordings",)

    def __init__(self) -> None:
        self.recordings: list[CallRecording] = []

    @property
    def running(self) -> CallRecording | None:
        last = self.recordings[-1] if self.recordings else None
        return last if last and last.ended is None else None

    def begin(self, effect: RecordCall, now: float) -> None:
        """In place of the one that runs."""
        self.end(now, "stopped")
        file = f"{effect.name}-call-{len(self.recordings) + 1}.wav"
        self.recordings.append(CallRecording(effect, file, now))

    def mask(self, effect: Mask, now: float) -> None:
        """Silence from now on, or no longer."""
        recording = self.running
        if recording is not None and effect.on != recording.is_masked:
            if effect.on:
                recording.masked.append((now, None))
            else:
                recording.masked[-1] = (recording.masked[-1][0], now)

    def end(self, now: float, reason: RecordEnd) -> list[RecordDone]:
        """The end of the one that runs, if one does."""
        recording = self.running
        if recording is None:
            return []
        recording.ended = now
        seconds = now - recording.began
        return [RecordDone(recording.effect.id, seconds, reason, recording.file)]
