"""A fleet serves: calls are spread, refused when all is full, and end on both sides."""

from __future__ import annotations

import subprocess
import sys

import pytest

from .conftest import Found
from .town import Town

pytestmark = pytest.mark.line


def test_a_full_house(here: Town) -> None:
    calls = here.up(8)
    ports = [call.uri.rpartition(":")[2] for call in calls]
    assert sorted(ports.count(port) for port in set(ports)) == [4, 4]
    for call in calls:
        here.hears(call, "hello")
    ninth = here.peer.call("stay")
    here.peer.expect(ninth.final, "an answer")
    answer = ninth.final()
    assert answer and answer.code == 503
    assert answer.header("retry-after") == "5" and not answer.header("x-ivr-next")
    here.end(calls[:2])
    calls = calls[2:] + here.up(2)
    here.end(calls)
    records = here.records(10)
    assert {record["ended_by"] for record in records} == {"caller"}
    metrics = here.asks("/metrics")
    assert 'ivr_calls_offered_total{flow="stay"} 10.0' in metrics


@pytest.mark.parametrize(("user", "code"), [("busy", 486), ("overloaded", 503)])
def test_a_flows_own_code_reaches_the_caller_and_ran_once(here: Town, user: str, code: int) -> None:
    call = here.peer.call(user)
    here.peer.expect(call.final, "an answer")
    answer = call.final()
    assert answer and answer.code == code
    (record,) = here.records(1)
    assert (record["ended_by"], record["code"]) == ("flow", code)


def test_calls_finish_while_the_server_ends(town: Found) -> None:
    here = town(8, DRAIN_SECONDS=20)
    (call,) = here.up(1)
    here.server.terminate()
    here.says("no new calls; 1 to finish")
    late = here.peer.call("stay")
    here.peer.expect(late.final, "an answer")
    assert (final := late.final()) and final.code == 503
    here.hears(call, "hello")
    here.end([call])
    here.peer.expect(lambda: here.server.poll() == 0, "the end")
    here.start()
    assert here.records(1)[0]["ended_by"] == "caller"


def test_doctor_beside_the_server_knows_whose_ports_are_taken(town: Found) -> None:
    here = town(8)
    said = subprocess.run(
        [sys.executable, "-m", "ivr", "doctor"], cwd=here.folder, env=here.environment,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert "ok   server: it runs, with 2 workers ready" in said.stdout
    assert "in use" not in said.stdout.replace("ports that are in use are its own", "")
