"""What goes wrong, and what it costs: the calls concerned, and no others."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.sip.peer import Dialog

from .conftest import Found
from .town import Town, children, command

pytestmark = pytest.mark.line


def of(calls: list[Dialog], worker: dict[str, object]) -> list[Dialog]:
    return [call for call in calls if call.uri.endswith(f":{worker['port']}")]


def full_again(here: Town, calls: int, lost: str) -> None:
    """Until the fleet has so many ready workers, without the life that was lost."""

    def full() -> bool:
        lives = [worker["life"] for worker in here.workers()]
        return len(lives) == calls // 4 and lost not in lives

    here.peer.expect(full, "all workers are back", 30)


def test_a_worker_that_is_killed_takes_its_own_calls_only(town: Found) -> None:
    here = town(12)
    calls = here.up(9)
    victim = here.worker_of(calls[0])
    lost = of(calls, victim)
    os.kill(victim["pid"], signal.SIGKILL)
    full_again(here, 12, victim["life"])
    rest = [call for call in calls if call not in lost]
    assert all(here.is_heard(call) for call in rest)
    rest += here.up(12 - len(rest))  # its places are counted as free
    here.end(rest)
    records = here.records(12 + len(lost))
    cut = [record for record in records if record["ended_by"] == "worker"]
    assert len(cut) == len(lost)
    assert {record["reason"] for record in cut} == {"worker killed by SIGKILL"}
    metrics = here.asks("/metrics")
    assert "ivr_worker_restarts_total 1.0" in metrics


def test_a_worker_that_stands_still_is_replaced(town: Found) -> None:
    here = town(8, FLEET__HUNG_AFTER=2)
    calls = here.up(4)
    victim = here.worker_of(calls[0])
    lost = of(calls, victim)
    os.kill(victim["pid"], signal.SIGSTOP)
    here.says("worker hung")
    full_again(here, 8, victim["life"])
    rest = [call for call in calls if call not in lost] + here.up(4)
    here.end(rest)
    records = here.records(4 + 4)
    assert sum(record["reason"] == "worker hung" for record in records) == len(lost)


def test_callers_do_not_notice_a_worker_that_stands_still(town: Found) -> None:
    """The front passes it over before anybody knows that it hangs."""
    here = town(8, FLEET__HUNG_AFTER=30)
    victim = here.workers()[0]
    os.kill(victim["pid"], signal.SIGSTOP)
    calls = here.up(4)
    assert not of(calls, victim)
    here.end(calls)
    os.kill(victim["pid"], signal.SIGCONT)


def test_a_flow_that_hangs_in_c_is_ended_with_its_worker(town: Found) -> None:
    here = town(8, FLEET__HUNG_AFTER=2)
    (neighbour,) = here.up(1)
    kept = here.worker_of(neighbour)["life"]
    [victim] = [w for w in here.workers() if w["life"] != kept]  # it has fewer calls
    here.up(1, "hangs")
    flow = r"flows/hangs\.py:8"  # the line of its state that does not end
    here.says(rf"worker hung; killed at {flow}")
    here.says(r"1 calls cut off: worker hung: \d+-\d+-\w+")
    full_again(here, 8, victim["life"])
    assert here.is_heard(neighbour)
    here.end([neighbour])


@pytest.mark.parametrize("user", ["raises", "loops", "blocks"])
def test_a_flow_that_misbehaves_ends_its_own_call(here: Town, user: str) -> None:
    calls = here.up(8 - 1)
    (bad,) = here.up(1, user)
    here.hears(bad, "sorry")
    here.peer.expect(lambda: bad.got("BYE"), "BYE")
    assert all(here.is_heard(call) for call in calls)
    here.end(calls)
    ends = [record["ended_by"] for record in here.records(8)]
    assert sorted(ends) == ["caller"] * 7 + ["error"]


def test_the_supervisor_is_killed(town: Found) -> None:
    """Its workers finish their calls; the next supervisor takes over."""
    here = town(8)
    calls = here.up(3)
    here.server.kill()
    here.says("the supervisor is gone")
    between = here.up(1)
    calls += between
    assert all(here.is_heard(call) for call in calls)
    here.start()
    assert all(here.is_heard(call) for call in calls)
    fresh = here.up(8)  # there is room for as many as before
    here.end(calls + fresh)
    assert {record["ended_by"] for record in here.records(12)} == {"caller"}


def test_the_front_is_killed(here: Town) -> None:
    """Calls go on, and it counts them when it is back."""
    calls = here.up(6)
    (pid,) = [p for p in children(here.server.pid) if "kamailio" in command(p)]
    os.kill(pid, signal.SIGKILL)
    here.says("the front is gone")
    here.says(f"the front runs: pid (?!{pid})")
    assert all(here.is_heard(call) for call in calls)
    calls += here.up(2)
    ninth = here.peer.call("stay")
    here.peer.expect(ninth.final, "an answer")
    assert (final := ninth.final()) and final.code == 503
    here.end(calls)
    here.end(here.up(8))
    assert {record["ended_by"] for record in here.records(16)} == {"caller"}


def test_the_front_hangs(town: Found) -> None:
    """Calls go on; nobody comes in until it is noticed, and then as before."""
    here = town(8, FLEET__HUNG_AFTER=2)
    calls = here.up(3)
    (pid,) = [p for p in children(here.server.pid) if "kamailio" in command(p)]
    for each in (pid, *children(pid)):
        os.kill(each, signal.SIGSTOP)
    here.says("the front has not answered for 2 s")
    here.says(f"the front runs: pid (?!{pid})")
    assert all(here.is_heard(call) for call in calls)
    here.end(calls + here.up(5))


@pytest.mark.alone
def test_a_flood(town: Found) -> None:
    """300 INVITEs a second for ten seconds: those that talk go on, and nobody falls over."""
    here = town(8, FRONT__REQUESTS_PER_SECOND=5000)
    calls = here.up(5)
    codes = here.flood("stay", rate=300, seconds=10)
    assert codes[200] > 100 and codes[200] + codes[503] == 3000
    assert all(here.is_heard(call) for call in calls)
    assert "ivr_worker_restarts_total 0.0" in here.asks("/metrics")
    here.end(calls)
    here.peer.run(None, 2)  # the front counts by the second
    here.end(here.up(8))


@pytest.mark.parametrize("wrong", ["FRONT__USERS", "CONTROL__TOKEN_FILE"])
def test_a_server_that_cannot_begin_leaves_nobody_behind(town: Found, wrong: str) -> None:
    here = town(8)
    here.server.send_signal(signal.SIGTERM)
    here.peer.expect(lambda: here.server.poll() is not None, "its end", 40)
    here.environment[f"IVR_{wrong}"] = str(here.folder)
    began = subprocess.run(
        [sys.executable, "-m", "ivr", "serve"], cwd=here.folder, env=here.environment,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert began.returncode and str(here.folder) in began.stderr
    del here.environment[f"IVR_{wrong}"]
    here.start()
    assert "of a server that was killed" not in here.log.read_text()
