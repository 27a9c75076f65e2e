"""ivr calls: what became of the calls."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from .. import records
from ..config import Settings, load_settings
from ..engine.errors import SettingsError
from ..store import calls
from ..store.record import Line, Unreadable, parsed, plain, record_of
from ..store.record import as_json as iso
from ..store.spool import DONE
from ..testing.transcript import clock
from .output import as_json, complain, print_columns, printable
from .story import Told, decisions, story

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@contextmanager
def trouble_is_told(settings: Settings) -> Iterator[None]:
    """Raises `SettingsError` for what the database says no to."""
    try:
        yield
    except SQLAlchemyError as error:
        what = str(getattr(error, "orig", None) or error).strip()
        if what == "file is not a database":
            what += "; move it away, and `ivr serve` makes another, or restore a backup"
        raise SettingsError(f"{records.database(settings)}: {what}") from None


@contextmanager
def reading(settings: Settings) -> Iterator[Connection]:
    """The database of *settings*.  Raises `SettingsError`."""
    with trouble_is_told(settings), records.database(settings).reading() as connection:
        yield connection


def list_calls(
    file: Path, since: str, caller: str, flow: str, ended_by: str, direction: str, limit: int,
    json: bool,
) -> None:  # fmt: skip
    settings = load_settings(file)
    wanted = calls.Filter(moment(since), caller, flow, ended_by, direction)
    with reading(settings) as connection:
        rows = calls.find(connection, wanted, limit)
    if waiting := len(records.spool(settings).names(DONE)):
        complain(f"{waiting} more calls are over and not in the database yet")
    if json:
        as_json([iso(row) for row in rows])
        return
    columns = ["id", "began", "caller", "dialled", "flow", "seconds", "state", "ended_by", "code"]
    if any(row["direction"] == "out" for row in rows):
        columns.insert(2, "direction")
    if len({row["host"] for row in rows}) > 1:
        columns.insert(1, "host")
    print_columns([columns, *([_shown(row[column]) for column in columns] for row in rows)])


def moment(text: str, now: datetime | None = None, option: str = "--since") -> datetime | None:
    """``7d`` ago, or ``2026-11-22``; None for an empty text.  Raises `SettingsError`."""
    if not text:
        return None
    if ago := re.fullmatch(r"(\d{1,5})([mhdw])", text):
        return (now or datetime.now(UTC)) - timedelta(**{UNITS[ago[2]]: int(ago[1])})
    try:
        day = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(
            f"{option} {text!r}: expected 90m, 12h, 7d, 4w or a day such as 2026-11-22"
        ) from None
    return day if day.tzinfo else day.replace(tzinfo=UTC)


def show(file: Path, call_id: str, json: bool) -> None:
    settings = load_settings(file)
    row = _row(settings, call_id)
    lines = _journal(settings, call_id)
    if json:
        as_json({**iso(row), "journal": lines})
        return
    messages = row.pop("messages")
    _print_facts(row)
    for message in messages:
        print()
        _print_facts({"message": message.pop("number"), **message})
    print()
    if lines:
        print_told(story(lines))
    else:
        print(_not_here(settings, row))


def why(file: Path, call_id: str) -> None:
    print_told(decisions(journal(load_settings(file), call_id)))


def journal(settings: Settings, call_id: str) -> list[Line]:
    """The lines of a call's journal.  Raises `SettingsError` where this machine has none."""
    lines = _journal(settings, call_id)
    if not lines:
        raise SettingsError(_not_here(settings, _row(settings, call_id)))
    return lines


def fetch_message(file: Path, call_id: str, target: Path, number: int) -> None:
    settings = load_settings(file)
    row = _row(settings, call_id)
    if not 1 <= number <= len(row["messages"]):
        raise SettingsError(f"call {call_id} has {len(row['messages'])} messages, not {number}")
    name = row["messages"][number - 1]["file"]
    with reading(settings) as connection:
        sound = calls.audio_of(connection, call_id, number)
    if sound is None:
        here = records.spool(settings).sound(name)
        if not here:
            raise SettingsError(f"the recording is {name} on host {row['host']}, if it still is")
        sound = here.read_bytes()
    with target.open("xb") as out:
        out.write(sound)


def _row(settings: Settings, call_id: str) -> dict[str, Any]:
    """The record of a call; of one that is not in the database yet, out of its journal."""
    path = records.spool(settings).find(call_id)
    try:
        with reading(settings) as connection:
            row = calls.one(connection, call_id)
    except SettingsError:
        if not path:
            raise
        row = None
    if row is None and path:
        lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
        with suppress(Unreadable):
            row = plain(record_of(call_id, lines), records.HOST)
    if row is None:
        raise SettingsError(f"there is no call {call_id!r}; `ivr calls` lists those there are")
    return row


def _journal(settings: Settings, call_id: str) -> list[Line]:
    path = records.spool(settings).find(call_id)
    text = path.read_text(encoding="utf-8", errors="replace") if path else ""
    return [line for line in map(parsed, text.split("\n")) if line]


def _not_here(settings: Settings, row: Line) -> str:
    return (
        f"its journal is not in {settings.journals}: that of host {row['host']} has it,"
        " as long as journals are kept"
    )


def _print_facts(row: Line) -> None:
    known = [(name, value) for name, value in row.items() if value not in ("", None, [], {})]
    print_columns([[name, _shown(value)] for name, value in known])


def print_told(told: Iterable[Told]) -> None:
    """Print what happened, and when, for a terminal."""
    for at, text in told:
        print(printable(f"{clock(at)}  {text}"), flush=True)


def _shown(value: Any) -> str:
    match value:
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}"
        case float():
            return f"{value:.1f}"
        case list():
            return "; ".join(map(_shown, value))
        case dict():
            return ", ".join(f"{name} {_shown(item)}" for name, item in value.items())
    return str(value)
