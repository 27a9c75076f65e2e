"""The schema: made by its migrations, the same as the tables say, and never by two at once."""

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from ivr.engine.errors import SettingsError
from ivr.store import migrations
from ivr.store.calls import Filter, find
from ivr.store.database import SCHEMA, Database
from ivr.store.tables import metadata

from .house import BUSY, House


def test_the_migrations_lead_to_the_tables(house: House) -> None:
    database = house.database()
    database.upgrade()
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_newest_migration_is_the_schema() -> None:
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert script.get_heads() == [SCHEMA]


OLD_ROW = """
INSERT INTO calls SELECT 'a', 'here', 'w1-a', 'office', 'v', 'alice', '100', '2025-11-22', NULL,
'2025-11-22', 1, 0, '', '', '', 'caller', 487, '', '[]', '{}', 'none'
"""


def test_calls_from_before_there_were_calls_out_came_in(house: House) -> None:
    database = house.database()
    with database.writing() as connection:
        migrations.upgrade(connection, "0001")
        connection.execute(text(OLD_ROW))
    database.upgrade()
    house.call("b", BUSY, direction="out")
    house.keeper().turn()
    with database.reading() as connection:
        assert {row["direction"] for row in find(connection, Filter(), 9)} == {"in", "out"}


UPGRADE = """
import sys
from ivr.store.database import Database
sys.stdin.read()
Database(sys.argv[1]).upgrade()
print("alembic" in sys.modules)
"""


def upgraded_by(url: str, processes: int) -> list[str]:
    """Have several processes upgrade at once; what each printed, or its error."""
    command = [sys.executable, "-c", UPGRADE, url]
    started = [
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(processes)
    ]
    for process in started:
        assert process.stdin
        process.stdin.close()
        process.stdin = None
    ends = [process.communicate(timeout=60) for process in started]
    return [out.strip() or error for out, error in ends]


def test_several_that_start_at_once_upgrade_once(house: House) -> None:
    assert set(upgraded_by(house.url, 2)) <= {"True", "False"}
    assert upgraded_by(house.url, 1) == ["False"]  # and nothing is loaded for it again
    house.call("a")
    house.keeper().turn()
    assert house.kept() == ["a"]


def test_a_database_of_a_newer_ivr_is_left_alone(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    database = house.database()
    database.upgrade()
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    house.call("a")
    assert house.keeper().turn() == 1.0
    newer = f"{house.url}: it has the schema 9999 of a newer ivr, and this one knows {SCHEMA}"
    assert f"records wait in {house.folder / 'spool'}: {newer}" in caplog.text
    assert caplog.text.count(house.url) == 1 and house.waiting() == ["a"]
    with pytest.raises(SettingsError) as refused, database.reading():
        pass
    remedy = "install that version of ivr, or restore the backup from before it"
    assert str(refused.value) == f"{newer}; {remedy}"


def test_passwords_are_not_shown() -> None:
    assert "secret" not in str(Database("postgresql://ivr:secret@db/ivr"))


def test_a_url_that_is_none() -> None:
    with pytest.raises(SettingsError, match=r"records\.database is no URL"):
        Database("postgresql://db:port/ivr")


def test_a_look_changes_nothing(house: House, tmp_path: Path) -> None:
    fresh = Database(f"sqlite:///{tmp_path / 'not/yet/calls.db'}")
    assert fresh.look() == "`ivr serve` will make it"
    assert not (tmp_path / "not").exists()
    database = house.database()
    with database.engine.connect():
        assert database.look() == "opened; `ivr serve` will bring its schema up to date"
    database.upgrade()
    assert database.look() == "opened"
    with database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SettingsError, match="of a newer ivr"):
        database.look()
