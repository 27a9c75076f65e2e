"""From the spool to the database: once, whatever happens, and nothing stands in the way."""

import json
import logging
import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ivr.engine.events import Answered
from ivr.engine.trace import EVENTS
from ivr.store.json_lines import JsonLines
from ivr.store.record import as_json
from ivr.store.spool import BROKEN, OPEN

from .house import NOON, House, full_disk, voicemail


def refuse_inserts(house: House, of_caller: str) -> None:
    """Have the database say no to one caller's calls."""
    with sqlite3.connect(house.folder / "calls.db") as connection:
        connection.execute(
            "CREATE TRIGGER no BEFORE INSERT ON calls"
            f" WHEN new.caller = '{of_caller}' BEGIN SELECT RAISE(ABORT, 'not him'); END"
        )
    connection.close()


def test_calls_that_are_over_are_kept_and_others_wait(house: House) -> None:
    house.call("a")
    house.call("b", voicemail("b-1.wav"))
    house.call("c", [Answered()])
    keeper = house.keeper()
    assert keeper.turn() == 1.0  # it looks again in a second
    assert house.kept() == ["a", "b"]
    assert house.waiting() == [] and house.waiting(f"{OPEN}/w1-a") == ["c"]
    assert house.row("b")["host"] == "here"
    assert [message["file"] for message in house.row("b")["messages"]] == ["b-1.wav"]


def test_many_calls_are_kept_in_one_turn(house: House) -> None:
    for number in range(250):
        house.call(f"{number:03}")
    house.keeper().turn()
    assert len(house.kept()) == 250


def test_what_was_kept_before_a_crash_is_kept_once(house: House) -> None:
    house.call("a")
    house.keeper().turn()
    house.call("a")  # its marker was left, as by a keeper killed after the commit
    house.keeper().turn()
    assert house.kept() == ["a"] and house.waiting() == []


def test_an_absent_database_is_waited_for(
    house: House, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    house.url = f"sqlite:///{tmp_path}/not/yet/calls.db"
    house.call("a")
    keeper = house.keeper()
    pauses = []
    with caplog.at_level(logging.INFO, "ivr.store"):
        for _ in range(8):
            pauses.append(keeper.turn())
            assert keeper.turn() == pauses[-1]  # not one attempt before its time
            house.now += pauses[-1]
        (tmp_path / "not/yet").mkdir(parents=True)
        assert keeper.turn() == 1.0
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30]
    assert house.kept() == ["a"]
    assert caplog.text.count("records wait in") == 1
    assert caplog.text.count("records are kept again") == 1


