"""Mailboxes: who has which messages; the recordings themselves stay where they were made."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Float,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    update,
)

from ..engine.letters import LONGEST, id_of, position, wrong_box, wrong_id, wrong_with_room
from .databases import Database
from .job import Deadline, Failed, Order
from .own_table import OwnTable

MAKING = 0x6976726D + 1  # of PostgreSQL's advisory locks: the next after that of the memory

letters = Table(
    "ivr_mailbox",
    MetaData(),
    # Of SQLite, only an INTEGER counts by itself.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("box", String(LONGEST), nullable=False, index=True),
    Column("file", String(LONGEST), nullable=False),
    Column("caller", String(LONGEST), nullable=False),
    Column("at", Float, nullable=False),  # seconds since 1970
    Column("urgent", Boolean, nullable=False),
    Column("heard", Boolean, nullable=False),
    sqlite_autoincrement=True,  # an id is not used again: a call may still have it
)
log = logging.getLogger("ivr.work")


@dataclass(frozen=True, slots=True)
class Count:
    """How many messages there are in a box, and how many of them are urgent."""

    new: int
    old: int
    urgent_new: int
    urgent_old: int


class Mailboxes:
    """The job ``mailbox``, in a table of *database* that it makes itself.

    *folder* has the recordings; *changed* is told of a box that has more or fewer messages now.
    """

    def __init__(
        self,
        database: Database,
        folder: Path,
        changed: Callable[[str, Count], None] = lambda box, count: None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._table = OwnTable(database, letters, MAKING)
        self._folder = folder
        self._changed = changed
        self._wall = wall

    def __call__(self, order: Order, seconds: float) -> dict[str, Any]:
        """Deliver, look, or mark.  Raises `Failed` and `TooSlow`."""
        box = order["box"]
        _refuse(wrong_box(box))

        def act(connection: Connection) -> tuple[dict[str, Any], Count, Count]:
            found: dict[str, Any] = {}
            known = self._known(connection, box)
            rows = self._there(connection, box, known)
            match order["action"]:
                case "look":
                    found = _seen(rows, order)
                case "deliver":
                    self._deliver(connection, box, rows, order)
                case action:
                    self._mark(connection, rows, order["id"], action)
            return found, _count(known), _count(self._known(connection, box))

        found, before, after = self._table.do(Deadline(seconds), act, writes=True)
        if after != before:
            self._changed(box, after)
        return found

    def forget(self, caller: str, seconds: float) -> None:
        """Take the messages of *caller* out of all mailboxes.  Raises `Failed` and `TooSlow`."""

        def take(connection: Connection) -> dict[str, Count]:
            his = letters.c.caller == caller
            boxes = connection.execute(select(letters.c.box).where(his).distinct()).scalars().all()
            connection.execute(delete(letters).where(his))
            return {box: _count(self._known(connection, box)) for box in boxes}

        changed = self._table.do(Deadline(seconds), take, writes=True)
        for box, count in changed.items():
            self._changed(box, count)

    def _deliver(
        self, connection: Connection, box: str, rows: list[Row[Any]], order: Order
    ) -> None:
        file = Path(order["file"]).name
        if not file or not (self._folder / file).is_file():
            raise Failed("the recording is not there")
        if any(row.file == file for row in rows):
            return
        _refuse(wrong_with_room(len(rows)))
        facts = {"caller": str(order["caller"])[:LONGEST], "urgent": order["urgent"]}
        connection.execute(
            insert(letters).values(box=box, file=file, at=self._wall(), heard=False, **facts)
        )

    def _mark(self, connection: Connection, rows: list[Row[Any]], id: str, action: str) -> None:
        row = next((row for row in rows if _id(row) == id), None)
        if row is None:
            return
        if action != "deleted":
            heard = update(letters).where(letters.c.id == row.id).values(heard=action == "old")
            connection.execute(heard)
            return
        connection.execute(delete(letters).where(letters.c.id == row.id))
        others = select(func.count()).where(letters.c.file == row.file)
        if not connection.execute(others).scalar_one():
            for file in (self._folder / row.file, (self._folder / row.file).with_suffix(".json")):
                file.unlink(missing_ok=True)

    def _known(self, connection: Connection, box: str) -> list[Row[Any]]:
        """The messages of *box*, in order."""
        wanted = select(letters).where(letters.c.box == box)
        order = wanted.order_by(letters.c.urgent.desc(), letters.c.id)
        return list(connection.execute(order).all())

    def _there(self, connection: Connection, box: str, rows: list[Row[Any]]) -> list[Row[Any]]:
        """Those of *rows* whose recordings are there; the others were deleted, and are forgotten,
        unless it is the folder that is not there for a while."""
        gone = [row.id for row in rows if not (self._folder / row.file).is_file()]
        if gone and self._has_recordings():
            connection.execute(delete(letters).where(letters.c.id.in_(gone)))
            log.info("%d messages of mailbox %s are not there any more", len(gone), box)
        elif gone:
            log.warning("%s has no recordings: is it mounted?", self._folder)
        return [row for row in rows if row.id not in gone]

    def _has_recordings(self) -> bool:
        try:
            return any(self._folder.iterdir())
        except OSError:
            return False


def _seen(rows: list[Row[Any]], order: Order) -> dict[str, Any]:
    wanted = {"new": (False,), "old": (True,)}.get(order["of"], (False, True))
    if order["after"]:
        _refuse(wrong_id(order["after"]))
    after = position(order["after"] or id_of(0, urgent=True))
    behind = (row for row in rows if row.heard in wanted and position(_id(row)) > after)
    row = next(behind, None)
    message = row and {
        "id": _id(row),
        "file": row.file,
        "caller": row.caller,
        "at": row.at,
        "urgent": row.urgent,
        "heard": row.heard,
    }
    count = _count(rows)
    return {"new": count.new, "old": count.old, "urgent": count.urgent_new, "message": message}


def _count(rows: list[Row[Any]]) -> Count:
    kinds = [(row.heard, row.urgent) for row in rows]
    new, old = (sum(heard is each for heard, _ in kinds) for each in (False, True))
    return Count(new, old, kinds.count((False, True)), kinds.count((True, True)))


def _id(row: Row[Any]) -> str:
    return id_of(row.id, urgent=row.urgent)


def _refuse(wrong: str) -> None:
    if wrong:
        raise Failed(wrong)
