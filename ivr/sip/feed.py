"""Sound that is made while it is played."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pjsua2 as pj

from .leg import logged
from .mixer import SAMPLES
from .speaker import Listener
from .stack import Stack
from .tap import SILENCE, audio_format, let_go, write

logger = logging.getLogger(__name__)

Make = Callable[[int], bytes | None]


class _Mouth(pj.AudioMediaPort):  # type: ignore[misc]
    """The bridge calls it with each of its ticks, in the thread that polls the stack."""

    def __init__(self, say: Callable[[], bytes]) -> None:
        super().__init__()
        self.say: Callable[[], bytes] | None = say
        self.createPort("feed", audio_format())

    @logged
    def onFrameRequested(self, frame: pj.MediaFrame) -> None:
        write(frame, self.say() if self.say else SILENCE)


class Feed:
    """Lets `listener` hear what `make` makes, until that is None.

    `make` is called with a number of bytes, 320 for 20 ms, and returns so many of PCM16 at 8000 Hz
    in the machine's byte order; fewer are filled up with silence.  It is called in the midst of a
    tick, which all calls wait for: it is to take the bytes from somewhere, not to work them out.
    One that raises has come to its end.  `ended` is then called, after the poll, unless it was
    stopped.

    Raises `pj.Error` where the stack has no port to spare.
    """

    def __init__(
        self, stack: Stack, listener: Listener, make: Make, ended: Callable[[], None]
    ) -> None:
        self._stack = stack
        self._listener = listener
        self._make: Make | None = make
        self._ended = ended
        self._mouth: _Mouth | None = _Mouth(self._next)
        self.connect()

    def connect(self) -> None:
        """Lets it be heard; again when the listener's audio port is made anew."""
        if self._mouth:
            self._listener.hear(self._mouth)

    def stop(self) -> None:
        """Ends it now."""
        self._make = None
        mouth, self._mouth = self._mouth, None
        if mouth:
            mouth.say = None
            self._listener.unhear(mouth)
            let_go(self._stack, mouth)

    def _next(self) -> bytes:
        made: bytes | None = None
        if self._make:
            try:
                made = self._make(2 * SAMPLES)
            except Exception:
                logger.exception("call %s: a sound that is made ends", self._listener.id)
            if made is None:
                self._make = None
                self._stack.defer(self._end)
        return (made or b"")[: 2 * SAMPLES].ljust(2 * SAMPLES, b"\0")

    def _end(self) -> None:
        if self._mouth:
            self.stop()
            self._ended()
