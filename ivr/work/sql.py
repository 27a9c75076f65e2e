"""Queries: one statement, in a transaction of its own, with its parameters bound."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from .databases import Database
from .job import Deadline, Failed, Order


class Sql:
    """The job ``sql``, on *databases* by name."""

    def __init__(self, databases: Mapping[str, Database]) -> None:
        self._databases = databases

    def __call__(self, order: Order, seconds: float) -> list[dict[str, Any]]:
        """See the verb `sql`; the rows.  Raises `Failed` and `TooSlow`."""
        database = self._find(order["database"])
        with database.begin(Deadline(seconds)) as connection:
            result = connection.execute(text(order["query"]), order["parameters"])
            if not result.returns_rows:
                return []
            names = list(result.keys())
            rows = result.fetchmany(order["most"])
            return [dict(zip(names, row, strict=True)) for row in rows]

    def _find(self, name: str) -> Database:
        databases = self._databases
        if not name and len(databases) == 1:
            return next(iter(databases.values()))
        if name not in databases:
            known = ", ".join(databases) or "none"
            raise Failed(f"there is no database {name!r} in work.databases; there are: {known}")
        return databases[name]
