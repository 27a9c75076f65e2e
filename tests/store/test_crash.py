"""A keeper that dies at any step whatever: what comes after it finishes, once."""

import json
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from ivr.store.json_lines import JsonLines
from ivr.store.keeper import Keeper

from .house import House, voicemail

STEPS = ("open", "os.rename", "os.remove", "os.mkdir", "os.truncate", "sqlite3.connect")


def dies(do: Callable[[], object], at: int) -> bool:
    """Do it in a process that dies before its step number *at*; False: it had fewer steps."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    steps = 0

    def step(event: str, arguments: object) -> None:
        nonlocal steps
        steps += event in STEPS
        if steps == at:
            os._exit(9)

    sys.addaudithook(step)
    do()
    os._exit(0)


def keeper_of(house: House) -> Keeper:
    return house.keeper(file=JsonLines(house.folder / "calls.jsonl", house.folder / "memory"))


def test_every_record_arrives_once(tmp_path: Path) -> None:
    at = 0
    died = True
    while died:
        at += 1
        house = House(tmp_path / f"{at}")
        house.call("a")
        keeper_of(house).turn()
        house.call("b", voicemail("b-1.wav"))
        house.call("c")
        died = dies(keeper_of(house).turn, at)
        keeper_of(house).turn()
        text = (house.folder / "calls.jsonl").read_text()
        assert [json.loads(line)["id"] for line in text.splitlines()] == ["a", "b", "c"], at
        assert house.kept() == ["a", "b", "c"] and house.waiting() == []
        assert len(house.row("b")["messages"]) == 1
    assert at > 12


def test_every_call_of_a_dead_worker_is_closed_once(tmp_path: Path) -> None:
    at = 0
    died = True
    while died:
        at += 1
        house = House(tmp_path / f"{at}")
        for call in "ab":
            house.call(call, voicemail(f"{call}-1.wav")[:2])
            house.message(call)
        died = dies(partial(house.spool.bury, "w1-a", "hung", None), at)
        house.spool.bury("w1-a", "hung", None)
        house.keeper().turn()
        assert house.kept() == ["a", "b"] and house.spool.lives() == []
        for call in "ab":
            assert len(house.row(call)["messages"]) == 1
    assert at > 6
