"""A table that ivr makes itself, when it is first needed, and again where it is gone."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.schema import CreateIndex, CreateTable

from .databases import Database, NoTable
from .job import Deadline, Failed

T = TypeVar("T")

log = logging.getLogger("ivr.work")


class OwnTable:
    """*table* in *database*.  *making* is a number of PostgreSQL's advisory locks."""

    def __init__(self, database: Database, table: Table, making: int) -> None:
        self._database = database
        self._table = table
        self._making = making
        self._lock = threading.Lock()
        self._made = False

    def do(self, deadline: Deadline, work: Callable[[Connection], T], *, writes: bool = False) -> T:
        """Do *work* in a transaction (see `Database.begin`), a second time where the table was
        gone: somebody moved the file of SQLite away.  Raises `Failed` and `TooSlow`.
        """
        self._make(deadline)
        try:
            return self._do(deadline, work, writes)
        except NoTable:
            log.error("the table %s is gone, and is made again, empty", self._table.name)
            self._made = False
            self._make(deadline)
            return self._do(deadline, work, writes)

    def _do(self, deadline: Deadline, work: Callable[[Connection], T], writes: bool) -> T:
        with self._database.begin(deadline, writes=writes) as connection:
            return work(connection)

    def _make(self, deadline: Deadline) -> None:
        with self._lock:
            if self._made:
                return
            with self._database.begin(deadline, writes=True) as connection:
                if connection.dialect.name not in ("sqlite", "postgresql"):
                    raise Failed("what is remembered goes into SQLite or PostgreSQL")
                if connection.dialect.name == "postgresql":  # where two makers are one too many
                    connection.execute(select(func.pg_advisory_xact_lock(self._making)))
                connection.execute(CreateTable(self._table, if_not_exists=True))
                for index in self._table.indexes:
                    connection.execute(CreateIndex(index, if_not_exists=True))
            self._made = True
