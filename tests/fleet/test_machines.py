"""Two machines, one front before both, one database: and one of the two is killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.sip.peer import Dialog
from tests.store.postgresql import Server

from .machines import Network
from .town import Town

pytestmark = [pytest.mark.line, pytest.mark.alone]

CALLS = 8  # of each machine
CALLER, FIRST, SECOND = range(3)


@pytest.fixture
def network() -> Iterator[Network]:
    network = Network(3)
    yield network
    network.remove()


@pytest.fixture
def database(network: Network) -> Iterator[str]:
    """On the machine of nobody who is killed."""
    with network.inside(CALLER) as address:
        server = Server(27490, address)
        try:
            server.start()
            yield server.database("ivr")
        finally:
            server.stop()
            server.remove()


def of(calls: list[Dialog], address: str) -> list[Dialog]:
    """Those whose sound comes from there."""
    return [call for call in calls if call.sends_to == address]


def test_one_of_two_machines_is_killed_under_load(
    network: Network, database: str, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        towns = []
        for number, other in ((FIRST, SECOND), (SECOND, FIRST)):
            with network.inside(number) as address:
                folder = tmp_path / str(number)
                folder.mkdir()
                peers = f'{{"{network.address(other)}:5060": {CALLS}}}'
                towns.append(
                    Town(
                        folder, CALLS, SIP__ADDRESS=address, SIP__PORT=5060, PEERS=peers,
                        RECORDS__DATABASE=database,
                    )
                )  # fmt: skip
            stack.callback(towns[-1].close)
        first, second = towns
        with network.inside(CALLER) as address:
            first.callers_from(address)
            calls = first.up(2 * CALLS)
            here = of(calls, network.address(FIRST))
            there = of(calls, network.address(SECOND))
            assert len(here) == len(there) == CALLS

            for pid in network.pids(SECOND):
                os.kill(pid, signal.SIGKILL)
            assert all(first.is_heard(call) for call in here)
            first.end(here)
            fresh = first.up(CALLS)
            assert of(fresh, network.address(FIRST)) == fresh
            first.end(fresh)
        with network.inside(SECOND):
            second.start()
        with network.inside(CALLER):
            tried = 0
            while True:  # until the front has heard of it again
                (call,) = first.up(1)
                first.end([call])
                tried += 1
                if of([call], network.address(SECOND)):
                    break
            again = first.up(2 * CALLS)
            assert len(of(again, network.address(SECOND))) == CALLS
            first.end(again)
            records = first.records(5 * CALLS + tried)
            cut = [record for record in records if record["ended_by"] == "worker"]
            assert len(cut) == CALLS
            assert {r["ended_by"] for r in records if r not in cut} == {"caller"}
