"""What is deleted: all that is old, and all of one caller."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from . import calls
from .database import Database
from .record import parsed
from .spool import BROKEN, DONE, OPEN, WEBHOOK, Spool


@dataclass(frozen=True, slots=True)
class Traces:
    """What there is of a caller."""

    calls: frozenset[str]
    """On this machine: those that left a journal or a recording."""
    live: frozenset[str]
    """Those of them that are not over, which are left alone."""
    journals: int
    recordings: int
    records: int
    """In the database, of all machines."""
    elsewhere: frozenset[str]
    """Other machines that took calls of his, and have journals and recordings of their own."""


def forget_files(spool: Spool, moment: datetime) -> None:
    """Delete the journals of the days before *moment*, and the recordings from before it."""
    for folder in spool.journals.glob("????-??-??"):
        if folder.name < moment.date().isoformat():
            shutil.rmtree(folder)
    for recordings in spool.recordings:
        for file in recordings.glob("*"):
            if file.stat().st_mtime < moment.timestamp():
                file.unlink()


def traces(caller: str, spool: Spool, database: Database, host: str) -> Traces:
    """What there is of *caller*.  Raises `SettingsError`, SQLAlchemy's errors and `OSError`."""
    with database.reading() as connection:
        rows = calls.of_caller(connection, caller)
    mine = {row["id"] for row in rows if row["host"] == host}
    found = frozenset(mine | set(_journals_of(caller, spool)) | set(_recorded_of(caller, spool)))
    live = frozenset(
        name for life in spool.lives() for name in spool.names(f"{OPEN}/{life}") if name in found
    )
    return Traces(
        found - live,
        live,
        sum(1 for name in found - live if spool.find(name)),
        sum(len(spool.recorded(name, "*.wav")) for name in found - live),
        len(rows),
        frozenset(row["host"] for row in rows) - {host},
    )


def erase(caller: str, spool: Spool, database: Database, host: str, lines: Path | None) -> Traces:
    """Delete all there is of *caller* in the database and on this machine; returns what it was.

    *lines* is the file of `JsonLines`.  What other machines have of him, what the webhook was told
    and copies of the file that were renamed are out of reach.
    """
    with spool.locked():
        found = traces(caller, spool, database, host)
        with database.writing() as connection:
            calls.remove(connection, caller)
        database.tidy()
        for name in found.calls:
            for stage in (DONE, WEBHOOK, BROKEN):
                spool.drop(name, stage)
            for file in spool.recorded(name):
                file.unlink()
            if journal := spool.find(name):
                journal.unlink()
        if lines and lines.exists():
            _without(caller, lines)
    return found


def _journals_of(caller: str, spool: Spool) -> Iterator[str]:
    for path in spool.journals.glob("*/*.jsonl"):
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                told = parsed(line)
                if told.get("event") == "offered":
                    if told.get("caller") == caller:
                        yield path.stem
                    break


def _recorded_of(caller: str, spool: Spool) -> Iterator[str]:
    for folder in spool.recordings:
        for path in folder.glob("*.json"):
            told = parsed(path.read_text(encoding="utf-8", errors="replace"))
            if told.get("caller") == caller and isinstance(told.get("call"), str):
                yield told["call"]


def _without(caller: str, file: Path) -> None:
    fresh = file.with_name(f"{file.name}.new")
    with file.open("rb") as old, fresh.open("wb") as new:
        stat = os.fstat(old.fileno())
        os.fchmod(new.fileno(), stat.st_mode)
        os.fchown(new.fileno(), stat.st_uid, stat.st_gid)  # erased by root, written by the service
        for line in old:
            if parsed(line.decode("utf-8", "replace")).get("caller") != caller:
                new.write(line)
    fresh.rename(file)
