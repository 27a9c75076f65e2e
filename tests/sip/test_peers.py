"""The line against programs that are not ours: SIPp calls, tshark listens."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from ivr.engine.effects import Answer, Effect, HangUp, Play, Stop
from ivr.engine.events import Answered, Digit, Event, HungUp, Offered

from .conftest import Line, Script, StartLine, memory

pytestmark = pytest.mark.line


def menu() -> Script:
    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Answered():
                return [Play(1, ("400x9",))]
            case Digit():
                return [Stop(1), Play(2, ("500x0.1",)), HangUp(after=2)]
        return []

    return script


def sipp(phone: Line, tmp_path: Path, calls: int, *options: str) -> None:
    """SIPp's own caller: INVITE, ACK, BYE; all of the calls must succeed."""
    command = [
        "sipp", "-sn", "uac", "-i", "127.0.0.1", "-m", str(calls), "-nostdin", "-d", "50",
        "-timeout", "60", "-timeout_error", *options, f"127.0.0.1:{phone.port}",
    ]  # fmt: skip
    with (
        (tmp_path / "sipp.out").open("w") as out,
        subprocess.Popen(command, cwd=tmp_path, stdout=out, stderr=subprocess.STDOUT) as process,
    ):
        phone.peer.run(lambda: process.poll() is not None, 70)
    assert process.returncode == 0, (tmp_path / "sipp.out").read_text()[-2000:]
    phone.peer.expect(lambda: len(phone.of(HungUp)) == len(phone.of(Offered)), "all over")


@pytest.mark.alone
def test_five_hundred_calls_leave_nothing_behind(line: StartLine, tmp_path: Path) -> None:
    # By TCP: over UDP the stack keeps each transaction for 32 s (RFC 3261 17.2.2), 30 kB a call.
    phone = line(menu)
    sipp(phone, tmp_path, 50, "-r", "28", "-l", "3", "-t", "t1")
    phone.peer.run(None, 2.5)  # until the sound device is off again
    before = memory(phone.pid)
    sipp(phone, tmp_path, 500, "-r", "28", "-l", "3", "-t", "t1")
    phone.peer.expect(lambda: memory(phone.pid)[1:] == before[1:], "threads and files as before")
    phone.expect(HungUp, count=550)
    grown = memory(phone.pid)[0] - before[0]
    assert grown < 4000, f"{grown} kB"


def test_sipp_by_tcp(line: StartLine, tmp_path: Path) -> None:
    phone = line(menu)
    sipp(phone, tmp_path, 5, "-t", "t1", "-r", "10", "-l", "3")
    phone.expect(Answered, count=5)


def test_barge_in_on_the_wire(line: StartLine, tmp_path: Path) -> None:
    phone = line(menu)
    capture = tmp_path / "call.pcap"
    tshark = ["tshark", "-i", "lo", "-q", "-w", str(capture), "-f", "udp"]
    with subprocess.Popen(tshark, stderr=subprocess.DEVNULL) as process:
        try:
            phone.peer.expect(lambda: capture.exists() and capture.stat().st_size, "tshark")
            call = phone.peer.up()
            phone.peer.expect(lambda: len(call.heard) > 20, "sound")
            call.press("5")
            phone.expect(HungUp)
            phone.peer.run(None, 0.3)
        finally:
            process.terminate()
    ours = call.rtp.getsockname()[1]
    fields = ["-T", "fields", "-e", "frame.time_epoch", "-e", "udp.dstport", "-e", "rtp.p_type",
              "-e", "rtp.payload"]  # fmt: skip
    rows = subprocess.run(
        ["tshark", "-r", str(capture), "-d", f"udp.port=={ours},rtp", *fields],
        check=True, capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    packets = [row.split("\t") for row in rows if row.count("\t") == 3]
    key = min(float(at) for at, port, kind, _ in packets if kind == "101" and port != str(ours))
    heard = [(float(at), load) for at, port, kind, load in packets if port == str(ours)]
    before = {load for at, load in heard if at < key}
    late = [load for at, load in heard if at > key and load in before and set(load) - {"f", ":"}]
    assert before - {"f" * 320}, "the capture has the prompt"
    assert len(late) <= 1, "packets, which are 20 ms apart"
