"""Whoever asks for a password: in other ways than ours, and without end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ivr.sip.accounts import LineAccount
from ivr.sip.challenges import Challenges, readable

from ..ports import free_port
from .office import Office
from .peer import LOCAL, Peer
from .wire import Message

DIGEST = 'WWW-Authenticate: Digest realm="a", nonce="1"'
BASIC = 'WWW-Authenticate: Basic realm="a"'


def response(number: int, status: int = 401, *headers: str) -> bytes:
    lines = [f"SIP/2.0 {status} No", "Call-ID: 7", f"CSeq: {number} REGISTER", *headers, "", ""]
    return "\r\n".join(lines).encode()


def test_the_third_challenge_of_a_request_is_one_too_many() -> None:
    seen = Challenges()
    assert [seen.too_many(response(number)) for number in (1, 1, 2, 2, 3)] == [0, 0, 0, 0, 1]
    assert not seen.too_many(response(4)), "the next one begins anew"


def test_an_answer_ends_the_count() -> None:
    seen = Challenges()
    for number in range(10):
        assert not seen.too_many(response(2 * number))
        assert not seen.too_many(response(2 * number + 1, 200))


def test_no_more_requests_are_remembered_than_need_be() -> None:
    seen = Challenges()
    for number in range(1000):
        seen.too_many(response(1).replace(b"Call-ID: 7", b"Call-ID: %d" % number))
    assert len(seen._seen) == 100


@pytest.mark.parametrize(
    "header", [BASIC, BASIC.upper(), BASIC.replace(": ", ":\r\n "), BASIC + ",\r\n  x=1",
               "Proxy-Authenticate: NTLM"],
)  # fmt: skip
def test_challenges_of_other_schemes_are_left_out(header: str) -> None:
    assert readable(response(1, 401, header, DIGEST)) == response(1, 401, DIGEST)
    assert readable(response(1, 401, DIGEST, header)) == response(1, 401, DIGEST)


@pytest.mark.parametrize("text", [response(1, 401, DIGEST), b"", b"SIP/2.0 401", b"\r\n" * 9])
def test_what_is_readable_stays_as_it_is(text: bytes) -> None:
    assert readable(text) == text


@pytest.fixture
def registered(tmp_path: Path) -> Iterator[Callable[[], tuple[Peer, Office]]]:
    """A registrar of the test's own, and who wants to register there."""
    port = free_port()
    account = LineAccount("a", f"sip:{LOCAL}:{port}", "a", LOCAL, "secret")
    office = Office(tmp_path, account)
    peer = Peer(office.settings.port, port)
    yield lambda: (peer, office)
    peer.close()
    office.end()


def came(peer: Peer) -> list[Message]:
    """Each REGISTER once: the stack waits 20 ms for an answer and sends it again."""
    return list({request.header("cseq"): request for request in peer.strays}.values())


def answer(peer: Peer, request: Message, code: int, *headers: str) -> None:
    kept = [f"{name}: {request.header(name)}" for name in ("via", "from", "call-id", "cseq")]
    to = f"To: {request.header('to')};tag=1"
    peer.send(
        "\r\n".join([f"SIP/2.0 {code} Said", *kept, to, *headers, "Content-Length: 0", "", ""])
    )


@pytest.mark.line
@pytest.mark.parametrize("challenges", [(BASIC, DIGEST), (DIGEST, BASIC), (BASIC,)])
def test_a_registrar_that_takes_other_passwords_too(
    registered: Callable[[], tuple[Peer, Office]], challenges: tuple[str, ...]
) -> None:
    peer, office = registered()
    office.do("keep")
    peer.expect(lambda: peer.strays, "REGISTER")
    answer(peer, peer.strays[0], 401, *challenges)
    if DIGEST not in challenges:
        assert office.becomes("a", "refused")["code"] == 401
        return
    peer.expect(lambda: "authorization" in peer.strays[-1].headers, "REGISTER with a password")
    contact = peer.strays[-1].header("contact")
    answer(peer, peer.strays[-1], 200, f"Contact: {contact}", "Expires: 60")
    office.becomes("a", "registered")


@pytest.mark.line
def test_a_registrar_that_asks_in_one_realm_after_the_other(
    registered: Callable[[], tuple[Peer, Office]],
) -> None:
    peer, office = registered()
    office.do("keep")
    for number in range(3):
        peer.expect(lambda: len(came(peer)) > number, "REGISTER")  # noqa: B023
        answer(peer, came(peer)[number], 401, DIGEST.replace('"a"', f'"{number}"'))
    assert office.becomes("a", "refused")["code"] == 401
    assert len(came(peer)) == 3, "the third challenge was the last"
