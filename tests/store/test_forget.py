"""All of one caller, erased; and nothing of anybody else."""

import json
from pathlib import Path

import pytest

from ivr.engine.errors import SettingsError
from ivr.engine.events import Answered
from ivr.store.forget import Traces, erase, traces
from ivr.store.json_lines import JsonLines
from ivr.store.spool import BROKEN, DONE, WEBHOOK

from .house import House, voicemail

ALICE = "+4930555017"


@pytest.fixture
def file(tmp_path: Path) -> JsonLines:
    return JsonLines(tmp_path / "calls.jsonl", tmp_path / "memory")


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_nothing_of_a_caller_is_left(house: House, file: JsonLines) -> None:
    house.message("a", caller=ALICE)
    house.message("b", caller="bob")
    house.recording("a", caller=ALICE)
    house.call("a", voicemail("a-1.wav"), caller=ALICE)
    house.call("b", voicemail("b-1.wav"), caller="bob")
    keeper = house.keeper(file=file)
    keeper.turn()
    for stage, call in ((DONE, "c"), (WEBHOOK, "d"), (BROKEN, "e")):
        house.call(call, caller=ALICE)
        house.spool.move(call, DONE, stage)
    house.message("f", caller=ALICE)  # its call's record and journal are gone already
    assert ALICE.encode() in everything(house.folder)

    found = erase(ALICE, house.spool, house.database(), "here", file.path)

    assert found == Traces(frozenset("acdef"), frozenset(), 4, 3, 1, frozenset())
    keeper.turn()
    assert house.kept() == ["b"]
    left = everything(house.folder) + file.path.read_bytes()
    assert ALICE.encode() not in left and b"bob" in left
    assert [json.loads(line)["id"] for line in file.path.read_bytes().splitlines()] == ["b"]
    assert sorted(path.name for path in house.messages.iterdir()) == ["b-1.json", "b-1.wav"]
    assert not list(house.recordings.iterdir())
    assert house.waiting() == house.waiting(WEBHOOK) == house.waiting(BROKEN) == []
    assert traces(ALICE, house.spool, house.database(), "here").calls == frozenset()


def test_records_go_on_after_an_erasure(house: House, file: JsonLines) -> None:
    keeper = house.keeper(file=file)
    house.call("a", caller=ALICE)
    keeper.turn()
    erase(ALICE, house.spool, house.database(), "here", file.path)
    house.call("b")
    keeper.turn()
    assert house.kept() == ["b"]
    assert [json.loads(line)["id"] for line in file.path.read_bytes().splitlines()] == ["b"]


def test_a_call_that_is_not_over_is_left_alone_and_told_of(house: House) -> None:
    house.keeper().turn()
    journal = house.call("a", [Answered()], caller=ALICE)
    found = erase(ALICE, house.spool, house.database(), "here", None)
    assert found.live == frozenset("a") and found.calls == frozenset()
    assert journal.exists()


def test_other_machines_are_told_of(house: House, tmp_path: Path) -> None:
    there = House(tmp_path / "there", house.url, "there")
    there.call("x", caller=ALICE)
    there.keeper().turn()
    found = erase(ALICE, house.spool, house.database(), "here", None)
    assert (found.elsewhere, found.records) == (frozenset(["there"]), 1)
    assert house.kept() == []
    assert traces(ALICE, there.spool, there.database(), "there").journals == 1


def test_without_records_there_is_nothing_to_erase(house: House) -> None:
    with pytest.raises(SettingsError, match="there are no records yet"):
        erase(ALICE, house.spool, house.database(), "here", None)
    assert not Path(house.folder / "calls.db").exists()
