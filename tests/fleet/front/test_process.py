"""The front as a process: started, told of workers, killed, taken over, ended."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ivr.fleet.front import Front, FrontError, check, missing
from ivr.fleet.front.program import leftovers
from ivr.fleet.front.render import CONFIGURATION

from ...sip.peer import LOCAL
from .exchange import PORT, Exchange, Uas

pytestmark = pytest.mark.line


def test_a_new_life_begins_at_zero_and_others_keep_their_counts(
    serve: Callable[..., Exchange],
) -> None:
    hall = serve(workers=3)
    calls = [hall.caller.up() for _ in range(6)]
    assert hall.loads == [2, 2, 2]
    hall.workers[0].life = "w0-2"  # it was killed, and another is in its place
    hall.run(hall.front.publish(hall.destinations))
    assert hall.loads == [0, 2, 2]
    hall.caller.up()
    hall.caller.up()
    assert hall.loads == [2, 2, 2]
    for call in calls:  # those of the dead life count for nobody
        call.bye()
    hall.counts(2, 0, 0)


def test_workers_come_and_go(serve: Callable[..., Exchange]) -> None:
    hall = serve(workers=0)
    for number in range(3):
        hall.workers.append(Uas(number))
        hall.join(hall.workers[-1])
        hall.run(hall.front.publish(hall.destinations))
        hall.caller.up()
        hall.caller.up()
    assert hall.loads == [2, 2, 2]
    gone = hall.workers.pop(1)
    hall.run(hall.front.publish(hall.destinations))
    assert hall.loads == [2, 2]
    gone.calls[0].bye()
    hall.caller.expect(lambda: gone.calls[0].final("BYE"), "a call of one who left ends")
    hall.run(hall.front.publish([]))
    assert hall.final(hall.caller.call()).code == 503
    hall.run(hall.front.publish(hall.destinations))
    assert hall.final(hall.caller.call()).code == 200


def test_a_room_that_grows(hall: Exchange) -> None:
    hall.run(hall.front.publish([replace(each, maxload=1) for each in hall.destinations]))
    # One after the other: two that come at once may be counted after both were placed.
    assert [hall.final(hall.caller.call()).code for _ in range(3)] == [200, 200, 503]
    hall.run(hall.front.publish(hall.destinations))
    assert hall.final(hall.caller.call()).code == 200


def test_killed_and_started_again_with_the_calls_that_run(hall: Exchange) -> None:
    calls = [hall.caller.up() for _ in range(7)]
    assert hall.loads == [4, 3]
    os.kill(hall.front.pid, signal.SIGKILL)
    assert hall.run(hall.front.wait()) == -signal.SIGKILL
    assert hall.front.pid == 0
    running = [(call.id, worker.life) for worker in hall.workers for call in worker.calls]
    hall.start(running)
    assert hall.loads == [4, 3]
    assert hall.final(hall.caller.call()).code == 200
    assert hall.final(hall.caller.call()).code == 503
    for call in calls[:4]:
        call.bye()
    for served in (*hall.workers[0].calls, *hall.workers[1].calls):
        if not served.over:
            served.bye()
    hall.counts(0, 0)
    hall.caller.expect(lambda: all(call.over for call in calls), "all callers are told")


def test_killed_and_started_again_without_knowing(hall: Exchange) -> None:
    """Workers that are full say so, and their calls end as ever."""
    first = [hall.caller.up() for _ in range(4)]
    os.kill(hall.front.pid, signal.SIGKILL)
    hall.run(hall.front.wait())
    hall.start()
    hall.workers[0].says = [(503, "X-IVR-Next: 1")]
    second = hall.caller.up()
    assert hall.loads == [0, 1]
    for call in (*first, second):
        call.bye()
    calls = [*first, second]
    hall.caller.expect(lambda: all(call.final("BYE") for call in calls), "each BYE is answered")
    assert hall.loads == [0, 0]


def test_a_child_that_is_killed_ends_the_front(hall: Exchange) -> None:
    """It is then started anew, rather than being half there."""
    running = set(leftovers(hall.folder / CONFIGURATION))
    assert hall.front.pid in running
    os.kill(max(running - {hall.front.pid}), signal.SIGKILL)
    hall.run(hall.front.wait())
    assert not leftovers(hall.folder / CONFIGURATION)
    hall.start()
    hall.caller.up()


def test_one_that_hangs_is_ended(hall: Exchange) -> None:
    async def watched(patience: float) -> int:
        watch = asyncio.create_task(hall.front.watch(patience))
        try:
            return await hall.front.wait()
        finally:
            watch.cancel()

    with pytest.raises(TimeoutError):  # it answers, also when it takes no calls
        hall.run(asyncio.wait_for(hall.front.watch(0.5), 2))
    hall.run(hall.front.publish([]))
    with pytest.raises(TimeoutError):
        hall.run(asyncio.wait_for(hall.front.watch(0.5), 2))
    for pid in leftovers(hall.folder / CONFIGURATION):
        os.kill(pid, signal.SIGSTOP)
    assert hall.run(watched(0.5)) == -signal.SIGKILL
    hall.start()
    hall.caller.up()


@pytest.mark.parametrize("alone", [False, True], ids=["front", "children"])
def test_the_next_supervisor_takes_over(hall: Exchange, alone: bool) -> None:
    call = hall.caller.up()
    old, before = hall.front, leftovers(hall.folder / CONFIGURATION)
    if alone:
        os.kill(old.pid, signal.SIGKILL)
    hall.front = Front(hall.plan, hall.folder)
    hall.start([(call.id, hall.workers[0].life)])
    assert not set(before) & set(leftovers(hall.folder / CONFIGURATION))
    assert hall.loads == [1, 0]
    call.bye()
    hall.counts(0, 0)
    hall.run(old.wait())


def test_what_it_leaves_and_what_it_hides(hall: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.fleet.front.front.STOP_LIMIT", 20.0)  # it ends by itself, if later
    files = {path.name: path.stat().st_mode & 0o777 for path in hall.folder.iterdir()}
    assert files == {"kamailio.cfg": 0o600, "dispatcher.list": 0o600, "rpc.sock": 0o600}
    hall.run(hall.front.stop())
    assert not leftovers(hall.folder / CONFIGURATION)
    assert hall.run(hall.front.wait()) == 0
    hall.run(hall.front.stop())  # once is enough


def test_a_port_that_is_taken(serve: Callable[..., Exchange]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind((LOCAL, PORT))
        with pytest.raises(FrontError, match=r"did not start: .*Address already in use"):
            serve()


def test_a_program_that_is_not_there(serve: Callable[..., Exchange]) -> None:
    assert missing() == ""
    assert "apt-get install kamailio" in missing("kamailio-of-nowhere")
    with pytest.raises(FrontError, match="apt-get install kamailio"):
        serve(program="kamailio-of-nowhere")


def test_a_configuration_that_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "kamailio.cfg"
    path.write_text("debug=0\nrequest_route { dance(); }\n", encoding="utf-8")
    with pytest.raises(FrontError, match=r"kamailio.cfg:2:.* unknown command"):
        asyncio.run(check("kamailio", path))


def test_telling_it_of_workers_while_it_does_not_run(tmp_path: Path, hall: Exchange) -> None:
    hall.run(hall.front.stop())
    hall.run(hall.front.publish(hall.destinations))
    with pytest.raises(FrontError, match="does not answer"):
        hall.run(hall.front.loads())
