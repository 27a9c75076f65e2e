"""The beep of an answering machine: one pure, steady tone, and then silence.  Pure.

A tone that goes on, that another one follows (the three of "no such number", ITU-T E.180) or that
lies where ringing and busy tones do (ITU-T E.180: 400 to 450 Hz; 440 and 480 in America) is none.
"""

from __future__ import annotations

from .sine import level, pitch, share

LOWEST, HIGHEST = 340.0, 2220.0  # hertz
PROGRESS = 395.0, 495.0  # hertz: tones of the network
FAINT = 300  # root mean square: 41 dB below full scale
PURE = 0.85  # of the energy
SHORTEST, LONGEST = 8, 100  # frames: 0.16 and 2 s; a fax machine's tone is longer (ITU-T T.30)
SAME = 25.0  # hertz: what half a frame of a tone may seem to differ by from it
QUIET = 3  # frames after it that are fainter by 10 dB
APART = 25  # frames between two tones that do not belong together


class Beeps:
    """Tells a beep 60 ms after its end; takes PCM16 at 8000 Hz in the machine's byte order."""

    def __init__(self) -> None:
        self.is_tone = False
        """Whether the last frame was a steady tone, of whatever kind."""
        self._length = 0  # of the tone, in frames
        self._hertz = 0.0
        self._loud = 0
        self._ended = 0  # frames since, while it may have been a beep
        self._since_tone = APART

    @property
    def outlasts(self) -> bool:
        """Whether a tone goes on for longer than any beep, and is none of the network's."""
        return self._length > LONGEST and not self._is_progress()

    def feed(self, pcm: bytes) -> int:
        """The frequency in hertz of the beep that is over now, else 0; `pcm` is 20 ms."""
        loud = level(pcm)
        if loud > FAINT:
            if self._length and not self._ended and share(pcm, self._hertz) > PURE:
                if self._length == 1:  # the frame in which it began may have been half silent
                    self._hertz = pitch(pcm)
                self._goes_on(loud)
                return 0
            hertz = pitch(pcm)
            is_end = self._length >= SHORTEST and abs(hertz - self._hertz) < SAME
            if LOWEST <= hertz <= HIGHEST and share(pcm, hertz) > PURE and not is_end:
                self._begin(hertz, loud)
                return 0
        self.is_tone = False
        return self._silence(loud)

    def _goes_on(self, loud: int) -> None:
        self._length += 1
        self._loud = max(self._loud, loud)
        self.is_tone = True

    def _begin(self, hertz: float, loud: int) -> None:
        if self._length >= SHORTEST:  # what comes at once after a tone belongs to it
            self._since_tone = self._ended
        self._length, self._ended, self._hertz, self._loud = 1, 0, hertz, loud

    def _silence(self, loud: int) -> int:
        self._since_tone += 1
        if not self._length:
            return 0
        self._ended += 1
        quiet = 3 * loud < self._loud
        if self._ended > 1 and not quiet:  # the first frame may be the tone's own end
            self._forget()
        elif self._ended >= QUIET + 1:
            found = self._is_beep()
            hertz = round(self._hertz)
            self._forget()
            return hertz if found else 0
        return 0

    def _is_beep(self) -> bool:
        return (
            SHORTEST <= self._length <= LONGEST
            and not self._is_progress()
            and self._since_tone >= APART
        )

    def _is_progress(self) -> bool:
        low, high = PROGRESS
        return low <= self._hertz <= high

    def _forget(self) -> None:
        if self._length >= SHORTEST:
            self._since_tone = 0
        self._length = self._ended = self._loud = 0
