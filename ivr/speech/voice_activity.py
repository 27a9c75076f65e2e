"""Whether somebody speaks in 20 ms of sound."""

from __future__ import annotations

from array import array
from collections import deque
from operator import mul

import webrtcvad

from .turn import FRAME

RATE = 8000
FRAME_BYTES = 320
ABOVE_NOISE = 3.0  # dB
RECENT = round(1.5 / FRAME)  # frames: nobody speaks for so long without a moment of silence


class VoiceActivity:
    """webrtcvad, a floor below which nothing is a voice, and one that the line's noise makes.

    `mode` is from 0, which lets more pass, to 3, which lets less.  `floor` is a level in dB of full
    scale.  webrtcvad takes steady noise for a voice for seconds, until it knows it: what is hardly
    louder than the quietest moment of late is noise.  It remembers what it heard: each caller needs
    one of his own.
    """

    def __init__(self, mode: int = 2, floor: float = -50.0) -> None:
        self._detector = webrtcvad.Vad(mode)
        self._floor = (32768 * 10 ** (floor / 20)) ** 2 * FRAME_BYTES / 2
        self._recent: deque[int] = deque(maxlen=RECENT)

    def is_voice(self, sound: bytes) -> bool:
        """*sound*: 20 ms, PCM16 at 8000 Hz in the machine's byte order."""
        samples = array("h", sound)
        power = sum(map(mul, samples, samples))
        self._recent.append(power)
        voice: bool = self._detector.is_speech(sound, RATE)
        return voice and power >= max(self._floor, min(self._recent) * _RATIO)


_RATIO = 10 ** (ABOVE_NOISE / 10)
