"""Sound that is no voice although it is loud: keys, beeps, and the network's tones.  Pure.

A detector of voice activity takes any of them for speech.  What none of them does is move: keys are
known by their two frequencies, one steady tone by its purity, and the network's tones of two
frequencies (ITU-T E.180: ringing is 440 and 480 Hz in America, 400 and 450 in Britain) by repeating
themselves.  All of these are multiples of 10 Hz, so they are the same again after 100 ms, which no
voice is for long.
"""

from __future__ import annotations

from collections import deque

from .beep import Beeps
from .sine import factor, level
from .tones import Tones

AGAIN = 5  # frames of 20 ms, after which a tone repeats itself
STEADY = 2  # frames in a row that a voice may look like a tone
ALIKE = 0.88  # correlation with what was heard then: noise 10 dB below is 0.91
VERY_MUCH = 0.96  # the same, where one frame was lost, or made up
FAINT = 100  # root mean square, 50 dB below full scale


class Tonal:
    """Tells frame by frame, some 100 ms after a tone began."""

    def __init__(self) -> None:
        self._keys = Tones()
        self._beeps = Beeps()
        self._before: deque[tuple[bytes, int]] = deque(maxlen=AGAIN + 1)
        self._pure = self._same = 0

    def feed(self, pcm: bytes) -> bool:
        """Whether a tone sounds in `pcm`: 20 ms at 8000 Hz, in the machine's byte order."""
        self._keys.feed(pcm)
        self._beeps.feed(pcm)
        self._pure = self._pure + 1 if self._beeps.is_tone else 0
        self._same = self._same + 1 if self._repeats(pcm) else 0
        return bool(self._keys.sounding) or max(self._pure, self._same) > STEADY

    def _repeats(self, pcm: bytes) -> bool:
        loud = level(pcm)
        again = loud > FAINT and (
            self._like(pcm, loud, AGAIN) > ALIKE
            or self._like(pcm, loud, AGAIN - 1) > VERY_MUCH
            or self._like(pcm, loud, AGAIN + 1) > VERY_MUCH
        )
        self._before.append((pcm, loud))
        return again

    def _like(self, pcm: bytes, loud: int, ago: int) -> float:
        """The correlation with the frame of so many before."""
        if ago > len(self._before):
            return 0.0
        before, was = self._before[-ago]
        return factor(pcm, before) * was / loud if was > FAINT else 0.0
