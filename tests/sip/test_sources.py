"""Whom the line hears, how much of it, and what it does in a flood."""

from __future__ import annotations

import contextlib
import csv
import itertools
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.engine.effects import Answer, Effect, Play, Reject
from ivr.engine.events import Answered, Digit, Event, HungUp, Offered
from ivr.sip.sources import BURST, REMEMBERED, Sources, is_scanner

from .conftest import Line, Script, StartLine
from .peer import Peer

FLOOD = Path(__file__).parents[1] / "fleet/flood.xml"


@pytest.mark.parametrize(
    ("allow", "deny", "address", "heard"),
    [
        ((), (), "192.0.2.1", True),
        (("192.0.2.0/24",), (), "192.0.2.1", True),
        (("192.0.2.0/24",), (), "192.0.3.1", False),
        ((), ("192.0.2.0/24",), "192.0.2.1", False),
        ((), ("192.0.2.0/24",), "192.0.3.1", True),
        (("192.0.2.0/24",), ("192.0.2.7/32",), "192.0.2.7", False),
        (("192.0.2.0/24",), (), "10.0.0.1", True),
        ((), ("10.0.0.1/32",), "10.0.0.1", False),
        (("192.0.2.0/24",), (), "::ffff:192.0.2.1", True),
        (("192.0.2.0/24",), (), "2001:db8::1", False),
        ((), ("192.0.2.0/24",), "2001:db8::1", True),
        ((), ("192.0.2.0/24",), "nonsense", False),
    ],
)
def test_networks(allow: Sequence[str], deny: Sequence[str], address: str, heard: bool) -> None:
    sources = Sources(allow, deny, 10, own=["10.0.0.1"])
    assert sources.hears(address) is heard
    assert sources.hears(address) is heard, "the same when it is remembered"


def test_requests_a_second() -> None:
    sources = Sources((), (), 10)
    most = int(10 * BURST)
    assert [sources.spares("a", 0.0) for _ in range(most + 5)] == [True] * most + [False] * 5
    assert sources.spares("b", 0.0), "each has its own"
    assert [sources.spares("a", 1.0) for _ in range(11)] == [True] * 10 + [False]
    assert sources.spares("a", 100.0)


def test_strangers_cannot_fill_the_memory() -> None:
    sources = Sources((), ("192.0.2.0/24",), 10)
    for number in range(2 * REMEMBERED):
        address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
        assert sources.hears(address)
        assert sources.spares(address, 0.0)
    assert len(sources._heard) == len(sources._buckets) == REMEMBERED


@given(st.lists(st.floats(0, 100), max_size=200), st.integers(1, 20))
def test_no_more_than_agreed(times: list[float], rate: int) -> None:
    sources = Sources((), (), rate)
    heard = sum(sources.spares("a", at) for at in sorted(times))
    span = max(times) - min(times) if times else 0.0
    assert heard <= BURST * rate + span * rate + 1


@pytest.mark.parametrize(
    ("name", "scanner"),
    [
        ("friendly-scanner", True), ("Friendly-Request", True), ("SIPVicious 0.3", True),
        ("sipcli/v1.8", True), ("pplsip", True), ("sip-scan", True), ("sundayddr", True),
        ("", False), ("Asterisk PBX 18", False), ("Grandstream GXP1630", False), ("sipp", False),
    ],
)  # fmt: skip
def test_scanners(name: str, scanner: bool) -> None:
    assert is_scanner(name) is scanner


# -- on the wire ----------------------------------------------------------------------------------


def serves() -> Script:
    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered(dialled="no"):
                return [Reject(486)]
            case Offered():
                return [Answer()]
            case Answered():
                return [Play(1, ("400x9",) * 3)]
        return []

    return script


def heard(phone: Line, *headers: str, host: str = "127.0.0.2", method: str = "OPTIONS") -> bool:
    """Whether somebody elsewhere gets an answer."""
    with contextlib.closing(Peer(phone.port, host=host)) as stranger:
        call = stranger.call("no", send=False)
        call.request(method, call.sdp if method == "INVITE" else "", "application/sdp", *headers)
        # What comes later is answered later: silence is no delay.
        options = phone.peer.call(send=False)
        options.request("OPTIONS")
        phone.peer.expect(lambda: options.status() == 200, "we are heard")
        return stranger.run(call.status, 0.3)


