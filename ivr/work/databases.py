"""Databases by their URLs, opened when they are first needed."""

from __future__ import annotations

import math
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from .job import Deadline, Failed, TooSlow
from .secrecy import masked

CONNECTIONS = 8
CHECK_EVERY = 10_000  # instructions of SQLite's machine
CANCELLED = "57014"  # PostgreSQL's query_canceled
NO_TABLE = "42P01"  # its undefined_table


class NoTable(Failed):
    """A table is not there."""


class Database:
    """One database; *password* takes the place of one in *url*.

    Its connections are closed when nobody has it any more.
    """

    def __init__(self, url: str, password: str = "") -> None:
        self._url = url
        self._password = password
        self._engine: Engine | None = None
        self._lock = threading.Lock()

    @contextmanager
    def begin(self, deadline: Deadline, *, writes: bool = False) -> Iterator[Connection]:
        """A transaction that is over by *deadline*.  Raises `Failed` and `TooSlow`.

        One that *writes* says so at once: where it reads first, another one that did the same
        could be in its way otherwise, and neither of them go on (SQLite).
        """
        engine = self._open().execution_options(ivr_writes=writes)
        try:
            with engine.connect() as connection:
                _wait_no_longer(connection, deadline)
                with connection.begin():
                    _limit(connection, deadline)
                    yield connection
                    _wait_no_longer(connection, deadline)
        except SQLAlchemyError as error:
            cause = getattr(error, "orig", None) or error
            if _cancelled(cause) or deadline.over:
                raise TooSlow from None
            words = str(cause).strip().partition("\n")[0]
            kind = NoTable if _lacks_table(cause) else Failed
            raise kind(masked(words, self._secrets(engine.url))) from None

    def close(self) -> None:
        """Let go of what connections there are."""
        if self._engine is not None:
            self._engine.dispose()

    def _open(self) -> Engine:
        with self._lock:
            if self._engine is None:
                try:
                    url = make_url(self._url.replace("postgres://", "postgresql://", 1))
                    self._engine = _engine(url, self._password)
                    weakref.finalize(self, self._engine.dispose)  # after a reload
                except (ArgumentError, NoSuchModuleError, ValueError):
                    raise Failed("its URL in the settings is none that is known") from None
                except ImportError as error:
                    raise Failed(f"its driver is not installed: {error.name}") from None
            return self._engine

    def _secrets(self, url: URL) -> list[str]:
        return [self._password, str(url.password or "")]


def _engine(url: URL, password: str) -> Engine:
    if password:
        url = url.set(password=password)
    options: dict[str, Any] = {"hide_parameters": True}  # callers have no business in logs
    if url.get_backend_name() == "sqlite":
        options |= {"poolclass": NullPool}
    else:
        options |= {"pool_size": CONNECTIONS, "max_overflow": 0, "pool_pre_ping": True}
        options |= {"pool_timeout": 5}
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
        options |= {"connect_args": {"connect_timeout": 5, "application_name": "ivr"}}
    engine = create_engine(url, **options)
    if url.get_backend_name() == "sqlite":
        _tame(engine)
    return engine


def _tame(engine: Engine) -> None:
    # The driver would begin transactions when it sees fit; so they begin where they are begun.
    @event.listens_for(engine, "connect")
    def connected(connection: Any, record: object) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("ivr_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _wait_no_longer(connection: Connection, deadline: Deadline) -> None:
    """Have nobody wait for another's transaction when the time is over.  Raises `TooSlow`."""
    left = math.ceil(deadline.left * 1000)
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA busy_timeout = {left}")


def _limit(connection: Connection, deadline: Deadline) -> None:
    """Have the database itself give up when the time is over."""
    match connection.dialect.name:
        case "postgresql":
            left = max(1, int(deadline.left * 1000))
            connection.exec_driver_sql(f"SET LOCAL statement_timeout = {left}")
        case "sqlite":
            driver: Any = connection.connection.driver_connection
            driver.set_progress_handler(lambda: deadline.over, CHECK_EVERY)


def _cancelled(error: Any) -> bool:
    return getattr(error, "sqlstate", "") == CANCELLED or str(error) == "interrupted"


def _lacks_table(error: Any) -> bool:
    return getattr(error, "sqlstate", "") == NO_TABLE or str(error).startswith("no such table")
