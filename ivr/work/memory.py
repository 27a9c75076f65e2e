"""What is remembered from call to call: values by scope and name, each for its time."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import date
from datetime import time as clock_time
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Float,
    MetaData,
    String,
    Table,
    Text,
    case,
    delete,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from .databases import Database
from .job import Deadline, Failed, Order
from .own_table import OwnTable

PRUNE_EVERY = 600.0  # seconds
LONGEST_SCOPE = 250  # characters
MAKING = 0x6976726D  # "ivrm": of PostgreSQL's advisory locks
_LARGEST = 2**63 - 1

memory = Table(
    "ivr_memory",
    MetaData(),
    Column("scope", String(LONGEST_SCOPE), primary_key=True),
    Column("name", String(LONGEST_SCOPE), primary_key=True),
    Column("number", BigInteger),  # of a whole number, which can be added to
    Column("value", Text),  # of everything else: JSON, as `_written`
    Column("until", Float, nullable=False, index=True),  # seconds since 1970
)
_KINDS: dict[str, Callable[[str], Any]] = {
    "decimal": Decimal,
    "date": date.fromisoformat,
    "time": clock_time.fromisoformat,
}


class Memory:
    """The jobs ``recall`` and ``remember``, in a table of *database* that they make themselves."""

    def __init__(self, database: Database, wall: Callable[[], float] = time.time) -> None:
        self._table = OwnTable(database, memory, MAKING)
        self._wall = wall
        self._pruned_at = 0.0

    def recall(self, order: Order, seconds: float) -> dict[str, Any]:
        """The values of those names that are known.  Raises `Failed` and `TooSlow`."""
        table = memory.c
        wanted = select(table.name, table.number, table.value).where(
            table.scope == _scope(order), table.name.in_(order["names"]), table.until > self._wall()
        )
        rows = self._table.do(Deadline(seconds), lambda x: x.execute(wanted).all())
        return {name: _read(value) if number is None else number for name, number, value in rows}

    def remember(self, order: Order, seconds: float) -> dict[str, Any]:
        """Keep values and add to numbers, all or none; the sums.  Raises `Failed`, `TooSlow`."""
        scope, now = _scope(order), self._wall()
        until = now + order["seconds"]

        def write(connection: Connection) -> dict[str, Any]:
            for name, value in sorted(order["values"].items()):  # in order: no deadlock
                _put(connection, scope, name, value, until)
            sums = {
                name: _add(connection, scope, name, step, now, until)
                for name, step in sorted(order["add"].items())
            }
            if now - self._pruned_at >= PRUNE_EVERY:
                self._pruned_at = now
                connection.execute(delete(memory).where(memory.c.until <= now))
            return sums

        return self._table.do(Deadline(seconds), write, writes=True)

    def forget(self, caller: str, seconds: float) -> int:
        """Delete what is kept in scopes of *caller*; returns how many values that were."""
        own = delete(memory).where(memory.c.scope.endswith(f"caller:{caller}", autoescape=True))
        gone = self._table.do(Deadline(seconds), lambda x: x.execute(own).rowcount, writes=True)
        return gone


def _put(connection: Connection, scope: str, name: str, value: Any, until: float) -> None:
    number = value if _is_number(value) else None
    row = {"number": number, "value": None if number is not None else _written(value)}
    given = _insert(connection).values(scope=scope, name=name, until=until, **row)
    connection.execute(
        given.on_conflict_do_update(index_elements=["scope", "name"], set_={**row, "until": until})
    )


def _add(connection: Connection, scope: str, name: str, step: int, now: float, until: float) -> int:
    given = _insert(connection).values(scope=scope, name=name, number=step, value=None, until=until)
    table = memory.c
    known = case((table.until > now, func.coalesce(table.number, 0)), else_=0)
    added = given.on_conflict_do_update(
        index_elements=["scope", "name"],
        set_={"number": known + step, "value": None, "until": until},
    ).returning(table.number)
    found: int = connection.execute(added).scalar_one()
    return found


def _insert(connection: Connection) -> Any:
    return (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(memory)


def _scope(order: Order) -> str:
    scope: str = order["scope"]
    if not scope or len(scope) > LONGEST_SCOPE or "\0" in scope:
        raise Failed(f"a scope is a text of 1 to {LONGEST_SCOPE} characters")
    return scope


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST


def _written(value: Any) -> str:
    match value:
        case Decimal():
            return json.dumps({"decimal": str(value)})
        case date():
            return json.dumps({"date": value.isoformat()})
        case clock_time():
            return json.dumps({"time": value.isoformat()})
    return json.dumps(value)


def _read(text: str) -> Any:
    found = json.loads(text)
    if isinstance(found, dict):
        ((kind, words),) = found.items()
        return _KINDS[kind](words)
    return found
