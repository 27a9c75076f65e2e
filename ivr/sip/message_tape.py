"""Recording a message that a caller leaves: it ends in silence, which is looked for in the file."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import pjsua2 as pj

from ..engine.effects import Record
from ..engine.events import RecordDone
from .recordings import HEADER, RATE, Kept, Part
from .sound import FRAME, LOUD, loudness, pcm
from .stack import Stack
from .tape import Tape


class MessageTape(Tape):
    """A message under way."""

    def __init__(
        self, stack: Stack, effect: Record, folder: Path, name: str,
        facts: Mapping[str, Any], done: Callable[[RecordDone], None],
    ) -> None:  # fmt: skip
        super().__init__(stack, effect.id, folder, name, facts, done)
        self._effect = effect
        self._seen = 0  # samples looked at
        self._heard = 0  # ... up to the last that was no silence
        self._held = False

    def connect(self, source: pj.AudioMedia, held: bool) -> None:
        """Takes the caller's audio from `source`; again after each re-INVITE."""
        self._held = held
        self._grown = time.monotonic()
        if self.recorder is not None:
            source.startTransmit(self.recorder)

    def _deliver(self, part: Part, why: str, stop_key: bool) -> Kept:
        return part.deliver(why, stop_key=stop_key, at_least=self._effect.min_seconds)

    def _grew(self) -> bool:
        samples = pcm(os.pread(self._file, 1 << 18, HEADER + 2 * self._seen))
        for frame in range(0, len(samples) - FRAME + 1, FRAME):
            if loudness(samples[frame : frame + FRAME]) > LOUD:
                self._heard = self._seen + frame + FRAME
        self._seen += len(samples)
        return bool(samples)

    def _over(self, now: float) -> Literal["", "silence", "max_time"]:
        if now - self._started >= self._effect.max_seconds:
            return "max_time"
        if not self._effect.silence:
            return ""
        # A caller on hold leaves no trace in the file: then it is the clock that tells.
        unseen = max(0.0, now - self._grown - 0.5)
        silent = (self._seen - self._heard) / RATE + unseen >= self._effect.silence
        return "silence" if silent else ""

    def _may_stall(self) -> bool:
        return self._held
