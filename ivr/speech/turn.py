"""Whose turn it is: when a caller begins to speak, and when what he said is all.

Pure: each frame of his sound comes in as voice, silence or tone, and time is the number of frames.
"""

from __future__ import annotations

from collections import deque
from math import ceil
from typing import Literal

FRAME = 0.02  # seconds
SHARE = 3 / 5  # of the frames in which someone speaks, the least that a detector takes for voice
STEADY = 5  # frames: fewer than `SHARE` of them are a click, and go on with no speech

Sounds = Literal["voice", "silence", "tone"]
Turning = Literal["begins", "ends"]


class Turns:
    """The turns of one caller, one after the other; times in seconds.

    One begins with `begins_after` of voice, of which `SHARE` may be gaps.  It ends after
    `end_silence` where what was said may be all, after `incomplete_silence` where it may not, and
    `longest` after the voice began.  A tone is no voice, and what came right before it was none.
    """

    def __init__(
        self, begins_after: float, end_silence: float, incomplete_silence: float, longest: float
    ) -> None:
        self._needed = _frames(begins_after)
        self._end = _frames(end_silence)
        self._incomplete = max(_frames(incomplete_silence), self._end)
        self._longest = _frames(longest)
        self._heard: deque[bool] = deque(maxlen=ceil(self._needed / SHARE))
        self._recent: deque[bool] = deque(maxlen=STEADY)
        self.speaking = False
        self.length = 0
        """Frames since the voice of this turn began, the newest counts."""
        self._quiet = 0  # frames since the last voice

    @property
    def window(self) -> int:
        """The most frames that have gone by when a turn is found to have begun."""
        assert self._heard.maxlen
        return self._heard.maxlen

    def hear(self, sounds: Sounds, complete: bool) -> Turning | None:
        """What the next frame means; `complete`: whether what was said so far may be all."""
        return self._speaks(sounds, complete) if self.speaking else self._waits(sounds)

    def _waits(self, sounds: Sounds) -> Turning | None:
        if sounds == "tone":
            self._heard.clear()
            return None
        self._heard.append(sounds == "voice")
        if sum(self._heard) < self._needed:
            return None
        self.speaking = True
        self.length = len(self._heard) - self._heard.index(True)
        self._quiet = 0
        self._recent.extend(self._heard)
        self._heard.clear()
        return "begins"

    def _speaks(self, sounds: Sounds, complete: bool) -> Turning | None:
        voice = sounds == "voice"
        self._recent.append(voice)
        self.length += 1
        self._quiet += 1
        if voice and sum(self._recent) >= STEADY * SHARE:
            self._quiet = 0
        patience = self._end if complete else self._incomplete
        if (voice or self._quiet < patience) and self.length < self._longest:
            return None
        self.speaking = False
        self._recent.clear()
        return "ends"


def _frames(seconds: float) -> int:
    return max(1, round(seconds / FRAME))
