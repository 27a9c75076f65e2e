"""The sound of one leg in Python, 20 ms at a time, while somebody listens."""

from __future__ import annotations

import ctypes
import functools
import logging
import weakref
from collections.abc import Callable
from typing import Protocol

import pjsua2 as pj

from .leg import Leg, logged
from .mixer import SAMPLES
from .stack import Stack

logger = logging.getLogger(__name__)

Listener = Callable[[bytes], None]
RATE = 8000
SILENCE = bytes(2 * SAMPLES)
LINGER = 0.1  # seconds: the bridge lets go of a port with its next tick


class _Vector(ctypes.Structure):
    """std::vector<unsigned char>: reading it through SWIG takes 80 times as long."""

    _fields_ = (("begin", ctypes.c_void_p), ("end", ctypes.c_void_p))


_vector_at = _Vector.from_address
_string_at = ctypes.string_at
_probe = pj.MediaFrame()
_BUFFER = int(_probe.buf.this) - int(_probe.this)  # where in a frame its sound is
del _probe


def read(frame: pj.MediaFrame) -> bytes:
    """The sound in `frame`; silence where there is none."""
    sound = _vector_at(int(frame.this) + _BUFFER)
    begin = sound.begin
    return _string_at(begin, sound.end - begin) if begin else SILENCE


def write(frame: pj.MediaFrame, sound: bytes) -> None:
    """Puts `sound` into `frame`."""
    frame.buf.resize(len(sound))
    ctypes.memmove(_vector_at(int(frame.this) + _BUFFER).begin, sound, len(sound))
    frame.type = pj.PJMEDIA_FRAME_TYPE_AUDIO
    frame.size = len(sound)


def audio_format() -> pj.MediaFormatAudio:
    """That of the bridge: PCM16 mono, 20 ms."""
    form = pj.MediaFormatAudio()
    form.init(pj.PJMEDIA_FORMAT_PCM, RATE, 1, 20000, 16)
    return form


class TapPort(pj.AudioMediaPort):  # type: ignore[misc]
    """The bridge calls it with each of its ticks, in the thread that polls the stack."""

    def __init__(self, hear: Listener) -> None:
        super().__init__()
        self.hear: Listener | None = hear
        self.createPort("tap", audio_format())

    @logged
    def onFrameReceived(self, frame: pj.MediaFrame) -> None:
        if self.hear:
            self.hear(read(frame))


class Tapped(Protocol):
    """The call whose far end is listened to."""

    id: str
    leg: Leg | None


class Tap:
    """Gives what comes from a call's far end to all who listen.

    A listener is called with 320 bytes, PCM16 at 8000 Hz in the machine's byte order, at each tick
    of the clock; with silence where nothing came.  It is called in the midst of a tick: it may
    compute, briefly, and `Stack.defer` the rest.  One that raises is called no more.
    """

    def __init__(self, stack: Stack, call: Tapped) -> None:
        self._stack = stack
        self._call: Tapped = weakref.proxy(call)  # see `Speaker`
        self._listeners: tuple[Listener, ...] = ()
        self._ear: TapPort | None = None

    def add(self, listener: Listener) -> None:
        """Lets `listener` hear from the next tick on.  Raises `pj.Error` where the stack has no
        port to spare."""
        if self._ear is None:
            self._ear = TapPort(self._heard)
            self.connect()
        self._listeners = (*self._listeners, listener)

    def remove(self, listener: Listener) -> None:
        """It hears no more, from now on.  Whoever does not listen is left alone."""
        self._listeners = tuple(other for other in self._listeners if other != listener)
        if not self._listeners:
            self._stack.defer(self._close_unheard)

    def connect(self) -> None:
        """Takes the far end's sound; again when its audio port is made anew."""
        if self._ear and self._call.leg:
            try:
                self._call.leg.getAudioMedia(-1).startTransmit(self._ear)
            except pj.Error as error:
                logger.info("call %s: not heard yet: %s", self._call.id, error.reason)

    def close(self) -> None:
        """Nobody listens any more."""
        self._listeners = ()
        ear, self._ear = self._ear, None
        if ear is None:
            return
        ear.hear = None
        try:
            if self._call.leg:
                self._call.leg.getAudioMedia(-1).stopTransmit(ear)
        except pj.Error as error:
            logger.info("call %s: heard no more: %s", self._call.id, error.reason)
        let_go(self._stack, ear)

    def _close_unheard(self) -> None:
        if not self._listeners:
            self.close()

    def _heard(self, sound: bytes) -> None:
        for listener in self._listeners:
            try:
                listener(sound)
            except Exception:
                logger.exception("call %s: a listener", self._call.id)
                self.remove(listener)


def let_go(stack: Stack, port: pj.AudioMediaPort) -> None:
    """Holds `port` until the bridge has let go of it."""
    stack.later(LINGER, functools.partial(_gone, port))


def _gone(port: pj.AudioMediaPort) -> None:
    """Whoever calls this is the last to hold `port`."""
