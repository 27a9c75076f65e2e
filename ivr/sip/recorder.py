"""The recordings of one call: a message that the caller leaves, and the call as a whole."""

from __future__ import annotations

import logging
import time
import weakref
from typing import Any, Protocol

import pjsua2 as pj

from ..engine.effects import Record, RecordCall, Text
from ..engine.events import Offered, RecordDone, RecordEnd
from .call_tape import CallTape
from .message import one_line
from .message_tape import MessageTape
from .recordings import CALL
from .stack import Stack

logger = logging.getLogger(__name__)


class Recorded(Protocol):
    """The call that is recorded."""

    id: str
    offer: Offered

    def recorded(self, done: RecordDone) -> None:
        """A recording is in place, or there will be none."""


class Recorder:
    """At most one recording of each kind runs; `recorded` hears of each that was asked for."""

    def __init__(self, stack: Stack, call: Recorded) -> None:
        self.unfinished = 0  # begun, and not yet in place
        self._stack = stack
        self._owner: Recorded = weakref.proxy(call)  # see `Speaker`
        self._message: MessageTape | None = None
        self._messages = 0  # begun so far
        self._call: CallTape | None = None

    def begin(self, effect: Record | RecordCall, here: bool) -> None:
        """Begins one, in place of the last of its kind, if the caller is still `here`."""
        self.unfinished += 1
        if not here:
            self._ended(RecordDone(effect.id, 0.0, "error", "", "the call is over"))
            return
        try:
            if isinstance(effect, Record):
                self._begin_message(effect)
            else:
                self._begin_call(effect)
        except (OSError, pj.Error) as error:
            detail = str(getattr(error, "strerror", None) or getattr(error, "reason", error))
            place = getattr(error, "filename", None) or "the stack"
            logger.error("call %s: no recording: %s: %s", self._owner.id, place, detail)
            self._ended(RecordDone(effect.id, 0.0, "error", "", detail))

    def _begin_message(self, effect: Record) -> None:
        if self._message:
            self._message.stop("stopped", "stopped")
        self._messages += 1
        folder, name = self._stack.settings.recordings, f"{self._owner.id}-{self._messages}"
        facts = self._facts(effect.name)
        self._message = MessageTape(self._stack, effect, folder, name, facts, self._ended)

    def _begin_call(self, effect: RecordCall) -> None:
        if self._call:
            self._call.stop("stopped", "stopped")
        folder, name = self._stack.settings.call_recordings, f"{self._owner.id}-{CALL}"
        folder.mkdir(parents=True, exist_ok=True)
        consent = [p.words if isinstance(p, Text) else str(p) for p in effect.consent]
        facts = {**self._facts(effect.name), "kind": CALL, "consent": consent}
        self._call = CallTape(self._stack, effect.id, folder, name, facts, self._ended)

    def _facts(self, label: str) -> dict[str, Any]:
        return {
            "call": self._owner.id,
            "caller": self._owner.offer.caller,
            "dialled": self._owner.offer.dialled,
            "label": one_line(label),
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }

    def connect(self, caller: pj.AudioMedia, held: bool) -> None:
        """Takes the caller's own sound; again after each re-INVITE.  Raises `pj.Error`."""
        if self._message:
            self._message.connect(caller, held)
        self.add(caller)

    def add(self, source: pj.AudioMedia) -> None:
        """The caller hears `source` from now on."""
        if self._call:
            self._call.add(source)

    def remove(self, source: pj.AudioMedia) -> None:
        """... and no longer."""
        if self._call:
            self._call.remove(source)

    def mask(self, on: bool) -> None:
        if self._call:
            self._call.mask(on)

    def stop(self, id: int, stop_key: bool) -> None:
        """Ends recording `id`, if it runs; `stop_key`: by a key, whose tone may be on it."""
        for tape in (self._message, self._call):
            if tape and tape.id == id:
                tape.stop("stopped", "stopped", stop_key=stop_key)

    def end(self, reason: RecordEnd) -> None:
        """Ends all."""
        for tape in (self._message, self._call):
            if tape:
                tape.stop(reason, reason)

    def _ended(self, done: RecordDone) -> None:
        if self._message and self._message.id == done.id:
            self._message = None
        if self._call and self._call.id == done.id:
            self._call = None
        self.unfinished -= 1
        self._owner.recorded(done)
