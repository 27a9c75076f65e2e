"""The database: SQLite in a file, or PostgreSQL; opened, and brought to the schema of this ivr."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from ..engine.errors import SettingsError

SCHEMA = "0002"  # the newest migration
PATIENCE = 10  # seconds for a connection, and for a lock of SQLite
UPGRADE_LOCK = 0x697672  # "ivr": of PostgreSQL's advisory locks

log = logging.getLogger("ivr.store.database")


class Database:
    """A database by its URL: ``sqlite:///calls.db`` or ``postgresql://user@host/name``.

    Nothing is connected before it is needed.  Methods raise SQLAlchemy's errors.  Raises
    `SettingsError` for what is no URL, and for PostgreSQL without its driver.
    """

    def __init__(self, url: str) -> None:
        try:
            self.url = make_url(url.replace("postgres://", "postgresql://", 1))
        except (ArgumentError, ValueError):
            raise SettingsError(
                "records.database is no URL; expected such as postgresql://user@host/name"
            ) from None
        self.is_shared = self.url.get_backend_name() == "postgresql"
        self.engine = _postgresql(self.url) if self.is_shared else _sqlite(self.url)

    def __str__(self) -> str:
        return self.url.render_as_string(hide_password=True)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes; nothing of it is left when it fails."""
        with self.engine.connect() as connection:
            connection = connection.execution_options(ivr_writes=True)
            with connection.begin():
                yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that reads.  Raises `SettingsError` where there are no records yet."""
        path = self.url.database
        if not self.is_shared and not (path and Path(path).exists()):
            raise SettingsError(f"there are no records yet in {self}; `ivr serve` makes them")
        with self.engine.connect() as connection:
            found = _schema(connection)
            if found > SCHEMA:
                raise SettingsError(f"{self}: {_newer(found)}")
            if found != SCHEMA:
                raise SettingsError(
                    f"{self} has the schema {found or 'of nothing yet'}, and this ivr reads"
                    f" {SCHEMA}; start `ivr serve`, which brings it up to date"
                )
            yield connection

    def look(self) -> str:
        """What `upgrade` would find, in words; nothing is made or changed.

        Raises what `upgrade` would.
        """
        path = self.url.database
        if not self.is_shared and path and not Path(path).exists():
            folder = next(parent for parent in Path(path).absolute().parents if parent.exists())
            if not os.access(folder, os.W_OK | os.X_OK):
                raise PermissionError(f"{path} cannot be made: {folder} is not writable")
            return "`ivr serve` will make it"
        with self.engine.connect() as connection:
            found = _schema(connection)
        if found > SCHEMA:
            raise _newer(found)
        return (
            "opened" if found == SCHEMA else "opened; `ivr serve` will bring its schema up to date"
        )

    def tidy(self) -> None:
        """Leave nothing of what was deleted in SQLite's log of changes."""
        if not self.is_shared:
            with closing(self.engine.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def upgrade(self) -> None:
        """Bring the schema up to date; of several that try at once, one does.

        Raises `SettingsError` for a database that a newer ivr has made, and `OSError`.
        """
        if not self.is_shared and self.url.database:
            Path(self.url.database).touch(0o640)  # who calls whom is nobody else's business
        with self.engine.connect() as connection:
            if _schema(connection) == SCHEMA:
                return
        with self.writing() as connection:
            if self.is_shared:
                connection.execute(
                    text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK}
                )
            found = _schema(connection)
            if found == SCHEMA:
                return
            if found > SCHEMA:
                raise _newer(found)
            from .migrations import upgrade  # alembic costs 7 MB, and is hardly ever needed

            upgrade(connection)
            log.info("%s: schema %s", self, SCHEMA)


def _newer(found: str) -> SettingsError:
    return SettingsError(
        f"it has the schema {found} of a newer ivr, and this one knows {SCHEMA}; install that"
        " version of ivr, or restore the backup from before it"
    )


def _schema(connection: Connection) -> str:
    """The last migration that the database has seen; empty: none."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.scalar(text("SELECT version_num FROM alembic_version")) or ""


def _postgresql(url: URL) -> Engine:
    options = {
        "connect_timeout": PATIENCE,
        "tcp_user_timeout": 1000 * PATIENCE,  # or a dead machine is waited for a quarter of an hour
        "application_name": "ivr",
    }
    try:
        return create_engine(
            url.set(drivername="postgresql+psycopg"),
            connect_args=options,
            poolclass=NullPool,  # a batch a second at most: no connection to go stale meanwhile
            hide_parameters=True,  # callers have no business in logs
        )
    except ImportError:
        raise SettingsError(
            "PostgreSQL needs the package psycopg: pip install 'ivr[postgres]'"
        ) from None


def _sqlite(url: URL) -> Engine:
    engine = create_engine(
        url, connect_args={"timeout": PATIENCE}, poolclass=NullPool, hide_parameters=True
    )

    # The driver would begin transactions when it sees fit; so they begin where they are begun.
    @event.listens_for(engine, "connect")
    def connected(connection: Any, record: object) -> None:
        connection.isolation_level = None
        for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {setting}")
        connection.execute("PRAGMA secure_delete=ON")  # what is erased is gone from the file

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("ivr_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
