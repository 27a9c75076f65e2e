"""Whether somebody speaks in 20 ms of sound."""

from __future__ import annotations

from array import array

import webrtcvad

RATE = 8000
FRAME_BYTES = 320


class VoiceActivity:
    """webrtcvad, and a floor below which nothing is a voice.

    `mode` is from 0, which lets more pass, to 3, which lets less.  `floor` is the level of the
    frame in dB of full scale.  It remembers what it heard: each caller needs one of his own.
    """

    def __init__(self, mode: int = 2, floor: float = -50.0) -> None:
        self._detector = webrtcvad.Vad(mode)
        self._power = (32768 * 10 ** (floor / 20)) ** 2 * FRAME_BYTES / 2

    def is_voice(self, sound: bytes) -> bool:
        """*sound*: 20 ms, PCM16 at 8000 Hz in the machine's byte order."""
        if not self._detector.is_speech(sound, RATE):
            return False
        return sum(sample * sample for sample in array("h", sound)) >= self._power
