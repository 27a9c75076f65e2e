"""The tables.  What changes here needs a migration beside it (`migrations/versions`)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

metadata = MetaData()


class Utc(TypeDecorator[datetime]):
    """A moment with its zone, also in SQLite, which knows none."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if not isinstance(value, datetime):
            return None
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)


calls = Table(
    "calls",
    metadata,
    Column("id", Text, primary_key=True),
    Column("host", Text, nullable=False),
    Column("worker", Text, nullable=False),
    Column("flow", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("direction", Text, nullable=False, server_default="in"),
    Column("caller", Text, nullable=False),
    Column("dialled", Text, nullable=False),
    Column("began", Utc, nullable=False),
    Column("answered", Utc),
    Column("ended", Utc, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("answered_seconds", Float, nullable=False),
    Column("path", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("ended_by", Text, nullable=False),
    Column("code", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("inputs", JSON, nullable=False),
    Column("media", JSON, nullable=False),
    Column("dtmf", Text, nullable=False),
    Index("calls_by_began", "began"),
    Index("calls_by_caller", "caller", "began"),
)

messages = Table(
    "messages",
    metadata,
    Column("call", Text, ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("began", Utc, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("reason", Text, nullable=False),
    Column("consent", Text, nullable=False),
    Column("audio", LargeBinary),
)