def test_a_database_that_is_gone_while_it_is_served_is_made_again(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = house.keeper()
    keeper.turn()
    for file in house.folder.glob("calls.db*"):
        file.unlink()
    house.call("a")
    house.now += keeper.turn()
    keeper.turn()
    assert house.kept() == ["a"] and house.waiting() == []
    assert caplog.text.count("no such table") == 1


def test_a_journal_of_which_nothing_can_be_made_does_not_stop_the_others(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.call("a").write_text("\0\0\0\0")
    house.call("b").unlink()
    house.call("c")
    house.keeper().turn()
    assert house.kept() == ["c"]
    assert house.waiting() == [] and sorted(house.waiting(BROKEN)) == ["a", "b"]
    assert "no record of call a" in caplog.text and "No such file" in caplog.text


def test_a_record_that_the_database_refuses_does_not_stop_the_others(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = house.keeper()
    keeper.turn()
    refuse_inserts(house, "mallory")
    house.call("a")
    house.call("b", caller="mallory")
    house.call("c")
    keeper.turn()
    assert house.kept() == ["a", "c"]
    assert house.waiting(BROKEN) == ["b"] and "not him" in caplog.text


def test_what_a_dead_worker_left_is_closed_with_the_cause(house: House) -> None:
    house.call("a", [Answered()])
    house.call("b", voicemail("b-1.wav")[:2])
    house.call("c", [Answered()], life="w2-b")
    house.message("b")  # these were put in place after the worker had died
    house.recording("b")
    torn = house.call("d", [Answered()])
    torn.write_text(torn.read_text()[:-20])
    keeper = house.keeper()
    keeper.bury("w1-a", "worker killed by signal 9", died=NOON + 7)
    keeper.turn()
    assert house.kept() == ["a", "b", "d"]
    row = house.row("a")
    assert (row["ended_by"], row["reason"]) == ("worker", "worker killed by signal 9")
    assert row["seconds"] == 7.0
    ended = json.loads(torn.read_text().splitlines()[-1])
    assert set(ended) == {"at", "event", *EVENTS["hung_up"]}
    message, whole = house.row("b")["messages"]
    assert (message["file"], message["seconds"], message["reason"]) == ("b-1.wav", 3.0, "crash")
    assert (whole["kind"], whole["name"], whole["consent"]) == ("call", "all", "recorded")
    assert keeper.spool.lives() == ["w2-b"]


def test_a_death_that_nobody_saw_ends_its_calls_with_their_last_line(house: House) -> None:
    house.call("a", voicemail("a-1.wav")[:2])
    over = house.call("b", [Answered()])
    with over.open("a") as journal:  # killed between the last line and the marker's move
        journal.write(json.dumps({"at": 3.0, "event": "hung_up", "by": "caller"}) + "\n")
    keeper = house.keeper()
    keeper.bury("w1-a", "supervisor killed")
    keeper.turn()
    assert house.row("a")["seconds"] == 2.0
    assert (house.row("b")["ended_by"], house.row("b")["reason"]) == ("caller", "")


def test_messages_that_cannot_be_repaired_do_not_stop_a_burial(house: House) -> None:
    def repair() -> None:
        raise PermissionError(13, "Permission denied")

    house.call("a", [Answered()])
    keeper = house.keeper(repair=repair)
    keeper.bury("w1-a", "worker hung")
    keeper.turn()
    assert house.row("a")["reason"] == "worker hung"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_the_file_gets_what_the_database_has(house: House, tmp_path: Path) -> None:
    file = JsonLines(tmp_path / "out/calls.jsonl", tmp_path / "memory")
    keeper = house.keeper(file=file)
    house.call("a", voicemail("a-1.wav"))
    keeper.turn()
    keeper.turn()
    assert lines(file.path) == [as_json(house.row("a"))]


def test_a_full_disk_keeps_records_waiting(house: House, tmp_path: Path) -> None:
    house.call("a")
    file = JsonLines(tmp_path / "calls.jsonl", tmp_path / "memory")
    keeper = house.keeper(file=file)
    with full_disk(100):
        assert keeper.turn() == 1.0
    assert house.waiting() == ["a"]
    house.now += 1
    keeper.turn()
    assert house.kept() == ["a"] and len(lines(file.path)) == 1
    assert house.waiting() == []


def test_a_file_that_cannot_be_written_keeps_records_waiting(house: House, tmp_path: Path) -> None:
    house.call("a")
    file = JsonLines(tmp_path / "calls.jsonl", tmp_path / "memory")
    file.path.mkdir()
    keeper = house.keeper(file=file)
    assert keeper.turn() == 1.0
    assert house.kept() == ["a"] and house.waiting() == ["a"]
    file.path.rmdir()
    house.now += 1
    keeper.turn()
    assert len(lines(file.path)) == 1 and house.waiting() == []


def test_what_is_old_is_deleted_once_a_day(house: House) -> None:
    keeper = house.keeper(keep_days=30)
    ago = timedelta(days=31).total_seconds()
    old, new = house.call("a", wall=NOON - ago), house.call("b")
    was, still = house.message("a"), house.message("b")
    for wav, moment in ((was, NOON - ago), (still, NOON)):
        for file in (wav, wav.with_suffix(".json")):
            os.utime(file, (moment, moment))
    keeper.turn()
    assert house.kept() == ["b"]
    assert not old.exists() and new.exists()
    assert sorted(path.name for path in house.messages.iterdir()) == ["b-1.json", "b-1.wav"]
    house.now += 31 * 86400 - 1
    keeper.turn()
    assert house.kept() == []


def test_without_a_limit_nothing_is_deleted(house: House) -> None:
    house.call("a", wall=datetime(2001, 1, 1, tzinfo=UTC).timestamp())
    house.keeper().turn()
    assert house.kept() == ["a"]


def test_in_a_thread_of_its_own(house: House) -> None:
    keeper = house.keeper()
    keeper.start()
    house.call("a")
    house.call("b", [Answered()])
    keeper.bury("w1-a", "worker hung")
    assert keeper.stop(30)
    assert house.kept() == ["a", "b"]
