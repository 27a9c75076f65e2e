"""What a call looks for in its far end's sound: keys, speech, and who it is that answered."""

from __future__ import annotations

import functools
import logging
import weakref
from typing import Protocol

import pjsua2 as pj

from ..engine.effects import Listen, Screen, Unlisten
from ..engine.events import Event, Screened
from .greeting import Screening
from .keys import KeyFilter
from .leg import Leg
from .speech import Speech
from .stack import Stack
from .tap import Tap
from .tones import Tones

logger = logging.getLogger(__name__)


class Caller(Protocol):
    """The call that is listened to."""

    id: str
    leg: Leg | None
    dtmf: str

    def emit(self, event: Event) -> None:
        """Tells the flow."""

    def pressed(self, key: str, transport: str) -> None:
        """A key was heard, which is the transport `tone`."""


class Detectors:
    """Has a call's sound brought to Python while there is something to listen for."""

    def __init__(self, stack: Stack, call: Caller, keys: KeyFilter, speech: Speech) -> None:
        self.tap = Tap(stack, call)
        self._speech = speech
        speech.follow(self.tap)
        self._stack = stack
        self._call: Caller = weakref.proxy(call)  # see `Speaker`
        self._keys = keys
        self._tones: Tones | None = None
        self._screen: Screen | None = None
        self._screening: Screening | None = None

    def connect(self) -> None:
        """The far end's audio port is there, or was made anew."""
        if self._call.dtmf == "none" and self._tones is None:
            self._tones = Tones()
            try:
                self.tap.add(self._hear_key)
            except pj.Error as error:
                logger.error("call %s: keys are not listened for: %s", self._call.id, error.reason)
        self.tap.connect()

    def better_keys(self) -> None:
        """The far end sends its keys as events: what sounds like one is none."""
        if self._tones:
            self.tap.remove(self._hear_key)

    def perform(self, effect: Listen | Screen | Unlisten) -> None:
        """Looks for what `effect` names, or no longer."""
        match effect:
            case Listen():
                self._speech.listen(effect)
            case Unlisten():
                self._speech.unlisten()
            case Screen():
                self.screen(effect)

    def screen(self, effect: Screen) -> None:
        """Finds out who answered, in place of whatever it was finding out."""
        self._screen = effect
        self._screening = Screening(self._stack.now() + effect.seconds)
        self.tap.remove(self._hear_who)
        try:
            self.tap.add(self._hear_who)
        except pj.Error as error:
            logger.error("call %s: not listened to: %s", self._call.id, error.reason)
            self._call.emit(Screened(effect.id, "human"))  # to whom a mistake would matter

    def stop(self, id: int) -> None:
        """Ends screening `id`, if it is under way."""
        if self._screen and self._screen.id == id:
            self._screen = self._screening = None
            self.tap.remove(self._hear_who)

    def close(self) -> None:
        """The call is over."""
        self.tap.close()

    # Within a tick of the clock: what is found is told after it.

    def _hear_key(self, sound: bytes) -> None:
        if self._tones:
            for key in self._tones.feed(sound):
                self._stack.defer(functools.partial(self._call.pressed, key, "tone"))
            if self._tones.sounding:
                self._keys.lasts(self._tones.sounding, "tone", self._stack.now())

    def _hear_who(self, sound: bytes) -> None:
        if self._screen and self._screening:
            found = self._screening.feed(sound, self._stack.now())
            if found:
                self._stack.defer(
                    functools.partial(self._call.emit, Screened(self._screen.id, found))
                )
            if self._screening.is_over:
                self.stop(self._screen.id)
