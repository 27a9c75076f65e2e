"""Records of calls in the database: put in, found, taken out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from sqlalchemy import Connection, Select, delete, func, select

from .database import Database
from .record import CallRecord
from .tables import calls, messages

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which calls to find; what is empty lets all through."""

    since: datetime | None = None
    caller: str = ""
    flow: str = ""
    ended_by: str = ""
    direction: str = ""


def insert(
    database: Database,
    records: Iterable[CallRecord],
    host: str,
    audio: Callable[[str], bytes | None],
) -> None:
    """Put *records* in, all or none.  One that is there already is left as it is.

    *audio* reads a message's file, where the database is shared with other machines.
    """
    # Both dialects know "or do nothing", each with a class of its own.
    put = import_module(f"sqlalchemy.dialects.{database.engine.dialect.name}").insert
    put_call = put(calls).on_conflict_do_nothing()
    put_message = put(messages).on_conflict_do_nothing()
    with database.writing() as connection:
        for record in records:
            row = asdict(record)
            kept = row.pop("messages")
            connection.execute(put_call, {**row, "host": host})
            for number, message in enumerate(kept, 1):
                travels = database.is_shared and message["kind"] == "message"
                sound = audio(message["file"]) if travels else None
                message |= {"call": record.id, "number": number, "audio": sound}
                connection.execute(put_message, message)


def find(connection: Connection, wanted: Filter, limit: int) -> list[Row]:
    """The newest calls that pass, newest first, without their messages."""
    query = select(calls).order_by(calls.c.began.desc(), calls.c.id.desc()).limit(limit)
    query = _narrowed(query, wanted)
    return [dict(row) for row in connection.execute(query).mappings()]


def trips(connection: Connection, wanted: Filter) -> Iterator[tuple[str, str, str, int]]:
    """The ways that calls went: path, last state, who ended them, and how many did so."""
    way = (calls.c.path, calls.c.state, calls.c.ended_by)
    query = _narrowed(select(*way, func.count()).group_by(*way), wanted)
    return (tuple(row) for row in connection.execute(query))


def one(connection: Connection, call_id: str) -> Row | None:
    """A call with its messages; None: there is no such call."""
    row = connection.execute(select(calls).where(calls.c.id == call_id)).mappings().first()
    if row is None:
        return None
    columns = [column for column in messages.c if column.name not in ("call", "audio")]
    query = select(*columns).where(messages.c.call == call_id).order_by(messages.c.number)
    return {**row, "messages": [dict(m) for m in connection.execute(query).mappings()]}


def audio_of(connection: Connection, call_id: str, number: int) -> bytes | None:
    """The sound of a message, where the database has it."""
    query = select(messages.c.audio).where(messages.c.call == call_id, messages.c.number == number)
    return connection.scalar(query)


def remove_before(connection: Connection, moment: datetime) -> int:
    """Take out the calls that came before *moment*, with their messages; returns how many."""
    return connection.execute(delete(calls).where(calls.c.began < moment)).rowcount


def of_caller(connection: Connection, caller: str) -> list[Mapping[str, Any]]:
    """The calls of *caller*: `id` and `host` of each."""
    query = select(calls.c.id, calls.c.host).where(calls.c.caller == caller)
    return [*connection.execute(query).mappings()]


def remove(connection: Connection, caller: str) -> int:
    """Take out the calls of *caller*, with their messages; returns how many."""
    return connection.execute(delete(calls).where(calls.c.caller == caller)).rowcount


def _narrowed(query: Select[Any], wanted: Filter) -> Select[Any]:
    if wanted.since:
        query = query.where(calls.c.began >= wanted.since)
    for column in ("caller", "flow", "ended_by", "direction"):
        if value := getattr(wanted, column):
            query = query.where(calls.c[column] == value)
    return query
