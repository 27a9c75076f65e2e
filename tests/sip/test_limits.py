"""More callers than places, and strangers who mean no good."""

from __future__ import annotations

import contextlib
import signal
import socket
from collections.abc import Sequence
from pathlib import Path

import pytest

from ivr.engine.effects import Answer, Effect, Play, Reject
from ivr.engine.events import Answered, Digit, Event, HungUp, Offered

from .conftest import Line, Script, StartLine
from .peer import LOCAL, Dialog, Peer

pytestmark = pytest.mark.line


def serves() -> Script:
    """Rejects who dials `no`, answers the others and plays to them for long."""

    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered(dialled="no"):
                return [Reject(486)]
            case Offered():
                return [Answer()]
            case Answered():
                return [Play(1, ("400x9",))]
        return []

    return script


def fill(phone: Line) -> list[Dialog]:
    return [phone.peer.up() for _ in range(phone.ready["capacity"])]


def final(peer: Peer, call: Dialog) -> int:
    peer.expect(call.final, "a final answer")
    message = call.final()
    assert message
    return message.code


def test_a_call_beyond_the_limit_hears_503_and_when_to_come_back(line: StartLine) -> None:
    phone = line(serves, retry_after=7)
    assert phone.ready["shim"] == "active"
    calls = fill(phone)
    late = [phone.peer.call() for _ in range(20)]
    assert {final(phone.peer, call) for call in late} == {503}
    message = late[0].final()
    assert message and message.header("retry-after") == "7"
    phone.expect(Offered, count=len(calls))
    assert len(phone.of(Offered)) == len(calls)
    calls[0].bye()
    phone.expect(HungUp)
    assert phone.peer.up()


def test_without_the_shim_one_place_is_kept_to_say_so(line: StartLine) -> None:
    full = line(serves)
    phone = line(serves, shim=False, retry_after=9)
    assert phone.ready == {"capacity": full.ready["capacity"] - 1, "shim": "switched off"}
    fill(phone)
    late = phone.peer.call()
    assert final(phone.peer, late) == 503
    message = late.final()
    assert message and message.header("retry-after") == "9"


@pytest.mark.parametrize("shim", [True, False])
def test_a_burst_of_invites_does_not_end_the_process(line: StartLine, shim: bool) -> None:
    phone = line(serves, shim=shim)
    talking = phone.peer.up()
    phone.expect(Answered)
    burst = [phone.peer.call("no") for _ in range(100)]
    talking.press("5")
    phone.expect(Digit)
    phone.peer.expect(lambda: all(call.final() for call in burst), "answers to all", 20)
    codes = {call.status() for call in burst}
    assert codes <= {486, 503} and 486 in codes
    assert phone.alive()
    talking.bye()
    phone.expect(HungUp)
    assert phone.peer.run(lambda: final(phone.peer, phone.peer.call("no")) == 486, 10)


@pytest.mark.parametrize("shim", [True, False])
def test_a_burst_of_impossible_offers(line: StartLine, shim: bool) -> None:
    phone = line(serves, shim=shim)
    offer = (
        phone.peer.call(send=False)
        .sdp.replace("AVP 0 101", "AVP 18")
        .replace(":0 PCMU", ":18 G729")
    )
    burst = [phone.peer.call("no", body=offer) for _ in range(100)]
    phone.peer.expect(lambda: all(call.final() for call in burst), "answers to all", 20)
    assert {call.status() for call in burst} <= {488, 503}
    assert phone.alive()


def test_fewer_rtp_ports_than_a_burst_takes(line: StartLine) -> None:
    phone = line(serves, rtp_ports=24)
    burst = [phone.peer.call("no") for _ in range(100)]
    phone.peer.expect(lambda: all(call.final() for call in burst), "answers to all", 20)
    assert {call.status() for call in burst} <= {486, 500, 503}
    assert phone.peer.run(lambda: final(phone.peer, phone.peer.call("no")) == 486, 10)


def test_connections_that_come_and_go_do_not_end_the_process(line: StartLine) -> None:
    phone = line(serves)
    for _ in range(150):
        with contextlib.suppress(OSError):
            socket.create_connection((LOCAL, phone.port), timeout=0.05).close()
    assert phone.peer.run(lambda: final(phone.peer, phone.peer.call("no")) == 486, 10)


