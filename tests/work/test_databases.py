"""Queries and memory, on SQLite and on PostgreSQL."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from ivr.work.databases import Database
from ivr.work.job import Deadline, Failed, TooSlow
from ivr.work.memory import PRUNE_EVERY, Memory
from ivr.work.plain import plain
from ivr.work.sql import Sql

from .conftest import Open

SLOW = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    " SELECT max(i) FROM n",
    "postgresql": "SELECT pg_sleep(30)",
}


# -- queries ----------------------------------------------------------------------------------


@pytest.fixture
def bank(url: str, database: Open) -> Sql:
    job = Sql({"bank": database(url)})
    ask(job, "CREATE TABLE accounts (number TEXT, balance NUMERIC(9, 2), opened DATE)")
    for number in ("1", "2", "3"):
        ask(job, "INSERT INTO accounts VALUES (:n, 9.5, '2025-03-03')", n=number)
    return job


def ask(job: Sql, query: str, database: str = "bank", most: int = 100, **parameters: Any) -> Any:
    order = {"database": database, "query": query, "parameters": parameters, "most": most}
    return plain(job(order, 5))


def test_rows_come_by_their_names(bank: Sql) -> None:
    query = "SELECT number, balance + 1 AS more FROM accounts WHERE number = :n"
    [row] = ask(bank, query, n="2")
    assert row == {"number": "2", "more": Decimal("10.5")}
    assert ask(bank, query, n="9") == []


def test_no_more_rows_than_asked_for(bank: Sql) -> None:
    assert len(ask(bank, "SELECT * FROM accounts", most=2)) == 2


def test_a_parameter_is_never_a_part_of_the_query(bank: Sql) -> None:
    evil = "1'; DROP TABLE accounts; --"
    assert ask(bank, "SELECT * FROM accounts WHERE number = :n", n=evil) == []
    assert len(ask(bank, "SELECT * FROM accounts")) == 3


def test_what_fails_leaves_nothing_behind(bank: Sql) -> None:
    with pytest.raises(Failed):
        ask(bank, "INSERT INTO accounts SELECT nothing FROM accounts")
    with pytest.raises(Failed):
        ask(bank, "SELECT * FROM accounts WHERE number = :n")
    assert len(ask(bank, "SELECT * FROM accounts")) == 3


def test_a_query_that_takes_too_long_is_ended_by_the_database(url: str, database: Open) -> None:
    query = SLOW[url.partition(":")[0]]
    with pytest.raises(TooSlow):
        Sql({"bank": database(url)})(
            {"database": "", "query": query, "parameters": {}, "most": 1}, 0.2
        )


def test_a_lock_is_waited_for_no_longer_than_there_is_time(tmp_path: Path) -> None:
    mind = Mind(Database(f"sqlite:///{tmp_path / 'x.db'}"))
    mind.remember(x=1)
    with closing(sqlite3.connect(tmp_path / "x.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TooSlow):
            mind.remember(x=2, seconds=0.05)
    assert mind.recall("x") == {"x": 1}


def test_what_is_too_late_is_not_written(url: str, database: Open) -> None:
    now, opened = 100.0, database(url)
    mind = Mind(opened)
    mind.remember(x=1)
    with pytest.raises(TooSlow), opened.begin(Deadline(5, lambda: now), writes=True) as connection:
        connection.execute(text("UPDATE ivr_memory SET number = 2"))
        now += 5
    assert mind.recall("x") == {"x": 1}


@pytest.mark.parametrize(
    ("databases", "name", "why"),
    [
        ({}, "", "there is no database '' in work.databases; there are: none"),
        ({"a": "sqlite://"}, "b", "there is no database 'b' in work.databases; there are: a"),
        ({"a": "sqlite://", "b": "sqlite://"}, "", "there are: a, b"),
        ({"a": "klingon://x"}, "a", "its URL in the settings is none that is known"),
        ({"a": "mysql+mysqldb://x"}, "a", "its driver is not installed: MySQLdb"),
        ({"a": "postgresql://u:sesame@127.0.0.1:1/x"}, "a", "connection failed"),
        ({"a": "sqlite:////nowhere/x.db"}, "a", "unable to open database file"),
    ],
)
def test_a_database_that_cannot_be_asked(databases: dict[str, str], name: str, why: str) -> None:
    job = Sql({name: Database(url) for name, url in databases.items()})
    with pytest.raises(Failed) as caught:
        ask(job, "SELECT 1", name)
    assert why in str(caught.value)
    assert "sesame" not in str(caught.value)


def test_a_password_takes_the_place_of_one_in_the_url() -> None:
    database = Database("postgresql://u:old@127.0.0.1:1/x", "sesame")
    with pytest.raises(Failed), database.begin(Deadline(5)):
        pass
    assert database._engine is not None
    assert database._engine.url.password == "sesame"


# -- memory -----------------------------------------------------------------------------------


class Mind:
    """A memory, and a wall clock that only the test moves."""

    def __init__(self, database: Database) -> None:
        self.now = 1_000_000.0
        self.memory = Memory(database, lambda: self.now)

    def remember(
        self, scope: str = "a", keep: float = 60, seconds: float = 5, **values: Any
    ) -> Any:
        add = values.pop("add", {})
        order = {"scope": scope, "values": values, "seconds": keep, "add": add}
        return self.memory.remember(order, seconds)

    def recall(self, *names: str, scope: str = "a") -> Any:
        return self.memory.recall({"scope": scope, "names": list(names)}, 5)


@pytest.fixture
def mind(url: str, database: Open) -> Mind:
    return Mind(database(url))


def test_what_was_remembered_is_recalled_as_it_was(mind: Mind) -> None:
    given: dict[str, Any] = {
        "text": "ä'", "number": -7, "large": 2**70, "exact": Decimal("1.10"), "yes": True,
        "day": date(2025, 3, 3), "hour": time(9, 30), "nothing": None,
    }  # fmt: skip
    assert mind.remember(**given) == {}
    found = mind.recall(*given, "unknown")
    assert found == given
    assert [type(value) for value in found.values()].count(bool) == 1
    assert mind.recall("text", scope="b") == {}


def test_a_later_value_takes_the_place_of_an_earlier_one(mind: Mind) -> None:
    mind.remember(x="one", y=1)
    mind.remember(x=2, y="two")
    assert mind.recall("x", "y") == {"x": 2, "y": "two"}


def test_what_is_too_old_is_forgotten_and_erased(mind: Mind, url: str, database: Open) -> None:
    mind.remember(x=1, keep=60)
    mind.remember(y=1, keep=6000)
    mind.now += 60
    assert mind.recall("x", "y") == {"y": 1}
    mind.now += PRUNE_EVERY
    mind.remember(z=1)
    rows = ask(Sql({"": database(url)}), "SELECT name FROM ivr_memory ORDER BY name", "")
    assert [row["name"] for row in rows] == ["y", "z"]


def test_one_caller_is_forgotten_and_nobody_else(mind: Mind) -> None:
    mind.remember("caller:+49_30", x=1, y=2)
    mind.remember("authenticate:caller:+49_30", failures=1)
    mind.remember("caller:+49130", x=1)
    mind.remember("caller:+49_301", x=1)
    assert mind.memory.forget("+49_30", 5) == 3
    assert mind.recall("x", scope="caller:+49_30") == {}
    assert mind.recall("x", scope="caller:+49130") == {"x": 1}
    assert mind.recall("x", scope="caller:+49_301") == {"x": 1}


def test_sums(mind: Mind) -> None:
    assert mind.remember(add={"n": 1}) == {"n": 1}
    assert mind.remember(add={"n": 5, "m": -1}) == {"n": 6, "m": -1}
    assert mind.recall("n") == {"n": 6}
    mind.now += 61
    assert mind.remember(add={"n": 1}) == {"n": 1}


def test_what_is_no_number_counts_as_none(mind: Mind) -> None:
    mind.remember(n="text")
    assert mind.remember(add={"n": 2}) == {"n": 2}
    assert mind.recall("n") == {"n": 2}


def test_of_several_that_add_at_once_each_gets_a_sum_of_its_own(url: str, database: Open) -> None:
    sums: list[int] = []

    def add() -> None:
        mind = Mind(database(url))  # as another process would
        sums.extend(mind.remember(add={"n": 1})["n"] for _ in range(10))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sums) == list(range(1, 41))


@pytest.mark.parametrize("scope", ["", "x" * 251, "a\0b"])
def test_a_scope_that_is_none(scope: str, tmp_path: Path) -> None:
    mind = Mind(Database(f"sqlite:///{tmp_path / 'x.db'}"))
    for doing in (mind.recall, mind.remember):
        with pytest.raises(Failed, match="a scope is a text"):
            doing(scope=scope)


def test_a_table_that_is_gone_while_it_is_used_is_made_again_and_told_once(
    mind: Mind, url: str, database: Open, caplog: pytest.LogCaptureFixture
) -> None:
    mind.remember(x=1)
    with database(url).begin(Deadline(5), writes=True) as connection:
        connection.execute(text("DROP TABLE ivr_memory"))
    assert mind.recall("x") == {}
    mind.remember(x=2)
    assert mind.recall("x") == {"x": 2}
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("ERROR", "the table ivr_memory is gone, and is made again, empty")
    ]


def test_a_memory_whose_file_is_moved_away_goes_on_in_a_new_one(tmp_path: Path) -> None:
    mind = Mind(Database(f"sqlite:///{tmp_path / 'x.db'}"))
    mind.remember(x=1)
    (tmp_path / "x.db").rename(tmp_path / "y.db")
    assert mind.remember(add={"n": 2}) == {"n": 2}
    assert mind.recall("x", "n") == {"n": 2}
