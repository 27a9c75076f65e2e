"""Who took the call, a human or a machine?  Told by how long he speaks before he waits.  Pure.

A human says a word or two and waits for an answer; a machine has a text to get through.  So the
first pause decides, and where there is none, the length of what was said.  Whoever cannot be told
is a human: to him the mistake would matter.
"""

from __future__ import annotations

from ..engine.events import Finding
from .beep import Beeps
from .sine import level

FRAME = 0.020  # seconds
LOUD = 150  # root mean square: 47 dB below full scale
ABOVE = 4.0  # times the noise of the line, 12 dB
BLOCK = 50  # frames in which somebody who speaks draws breath, or comes to a stop (p, t, k)
WORD = 3, 5  # of so many frames, so many are loud: a click is none
PAUSE = 0.7  # seconds of silence in which a human waits; between two words there is less
LONG = 2.4  # seconds that no human speaks who has only just been called


class Voice:
    """Whether somebody speaks, by loudness over the noise of the line."""

    def __init__(self) -> None:
        self._floor = 0
        self._lowest = 1 << 15
        self._frames = 0
        self._last = 0  # a bit for each of the last frames, set for the loud ones

    def feed(self, pcm: bytes, is_tone: bool = False) -> bool:
        """True while somebody speaks; `pcm` is 20 ms, and `is_tone` says that it is no voice."""
        loud = level(pcm)
        self._lowest = min(self._lowest, loud)
        self._frames += 1
        if loud < self._floor or self._frames % BLOCK == 0:
            self._floor = self._lowest
        if self._frames % BLOCK == 0:
            self._lowest = 1 << 15
        enough, of = WORD
        is_loud = not is_tone and loud > LOUD and loud > ABOVE * self._floor
        self._last = (self._last << 1 | is_loud) & ((1 << of) - 1)
        return self._last.bit_count() >= enough


class Screening:
    """Takes the sound of one far end from its answer on, and says what it finds.

    `human` and `silence` are final, `silence` meaning that nothing was said until `latest` (a time
    of the clock that `feed` is given).  After `machine` the `beep` may come, at which a message
    begins; it may also come first.
    """

    def __init__(self, latest: float) -> None:
        self.latest = latest
        self.found: Finding | None = None
        self._voice = Voice()
        self._beeps = Beeps()
        self._frames = 0
        self._began = self._ended = 0  # frames at which speech did

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be found."""
        return self.found is not None and self.found != "machine"

    def feed(self, pcm: bytes, at: float) -> Finding | None:
        """What is known from now on; `pcm` is 20 ms at 8000 Hz, which came `at` this moment."""
        if self.is_over:
            return None
        beep = self._beeps.feed(pcm)
        found: Finding | None = "beep" if beep else None
        if not found and not self.found:
            found = self._judge(pcm, at)
        self.found = found or self.found
        return found

    def _judge(self, pcm: bytes, at: float) -> Finding | None:
        self._frames += 1
        if self._voice.feed(pcm, self._beeps.is_tone):
            self._began = self._began or self._frames
            self._ended = self._frames
        if self._began:
            if (self._ended - self._began) * FRAME >= LONG:
                return "machine"
            if (self._frames - self._ended) * FRAME >= PAUSE:
                return "human"
        if self._beeps.outlasts:
            return "machine"
        if at >= self.latest:
            return "human" if self._began else "silence"
        return None