def test_many_connections_and_a_burst_together(line: StartLine) -> None:
    phone = line(serves)
    with contextlib.ExitStack() as held:
        for _ in range(55):
            held.enter_context(socket.create_connection((LOCAL, phone.port), timeout=10))
            phone.peer.run(None, 0.002)
        burst = [phone.peer.call("no") for _ in range(60)]
        phone.peer.expect(lambda: all(call.final() for call in burst), "answers to all", 20)
        assert phone.alive()
    assert phone.peer.run(lambda: final(phone.peer, phone.peer.call("no")) == 486, 10)


def test_an_invite_without_an_offer_can_be_rejected_and_answered(line: StartLine) -> None:
    phone = line(serves)
    for _ in range(3):
        assert final(phone.peer, phone.peer.call("no", offer=False)) == 486
    call = phone.peer.call(offer=False)
    phone.peer.expect(lambda: call.up, "200")
    phone.peer.expect(lambda: max(call.tones(), default=(0, 0)) > (400, 5), "the prompt")


def test_a_datagram_that_was_cut_is_too_large(line: StartLine) -> None:
    phone = line(serves)
    call = phone.peer.call("1", "X-Fill: " + "z" * 5000)
    assert final(phone.peer, call) == 513
    assert phone.of(Offered) == []


def test_a_cut_datagram_without_the_shim(line: StartLine) -> None:
    phone = line(serves, shim=False)
    call = phone.peer.call("1", "X-Fill: " + "z" * 5000)
    assert final(phone.peer, call) == 513
    assert phone.of(Offered) == []


@pytest.mark.parametrize("shim", [True, False])
def test_slots_that_change_hands_within_one_poll(line: StartLine, shim: bool) -> None:
    phone = line(serves, shim=shim)
    gone, stays = [], []
    phone.signal(signal.SIGSTOP)
    for _ in range(phone.ready["capacity"]):
        gone.append(phone.peer.call())
        gone[-1].cancel()
    for _ in range(phone.ready["capacity"]):
        stays.append(phone.peer.call())
    phone.signal(signal.SIGCONT)
    phone.peer.expect(lambda: all(call.up for call in stays), "the second ones are answered")
    phone.peer.expect(lambda: all(call.tones() for call in stays), "and hear the prompt")
    assert {final(phone.peer, call) for call in gone} == {487}
    phone.expect(HungUp, count=len(gone))
    phone.peer.run(None, 0.2)
    assert not any(call.over for call in stays)
    assert phone.of(HungUp) == [HungUp("caller", 487)] * len(gone)


def test_options(line: StartLine) -> None:
    phone = line(serves)
    call = phone.peer.call(send=False)
    call.request("OPTIONS")
    phone.peer.expect(lambda: call.status() == 200, "200")


def test_garbage_is_survived(line: StartLine) -> None:
    phone = line(serves)
    for junk in ("INVITE", "INVITE sip:x SIP/2.0\r\n\r\n", "\0" * 100, "SIP/2.0 200 OK\r\n\r\n"):
        phone.peer.send(junk)
    secure = phone.peer.call(
        body="v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=setup:actpass\r\na=fingerprint:sha-256 00:11\r\n"
    )
    assert final(phone.peer, secure) >= 400
    assert final(phone.peer, phone.peer.call("no")) == 486


def test_draining_turns_new_calls_away_and_lets_live_ones_go_on(line: StartLine) -> None:
    phone = line(serves)
    call = phone.peer.up()
    phone.expect(Answered)
    phone.signal(signal.SIGUSR1)  # and what was on its way already is served
    phone.peer.expect(lambda: final(phone.peer, phone.peer.call("no")) == 503, "503")
    assert final(phone.peer, phone.peer.call()) == 503
    heard = len(call.heard)
    phone.peer.expect(lambda: len(call.heard) > heard + 10, "the prompt goes on")
    assert phone.end() == 0
    phone.peer.expect(lambda: call.got("BYE"), "BYE")


def test_the_operator_is_told_what_is_wrong(line: StartLine, tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((LOCAL, 0))
        number = taken.getsockname()[1]
        assert f"UDP port {number} of 127.0.0.1 is in use" in line(serves, port=number).failed
    assert "192.0.2.1 is none of this machine's" in line(serves, address="192.0.2.1").failed
    assert "not an IPv4 address" in line(serves, address="localhost").failed
    assert "too few" in line(serves, rtp_ports=10).failed
    file = tmp_path / "file"
    file.write_text("")
    assert "cannot be written" in line(serves, recordings=file / "in").failed
