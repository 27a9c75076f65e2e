"""ivr erase: all that is kept of one caller."""

from __future__ import annotations

from pathlib import Path

import typer

from .. import records
from ..config import Settings, load_settings
from ..engine.errors import SettingsError
from ..outside import mailboxes_of, memory_of
from ..store import forget
from ..work.job import Failed, TooSlow
from .calls import trouble_is_told
from .output import complain

PATIENCE = 30.0  # seconds for what flows remember


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
    remembered = _forgotten(settings, caller)
    print(f"Deleted: {_told(found)}, {remembered} remembered values.")
    if found.elsewhere:
        hosts = ", ".join(sorted(found.elsewhere))
        print(f"Run this on {hosts} too: journals and recordings of his calls are there.")
    if settings.records.file or settings.records.webhook:
        print("Out of reach: older copies of the records file, and whoever the webhook has told.")
    if found.live:
        complain(f"{caller} is in the line: run this again when {len(found.live)} calls are over")
    return 1 if found.live else 0


def _forgotten(settings: Settings, caller: str) -> int:
    """How many values flows had remembered of him."""
    memory, mailboxes = memory_of(settings), mailboxes_of(settings)
    try:
        if mailboxes:
            mailboxes.forget(caller, PATIENCE)
        return memory.forget(caller, PATIENCE) if memory else 0
    except (Failed, TooSlow) as error:
        raise SettingsError(
            f"what flows remember of {caller} is still there: {str(error) or 'it took too long'}"
        ) from None


def _told(found: forget.Traces) -> str:
    return f"{found.records} records, {found.journals} journals, {found.recordings} recordings"
