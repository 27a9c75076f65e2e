"""ivr erase: all that is kept of one caller."""

from __future__ import annotations

from pathlib import Path

import typer

from .. import records
from ..config import load_settings
from ..store import forget
from .calls import trouble_is_told
from .output import complain


def run(file: Path, caller: str, yes: bool) -> int:
    """Exit code 1: he is in the line, and what this call will leave is still to be erased."""
    settings = load_settings(file)
    spool, database = records.spool(settings), records.database(settings)
    with trouble_is_told(settings):
        found = forget.traces(caller, spool, database, records.HOST)
        if not yes:
            print(f"{caller}: {_told(found)}")
            typer.confirm("Delete them for good?", abort=True)
        found = forget.erase(caller, spool, database, records.HOST, settings.records.file)
    print(f"Deleted: {_told(found)}.")
    if found.elsewhere:
        hosts = ", ".join(sorted(found.elsewhere))
        print(f"Run this on {hosts} too: journals and recordings of his calls are there.")
    if settings.records.file or settings.records.webhook:
        print("Out of reach: older copies of the records file, and whoever the webhook has told.")
    if found.live:
        complain(f"{caller} is in the line: run this again when {len(found.live)} calls are over")
    return 1 if found.live else 0


def _told(found: forget.Traces) -> str:
    return f"{found.records} records, {found.journals} journals, {found.recordings} recordings"
