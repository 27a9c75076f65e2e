"""Which records are still to be delivered: one marker a call, moved from folder to folder.

``open/<life>/<call id>``  the call goes on, or its worker died
``done/<call id>``         it is over; the database is to have its record
``webhook/<call id>``      the database has it; the webhook is to be told
``broken/<call id>``       nothing can be made of its journal; for a person to look at

A marker is a symbolic link to the call's journal: made by one system call, never half written, and
moved in one step, so that whoever dies leaves each call in exactly one folder.
"""

from __future__ import annotations

import fcntl
import glob
import json
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from .record import LATEST, LONGEST, amount, parsed

OPEN, DONE, WEBHOOK, BROKEN = "open", "done", "webhook", "broken"

log = logging.getLogger("ivr.store.spool")


class Spool:
    """The markers in `folder`, and what they are about: journals, and recordings of all kinds."""

    def __init__(self, folder: Path, journals: Path, recordings: Sequence[Path]) -> None:
        self.folder = folder
        self.journals = journals
        self.recordings = recordings

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps every other process, and every other thread, from delivering meanwhile."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def names(self, stage: str) -> list[str]:
        """The calls in a folder, by the time at which they came or were last put back."""
        aged = []
        with suppress(FileNotFoundError):
            for name in os.listdir(self.folder / stage):
                with suppress(FileNotFoundError):
                    aged.append((os.lstat(self.folder / stage / name).st_mtime_ns, name))
        return [name for _, name in sorted(aged)]

    def lives(self) -> list[str]:
        """The lives of workers that have left markers, or are about to."""
        return self.names(OPEN)

    def journal(self, stage: str, name: str) -> Path:
        """The journal that a marker stands for.  Raises `FileNotFoundError`: there is no marker."""
        # The last two parts are what it is called; the folder may have been moved since.
        return self.journals.joinpath(*Path(os.readlink(self.folder / stage / name)).parts[-2:])

    def find(self, call_id: str) -> Path | None:
        """The journal of a call, over or not; None: this machine has none."""
        return next(self.journals.glob(f"*/{glob.escape(call_id)}.jsonl"), None)

    def recorded(self, call_id: str, ending: str = "*") -> list[Path]:
        """What was recorded in a call: each a WAV file and a JSON file."""
        pattern = f"{glob.escape(call_id)}-{ending}"
        return [path for folder in self.recordings for path in sorted(folder.glob(pattern))]

    def sound(self, file: str) -> Path | None:
        """Where a recording is, by the name in its record; None: not on this machine."""
        paths = (folder / file for folder in self.recordings)
        return next((path for path in paths if path.is_file()), None)

    def lines(self, stage: str, name: str) -> list[str]:
        """The lines of a call's journal.  Raises `OSError`."""
        text = self.journal(stage, name).read_text(encoding="utf-8", errors="replace")
        return text.split("\n")  # not splitlines: U+2028 within a text ends no line

    def move(self, name: str, stage: str, to: str) -> None:
        """Move a marker on.  One that is gone already is left alone."""
        (self.folder / to).mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            os.rename(self.folder / stage / name, self.folder / to / name)

    def drop(self, name: str, stage: str) -> None:
        """Forget a marker: all is delivered."""
        (self.folder / stage / name).unlink(missing_ok=True)

    def put_back(self, name: str, stage: str) -> None:
        """Have the others come first."""
        with suppress(FileNotFoundError):
            os.utime(self.folder / stage / name, follow_symlinks=False)

    def set_aside(self, name: str, stage: str, why: object) -> None:
        """Nothing can be made of it: out of the way of the others."""
        self.move(name, stage, BROKEN)
        log.error("no record of call %s (its marker is in %s): %s", name, self.folder / BROKEN, why)

    def bury(self, life: str, cause: str, died: float | None) -> list[str]:
        """Close what a dead worker left open; returns which calls that were.

        `died`: the time of day at which it was seen to be dead, in seconds since 1970; None: what
        its calls said last is the end of them.
        """
        names = self.names(f"{OPEN}/{life}")
        for name in names:
            try:
                self._close(name, self.journal(f"{OPEN}/{life}", name), cause, died)
            except OSError as error:  # the record will have to do without
                log.warning("the journal of call %s cannot be closed: %s", name, error)
            self.move(name, f"{OPEN}/{life}", DONE)
        with suppress(OSError):
            (self.folder / OPEN / life).rmdir()
        return names

    def _close(self, name: str, journal: Path, cause: str, died: float | None) -> None:
        with journal.open("r+b") as file:
            data = file.read()
            known = [parsed(line) for line in data.decode("utf-8", "replace").split("\n")]
            if any(line.get("event") == "hung_up" for line in known):
                return
            at = max(amount(line.get("at"), LONGEST) for line in known)
            wall = max(amount(line.get("wall"), LATEST) for line in known)
            if died is not None and 0 < died - wall < LONGEST:
                at = max(at, round(died - wall, 3))
            end = {"by": "worker", "code": 0, "reason": cause, "media": {}}
            hung_up = {"event": "hung_up", **end}
            text = "".join(
                json.dumps({"at": at, **line}) + "\n"
                for line in (*self._rescued(name, data), hung_up)
            )
            file.write(b"\n" * (not data.endswith(b"\n")) + text.encode())

    def _rescued(self, name: str, journal: bytes) -> Iterator[dict[str, Any]]:
        """The recordings of a call that were put in place only after its worker had died."""
        for facts in self.recorded(name, "*.json"):
            wav = facts.with_suffix(".wav")
            if wav.name.encode() not in journal:
                told = parsed(facts.read_text(encoding="utf-8", errors="replace"))
                yield {
                    "event": "record_done",
                    "seconds": told.get("seconds"),
                    "reason": told.get("reason"),
                    "file": str(wav),
                    "kind": told.get("kind"),
                    "name": told.get("label"),
                    "consent": told.get("consent"),
                }
