"""What comes to a caller's ear: is there sound, and was it heard before?  Pure."""

from __future__ import annotations

from .rtp import loudness
from .sound import LOUD

ENOUGH = 5  # packets that are loud: a click has fewer
QUIET = 1.0  # seconds without sound, after which a prompt is over; between sentences there is less


class Heard:
    """The packets of one call.  Times are in seconds, of the clock that `take` is given."""

    def __init__(self) -> None:
        self.packets = 0
        """How many came since the last `turn`, silent ones included."""
        self.since: float | None = None
        """When the first of them came that is loud, and other than what was heard before."""
        self.began: float | None = None
        """When the first packet of the call came."""
        self.last = 0.0
        """When one came last that is loud."""
        self._new = 0
        self._all = bytearray()
        self._before = b""

    def take(self, sound: bytes, now: float) -> None:
        """20 ms of PCMU came."""
        self.packets += 1
        self.began = now if self.began is None else self.began
        self._all += sound
        if loudness(sound) <= LOUD:
            return
        self.last = now
        # A prompt that is repeated need not begin where a packet does.
        if sound not in self._before:
            self._new += 1
            if self.since is None:
                self.since = now

    def turn(self) -> None:
        """From here on, only other sound counts than what was heard so far."""
        self._before = bytes(self._all)
        self.packets = self._new = 0
        self.since = None

    @property
    def has_sound(self) -> bool:
        """Whether something new is to be heard."""
        return self._new >= ENOUGH

    def is_quiet(self, now: float) -> bool:
        """Whether what was said is over."""
        return now - self.last >= QUIET
