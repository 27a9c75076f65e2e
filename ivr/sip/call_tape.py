"""Recording a whole call: the caller and all that he hears, in a file that never stands still."""

from __future__ import annotations

import contextlib

import pjsua2 as pj

from .recordings import RATE
from .tape import Tape
from .timers import Timer

# A key is told by its first packet, and heard as long as the caller holds it.
LAST_KEY = 1.0  # seconds


class CallTape(Tape):
    """A recording of both directions under way, without gaps, so that its time is the call's."""

    _silence: pj.ToneGenerator | None = None
    _unmasking: Timer | None = None

    def add(self, source: pj.AudioMedia) -> None:
        """Records `source` as well, until it ends or is taken away."""
        if self.recorder is not None:
            with contextlib.suppress(pj.Error):  # it has ended
                source.startTransmit(self.recorder)

    def remove(self, source: pj.AudioMedia) -> None:
        if self.recorder is not None:
            with contextlib.suppress(pj.Error):
                source.stopTransmit(self.recorder)

    def mask(self, on: bool) -> None:
        """Writes silence from now on; or no longer, once the tone of the last key has passed."""
        if self._unmasking:
            self._unmasking.cancel()
        if on:
            self._level(0.0)
        else:
            self._unmasking = self._stack.later(LAST_KEY, lambda: self._level(1.0))

    def _begin(self, recorder: pj.AudioMediaRecorder) -> None:
        # One without a tone to play: the writer is given silence where it had been given nothing.
        self._silence = pj.ToneGenerator()
        self._silence.createToneGenerator(RATE, 1)
        self._silence.startTransmit(recorder)

    def _close(self) -> None:
        self._silence = None
        super()._close()

    def _level(self, level: float) -> None:
        if self.recorder is not None:
            self.recorder.adjustRxLevel(level)
