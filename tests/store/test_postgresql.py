"""PostgreSQL: several machines, an outage under load, and a keeper that is killed."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from ivr.store import calls
from ivr.store.tables import metadata

from ..ports import keep
from .house import House, voicemail
from .postgresql import Server
from .test_database import upgraded_by

pytestmark = pytest.mark.line

PORT = keep(1)
names = count()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server(PORT)
    server.start()
    yield server
    server.stop()
    server.remove()


@pytest.fixture
def url(server: Server) -> str:
    return server.database(f"ivr{next(names)}")


@pytest.fixture
def house(tmp_path: Path, url: str) -> House:
    return House(tmp_path / "here", url)


def test_the_migrations_lead_to_the_tables(house: House) -> None:
    database = house.database()
    database.upgrade()
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_machines_that_start_at_once_upgrade_once(url: str) -> None:
    assert set(upgraded_by(url, 2)) <= {"True", "False"}
    assert upgraded_by(url, 1) == ["False"]


def test_any_machine_has_the_records_and_messages_of_all(
    house: House, url: str, tmp_path: Path
) -> None:
    there = House(tmp_path / "there", url, "there")
    wav = there.message("b")
    there.call("b", voicemail(str(wav)))
    there.call("c", voicemail("lost.wav"))
    there.call("d", voicemail("d-1.wav")[:2])
    there.recording("d")
    there.spool.bury("w1-a", "hung", None)
    house.call("a")
    for machine in (house, there):
        machine.keeper().turn()
    assert house.kept() == ["a", "b", "c", "d"]
    assert (house.row("a")["host"], house.row("b")["host"]) == ("here", "there")
    with house.database().reading() as connection:
        assert calls.audio_of(connection, "b", 1) == wav.read_bytes()
        assert calls.audio_of(connection, "c", 1) is None
        assert calls.audio_of(connection, "d", 1) is None  # hours of sound stay where they are
        assert calls.find(connection, calls.Filter(caller="alice"), 1)[0]["id"] == "d"


def test_no_text_of_a_caller_is_too_odd(house: House) -> None:
    journal = house.call("a", caller="\0 \udc80 ' %s \\")
    media = {"dtmf": "\0", "jitter_ms": 1e308, "packets_lost": 10**400, "odd": float("nan")}
    text = journal.read_text().replace('"media": {}', f'"media": {json.dumps(media)}')
    journal.write_text(text)
    house.keeper().turn()
    assert house.kept() == ["a"]
    assert house.row("a")["caller"] == "\ufffd ? ' %s \\"
    assert house.row("a")["media"]["packets_lost"] == 10**400


class Machine:
    """A keeper and some workers, each a process."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.keeper = self._start("keeper", house.url, house.host)
        self.workers = [self._start("worker", f"{house.host}-w{n}") for n in range(2)]
        self.taken = 0

    def _start(self, what: str, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.store.processes", what, str(self.house.folder)]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [*command, *arguments], stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True
        )

    def kill_keeper(self) -> None:
        """And start another."""
        self.keeper.kill()
        self.keeper.communicate()
        self.keeper = self._start("keeper", self.house.url, self.house.host)

    def take(self, calls: int) -> None:
        """Have each worker take calls; returns at once."""
        for worker in self.workers:
            assert worker.stdin
            worker.stdin.write(f"{calls}\n")
            worker.stdin.flush()
        self.taken += calls

    def has_taken(self) -> None:
        """Wait until all calls so far are over."""
        for worker in self.workers:
            assert worker.stdout
            while int(worker.stdout.readline()) < self.taken:
                pass

    def calls(self) -> list[str]:
        return sorted(
            f"{self.house.host}-w{n}-{taken:05}"
            for n in range(2)
            for taken in range(1, self.taken + 1)
        )

    def written(self) -> list[str]:
        """The ids in the file, sorted."""
        text = (self.house.folder / "calls.jsonl").read_text()
        return sorted(json.loads(line)["id"] for line in text.splitlines())

    def stop(self) -> None:
        for process in (self.keeper, *self.workers):
            process.kill()
            process.communicate()


def until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_an_outage_under_load_and_killed_keepers_lose_nothing_and_double_nothing(
    house: House, url: str, server: Server, tmp_path: Path
) -> None:
    there = House(tmp_path / "there", url, "there")
    house.database().upgrade()
    here, other = Machine(house), Machine(there)
    try:
        for machine in (here, other):
            machine.take(100)
        until(lambda: len(house.kept()) > 60)
        here.kill_keeper()
        server.stop()
        for machine in (here, other):
            machine.take(200)
        until(lambda: len(house.waiting()) > 150)
        here.kill_keeper()
        for machine in (here, other):
            machine.has_taken()
        waited = len(house.waiting()) + len(there.waiting())
        server.start()
        kept = len(house.kept())
        for machine in (here, other):
            machine.take(150)
        until(lambda: len(house.kept()) > kept + 60)
        here.kill_keeper()
        other.kill_keeper()
        for machine in (here, other):
            machine.has_taken()
        until(lambda: not house.waiting() and not there.waiting())
        assert waited > 400
        assert house.kept() == sorted(here.calls() + other.calls())
        until(lambda: len(here.written()) == len(here.calls()))
        assert here.written() == here.calls() and other.written() == other.calls()
    finally:
        here.stop()
        other.stop()