@pytest.mark.line
def test_networks_that_are_not_answered(line: StartLine) -> None:
    phone = line(serves, allow=["127.0.0.0/29"], deny=["127.0.0.3/32"])
    for method in ("OPTIONS", "INVITE", "BYE", "FOO"):
        assert heard(phone, host="127.0.0.2", method=method)
        assert not heard(phone, host="127.0.0.3", method=method)
        assert not heard(phone, host="127.0.0.9", method=method)
    with contextlib.closing(Peer(phone.port, host="127.0.0.9")) as stranger:
        stranger.send("OPTIONS sip:a SIP/7.0\r\nVia: SIP/2.0/UDP x\r\nX: " + "y" * 40 + "\r\n\r\n")
        assert not stranger.run(lambda: stranger.strays, 0.2), "nor to what cannot be read"


@pytest.mark.line
def test_scanners_hear_nothing(line: StartLine) -> None:
    phone = line(serves)
    for method in ("OPTIONS", "REGISTER", "INVITE"):
        assert heard(phone, "User-Agent: Yealink", method=method)
        assert not heard(phone, "User-Agent: friendly-scanner", method=method)
    assert heard(phone, "User-Agent: Yealink", method="INVITE")
    phone.expect(Offered, count=2)
    assert {offer.headers["user-agent"] for offer in phone.of(Offered)} == {"Yealink"}


@pytest.mark.line
def test_one_address_asks_too_much(line: StartLine, capfd: pytest.CaptureFixture[str]) -> None:
    phone = line(serves, requests_per_second=5)
    call = phone.peer.up()
    phone.expect(Answered)
    with contextlib.closing(Peer(phone.port, host="127.0.0.2")) as stranger:
        asked, began = [stranger.call(send=False) for _ in range(40)], time.monotonic()
        for one in asked:
            one.request("OPTIONS")

        def answered() -> int:
            return sum(one.status() == 200 for one in asked)

        stranger.expect(lambda: answered() >= 10, "as many as may come at once")
        stranger.run(None, 0.3)
        assert answered() <= 11 + 5 * (time.monotonic() - began)
        stranger.expect(lambda: heard(phone), "soon it is heard again")
    for number in range(30):  # a call is no flood
        call.request("OPTIONS")
        phone.peer.expect(lambda n=number: len(call.responses) > n + 2, "200")  # type: ignore[misc]
    assert "127.0.0.2: more than 5 requests a second" in capfd.readouterr().err


@pytest.mark.line
def test_without_the_shim_they_are_told(line: StartLine) -> None:
    phone = line(serves, shim=False, deny=["127.0.0.3/32"])
    for host, agent, code in (("127.0.0.3", "x", 403), ("127.0.0.2", "sipvicious", 403),
                              ("127.0.0.2", "x", 486)):  # fmt: skip
        with contextlib.closing(Peer(phone.port, host=host)) as stranger:
            call = stranger.call("no", f"User-Agent: {agent}")
            stranger.expect(call.final, "an answer")
            assert call.status() == code
    phone.expect(HungUp)
    assert len(phone.of(Offered)) == 1


@pytest.mark.line
@pytest.mark.alone
def test_a_flood_of_300_invites_a_second(line: StartLine, tmp_path: Path) -> None:
    """For ten seconds, at one worker: it loses no call, and everybody gets 200 or 503."""
    phone = line(serves, requests_per_second=10_000)
    live, began = phone.peer.up("live"), time.monotonic()
    phone.expect(Answered)
    with (tmp_path / "out").open("w") as out:
        flood = subprocess.Popen(
            ["sipp", f"127.0.0.1:{phone.port}", "-sf", str(FLOOD), "-s", "flood", "-i", "127.0.0.1",
             "-r", "300", "-m", "3000", "-trace_counts", "-nostdin"],
            cwd=tmp_path, stdout=out, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert phone.peer.run(lambda: flood.poll() is not None, 25)
    assert flood.returncode == 0, (tmp_path / "out").read_text()[-2000:]
    (counts,) = tmp_path.glob("*_counts.csv")
    *_, last = csv.DictReader(counts.read_text().splitlines(), delimiter=";")
    answers = {name: int(value) for name, value in last.items() if name.endswith("_Recv")}
    assert sum(answers.values()) >= 3000, answers
    gaps = [after.at - before.at for before, after in itertools.pairwise(live.heard)]
    assert max(gaps) < 0.5
    assert live.heard[-1].at > time.monotonic() - 0.5
    assert time.monotonic() - began >= 9
    live.press("5")
    phone.expect(Digit)
    live.bye()
    phone.peer.expect(lambda: live.final("BYE"), "200 to BYE")
    phone.expect(HungUp)
