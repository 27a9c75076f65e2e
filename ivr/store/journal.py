"""A journal line per event and effect of every call: one file a call, one JSON object a line.

``<folder>/2026-11-22/<call id>.jsonl``; ``at`` counts seconds from the offer.  Lines are written as
they happen, so that a crash loses nothing that was known.
"""

from __future__ import annotations

import errno
import json
import logging
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from ..engine import trace
from ..engine.call import Call
from ..engine.effects import Effect
from ..engine.events import Offered

log = logging.getLogger("ivr.journal")


class Journal:
    """Writes the journals of all calls of this process.  A full disk costs lines, not calls."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open: dict[str, tuple[int, float]] = {}
        self._failing = False

    def write(
        self, call: Call, seen: dict[str, object], effects: Sequence[Effect], now: float
    ) -> None:
        """Write what a call was told (`seen`, see `trace.of_event`) and what it asked for."""
        descriptor, began = self._open.get(call.id) or (-1, now)
        if descriptor < 0:
            return
        lines = [seen, *map(trace.of_effect, effects)]
        at = round(now - began, 3)
        text = "".join(
            json.dumps({"at": at, **line}, ensure_ascii=False, default=str) + "\n" for line in lines
        )
        data = text.encode("utf-8", "backslashreplace")
        try:
            written = os.write(descriptor, data)
            if written < len(data):  # a full disk: leave no torn line for the next to join
                os.ftruncate(descriptor, os.fstat(descriptor).st_size - written)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self._failing = False
        except OSError as error:
            self._trouble(error)

    def begin(self, call_id: str, offer: Offered, now: float) -> None:
        """Open the journal of a call that was just offered."""
        day = datetime.fromtimestamp(offer.wall, UTC).strftime("%Y-%m-%d")
        try:
            folder = self.folder / day
            folder.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
            self._open[call_id] = os.open(folder / f"{call_id}.jsonl", flags, 0o640), now
        except OSError as error:
            self._trouble(error)

    def end(self, call_id: str) -> None:
        """Close the journal of a call that is over."""
        descriptor, _ = self._open.pop(call_id, (-1, 0.0))
        if descriptor >= 0:
            os.close(descriptor)

    def _trouble(self, error: OSError) -> None:
        if not self._failing:
            log.error("journals cannot be written in %s: %s", self.folder, error.strerror)
        self._failing = True
