"""What is served changes while it is served: by a fleet, and by a worker on its own."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from itertools import chain

import pytest

from tests.sip.peer import Dialog

from .town import FLOWS, TONES, Town, children, command

pytestmark = pytest.mark.line

HELLO = FLOWS["stay"]
AGAIN = HELLO.replace("hello", "again") if HELLO else ""
SCENARIO = """
ivr: 1
flow: stay.yaml
scenarios:
  greeted:
    steps: [{hears: hello}]
"""


@pytest.fixture(scope="module", params=[4, 8])
def here(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    town = Town(tmp_path_factory.mktemp("town"), request.param)
    yield town
    assert town.close() == 0
    assert "Traceback" not in town.log.read_text()


@pytest.fixture(autouse=True)
def as_before(here: Town) -> Iterator[None]:
    here.log.write_text("")
    yield
    (here.folder / "flows/stay.test.yaml").unlink(missing_ok=True)
    if (here.folder / "flows/stay.yaml").read_text() != here.flow("stay", HELLO or ""):
        serve(here, HELLO or "")


def serve(here: Town, verbs: str) -> None:
    """Have new calls meet this flow."""
    before = here.log.read_text().count("ivr.supervisor reloaded")
    here.write_flow("stay", verbs)
    here.peer.expect(
        lambda: here.log.read_text().count("ivr.supervisor reloaded") > before, "news", 20
    )


def heard(here: Town, call: Dialog) -> set[str]:
    here.peer.expect(call.tones, "a prompt")
    return {name for name, hertz in TONES.items() if hertz in [tone[0] for tone in call.tones()]}


def test_new_calls_meet_the_new_flow_and_old_calls_keep_theirs(here: Town) -> None:
    (before,) = here.up(1)
    serve(here, AGAIN)
    after = here.up(here.calls - 1)
    assert {frozenset(heard(here, call)) for call in after} == {frozenset(["again"])}
    assert heard(here, before) == {"hello"}
    here.end([before, *after])
    records = here.records_of([before, *after])
    assert len({record["version"] for record in records}) == 2


def test_a_bad_file_never_loads(here: Town) -> None:
    here.write_flow("stay", "[answer, {sya: again}]")
    here.says("not reloaded: .*stay.yaml:6:.*sya")
    calls = here.up(here.calls)
    assert heard(here, calls[0]) == {"hello"}
    here.end(calls)


def test_a_setting_that_takes_a_restart(here: Town) -> None:
    settings = here.folder / "ivr.yaml"
    before = settings.read_text()
    settings.write_text(before[:-1] + ', "drain_seconds": 7, "sip": {"retry_after": 9}}')
    here.says("not reloaded: changed in the settings: sip; that takes a restart")
    settings.write_text(before)
    here.says("ivr.supervisor reloaded")


def test_a_route_more(here: Town) -> None:
    settings = here.folder / "ivr.yaml"
    before = settings.read_text()
    more = json.loads(before)
    more["routes"] = {"0": next(iter(more["routes"].values())), **more["routes"]}
    settings.write_text(json.dumps(more))
    here.says("ivr.supervisor reloaded")
    (call,) = here.up(1, "0")
    here.end([call])


def test_a_failing_scenario_keeps_a_flow_from_being_loaded(here: Town) -> None:
    (here.folder / "flows/stay.test.yaml").write_text(SCENARIO)
    here.write_flow("stay", AGAIN)
    here.says("not reloaded: .*greeted")
    (call,) = here.up(1)
    assert heard(here, call) == {"hello"}
    here.end([call])


def test_sighup_replaces_every_worker_and_loses_no_call(here: Town) -> None:
    """With nothing changed, it is a rolling restart."""
    calls = here.up(here.calls // 2)
    lives = {worker["life"] for worker in here.workers()}
    here.server.send_signal(signal.SIGHUP)
    here.says("ivr.supervisor reloaded")
    if here.calls > 4:
        here.peer.expect(
            lambda: not lives & {worker["life"] for worker in here.workers()}, "all are new", 20
        )
    here.end(calls)
    assert {record["ended_by"] for record in here.records_of(calls)} == {"caller"}


def test_sighup_to_the_rest_of_the_fleet_ends_nobody(here: Town) -> None:
    """`pkill -HUP` and `systemctl kill` send it to every process."""
    calls = here.up(1)
    here.peer.expect(lambda: not here.workers("draining"), "the old workers have ended")
    templates = [pid for pid in children(here.server.pid) if "template" in command(pid)]
    for pid in [*templates, *chain(*map(children, templates))]:
        os.kill(pid, signal.SIGHUP)
    here.server.send_signal(signal.SIGHUP)
    here.says("ivr.supervisor reloaded")
    here.end(calls)
    assert {record["ended_by"] for record in here.records_of(calls)} == {"caller"}
    assert "is gone" not in here.log.read_text()
