"""A journal line per event, effect and SIP message of every call: one file a call, JSON a line.

``<folder>/2026-11-22/<call id>.jsonl``; ``at`` counts seconds from the offer.  The first line names
the call, its flow and its worker; the others are written as they happen, so that a crash loses
nothing that was known.
"""

from __future__ import annotations

import errno
import json
import logging
import os
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from ..engine import trace
from ..engine.call import Call
from ..engine.effects import Effect
from ..engine.events import Offered
from ..engine.signalled import Signalled
from .spool import DONE, OPEN

LATE_CALLS = 256  # that are over, and may get a SIP message yet

T = TypeVar("T")
log = logging.getLogger("ivr.journal")


class Journal:
    """Writes the journals of all calls of this process.  A full disk costs lines, not calls.

    While a call lasts, a marker stands in *spool* under `open/<life>/`; at its end it moves to
    `done/`, where the record of the call is made of its journal (see `store.spool`).  *life* names
    this process and no other.
    """

    def __init__(self, folder: Path, spool: Path, life: str) -> None:
        self.folder = folder
        self.life = life
        self._home = str(folder.absolute())  # what a marker must find from anywhere
        self._begun = str(spool.absolute() / OPEN / life)
        self._done = str(spool.absolute() / DONE)
        self._open: dict[str, tuple[int, float, str]] = {}
        self._ended: dict[str, tuple[float, str]] = {}
        self._failing = False

    def write(
        self, call: Call, seen: dict[str, object], effects: Sequence[Effect], now: float
    ) -> None:
        """Write what a call was told (`seen`, see `trace.of_event`) and what it asked for."""
        descriptor, began, _ = self._open.get(call.id) or (-1, now, "")
        if descriptor < 0:
            return
        at = round(now - began, 3)
        self._append(
            descriptor, [{"at": at, **line} for line in (seen, *map(trace.of_effect, effects))]
        )

    def begin(self, call_id: str, offer: Offered, now: float, flow_name: str, version: str) -> None:
        """Open the journal of a call that was just offered, and will walk through a flow."""
        day = datetime.fromtimestamp(offer.wall, UTC).strftime("%Y-%m-%d")
        folder = f"{self._home}/{day}"
        path = f"{folder}/{call_id}.jsonl"
        head = {
            "at": 0.0,
            "call": call_id,
            "flow": flow_name,
            "version": version,
            "worker": self.life,
            "wall": offer.wall,
        }
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        try:
            descriptor = _within(folder, lambda: os.open(path, flags, 0o640))
            self._open[call_id] = descriptor, now, path
            self._append(descriptor, [head])
            _within(self._begun, lambda: os.symlink(path, f"{self._begun}/{call_id}"))
        except OSError as error:
            self._trouble(error)

    def end(self, call_id: str) -> None:
        """Close the journal of a call that is over, and have its record made."""
        descriptor, began, path = self._open.pop(call_id, (-1, 0.0, ""))
        if descriptor < 0:
            return
        os.close(descriptor)
        self._ended[call_id] = began, path
        if len(self._ended) > LATE_CALLS:
            del self._ended[next(iter(self._ended))]
        begun, done = f"{self._begun}/{call_id}", f"{self._done}/{call_id}"
        try:
            _within(self._done, lambda: os.rename(begun, done))
        except OSError as error:
            self._trouble(error)

    def signal(self, call_id: str, told: Signalled) -> None:
        """Write a SIP message of a call; also of one that is over, as its BYE is answered later."""
        if found := self._open.get(call_id):
            descriptor, began, _ = found
            self._append(descriptor, [_signal(told, began)])
        elif late := self._ended.get(call_id):
            began, path = late
            try:  # not made anew: the caller's data may have been erased
                descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
            except OSError:
                return
            self._append(descriptor, [_signal(told, began)])
            os.close(descriptor)

    def _append(self, descriptor: int, lines: Iterable[dict[str, object]]) -> None:
        text = "".join(json.dumps(line, ensure_ascii=False, default=str) + "\n" for line in lines)
        data = text.encode("utf-8", "backslashreplace")
        try:
            written = os.write(descriptor, data)
            if written < len(data):  # a full disk: leave no torn line for the next to join
                os.ftruncate(descriptor, os.fstat(descriptor).st_size - written)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self._failing = False
        except OSError as error:
            self._trouble(error)

    def _trouble(self, error: OSError) -> None:
        if not self._failing:
            log.error("journals cannot be written in %s: %s", self.folder, error.strerror)
        self._failing = True


def _signal(told: Signalled, began: float) -> dict[str, object]:
    # The INVITE came a moment before the offer that was made of it.
    line = {
        "at": round(max(0.0, told.moment - began), 3),
        "sip": told.line,
        "sent": told.sent,
        "leg": told.leg,
        "cseq": told.cseq,
    }
    rare = {"media": told.media, "again": told.again}
    return line | {name: value for name, value in rare.items() if value}


def _within(folder: str, make: Callable[[], T]) -> T:
    """What *make* makes in *folder*, which is there but for the first time."""
    try:
        return make()
    except FileNotFoundError:
        os.makedirs(folder, exist_ok=True)
        return make()
