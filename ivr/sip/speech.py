"""What the caller says, on its way to whoever recognises it, and what was heard on its way back."""

from __future__ import annotations

import functools
import logging
import weakref
from collections.abc import Callable
from typing import Protocol

import pjsua2 as pj

from ..engine.effects import Listen
from ..engine.events import Event, ListenFailed
from .stack import Stack
from .tap import Tap
from .tonal import Tonal

logger = logging.getLogger(__name__)

PRESS = 0.1  # seconds that a key lasts at least, of which only the beginning is told


class Hearing(Protocol):
    """A call that is listened to."""

    def feed(self, sound: bytes, tone: bool) -> None:
        """320 bytes, PCM16 mono at 8000 Hz; `tone`: a tone sounds in it, so it is no speech.

        Never blocks, never raises, and is fit for a media tick.
        """

    def close(self) -> None:
        """Nothing is told after it."""


Open = Callable[[str, Listen, Callable[[Event], None]], Hearing]
"""Listens to a call: its id, what for, and whom to tell, from any thread."""


class Caller(Protocol):
    """The call whose far end may speak."""

    id: str

    def emit(self, event: Event) -> None:
        """Tells the flow."""


class Speech:
    """A call from each `Listen` to its `Unlisten`; at most one is under way."""

    def __init__(self, stack: Stack, call: Caller, open: Open | None) -> None:
        self._stack = stack
        self._call: Caller = weakref.proxy(call)  # see `Speaker`
        self._open = open
        self._tap: Tap | None = None
        self._tonal = Tonal()
        self._hearing: Hearing | None = None
        self._listening: object = None  # for each `Listen` another one
        self._key_until = 0.0

    def follow(self, tap: Tap) -> None:
        """The caller's sound comes from here."""
        self._tap = tap
        if self._hearing:
            self._add()

    def listen(self, effect: Listen) -> None:
        """Has what the caller says recognised, in place of what it was recognised for so far."""
        self.unlisten()
        if self._open is None:
            self._fail("nothing recognises speech here")
            return
        this = self._listening = object()
        # Weak: another thread must not be the last to hold what belongs to this one.
        here, post = weakref.ref(self), self._stack.post

        def tell(event: Event) -> None:
            post(functools.partial(_told, here, this, event))

        try:
            self._hearing = self._open(self._call.id, effect, tell)
        except Exception as error:
            logger.exception("call %s: not listened to", self._call.id)
            self._fail(str(error))
            return
        self._tonal = Tonal()
        self._add()

    def unlisten(self) -> None:
        """Recognises no more; what is under way is not told."""
        self._listening = None
        hearing, self._hearing = self._hearing, None
        if hearing:
            if self._tap:
                self._tap.remove(self._feed)
            hearing.close()

    def pressed(self) -> None:
        """A key was heard by another way than the sound, which may be full of it."""
        self._key_until = self._stack.now() + PRESS

    def told(self, this: object, event: Event) -> None:
        """What came of a `Listen`, unless it is over."""
        if this is not self._listening:
            return
        if isinstance(event, ListenFailed):
            self._fail(event.reason)
        else:
            self._call.emit(event)

    def _add(self) -> None:
        if self._tap:
            try:
                self._tap.add(self._feed)
            except pj.Error as error:
                logger.error("call %s: not listened to: %s", self._call.id, error.reason)
                self._fail(error.reason)

    def _fail(self, reason: str) -> None:
        self.unlisten()
        self._call.emit(ListenFailed(reason))

    def _feed(self, sound: bytes) -> None:
        """Within a tick of the clock."""
        if self._hearing:
            tone = self._tonal.feed(sound) or self._stack.now() < self._key_until
            self._hearing.feed(sound, tone)


def _told(here: weakref.ref[Speech], this: object, event: Event) -> None:
    if speech := here():
        speech.told(this, event)
