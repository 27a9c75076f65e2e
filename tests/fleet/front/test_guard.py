"""What the front keeps from the workers, and from the world."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import pytest

from ...sip.peer import LOCAL, Dialog, Peer
from ...sip.wire import Message
from .exchange import PORT, Exchange, raw

pytestmark = pytest.mark.line
DTLS = "v=0\r\nm=audio 4000 UDP/TLS/RTP/SAVPF 0\r\na=fingerprint:sha-256 00\r\n"


def answer(hall: Exchange, request: str, by: Peer | None = None) -> Message:
    """What is said to a request by hand."""
    peer = by or hall.caller
    number = send(hall, request, peer)
    hall.caller.expect(lambda: _to(peer, number), "an answer")
    said = _to(peer, number)
    assert said
    return said


def nothing(hall: Exchange, request: str, by: Peer | None = None) -> bool:
    """Whether nothing is said to a request by hand."""
    peer = by or hall.caller
    number = send(hall, request, peer)
    return not hall.caller.run(lambda: _to(peer, number), 0.3)


def send(hall: Exchange, request: str, by: Peer | None = None) -> str:
    """Sends a request by hand, with a Call-ID of its own, which is returned."""
    peer, number = by or hall.caller, f"r{len(hall.asked)}"
    hall.asked.append(number)
    peer.send(request % {"host": peer.host, "port": peer.port, "id": number})
    return number


def _to(peer: Peer, number: str) -> Message | None:
    return next((m for m in peer.strays if m.header("call-id") == number and m.code > 100), None)


def code(hall: Exchange, request: str, by: Peer | None = None) -> int:
    return answer(hall, request, by).code


def test_methods(hall: Exchange) -> None:
    there = answer(hall, raw("OPTIONS"))
    assert there.code == 200 and "INVITE" in there.header("allow")
    for method in ("REGISTER", "SUBSCRIBE", "PUBLISH", "MESSAGE"):
        refused = answer(hall, raw(method))
        assert refused.code == 405 and "REGISTER" not in refused.header("allow")
    assert code(hall, raw("BYE")) == 481
    assert code(hall, raw("REFER")) == 481
    assert code(hall, raw("DANCE")) == 501
    assert hall.ran() == [0, 0]


def test_without_workers_it_is_not_there_for_calls(serve: Callable[..., Exchange]) -> None:
    hall = serve(workers=0)
    said = answer(hall, raw("OPTIONS"))
    assert (said.code, said.header("retry-after")) == (503, "5")
    assert hall.final(hall.caller.call()).code == 503


def test_requests_of_calls_that_do_not_exist(hall: Exchange) -> None:
    assert code(hall, raw("BYE", to_tag="x")) == 481
    assert code(hall, raw("INVITE", to_tag="x")) == 481
    assert code(hall, raw("CANCEL")) == 481
    assert nothing(hall, raw("ACK", to_tag="x"))
    assert nothing(hall, raw("ACK"))


def test_it_is_no_open_relay(hall: Exchange) -> None:
    victim = hall.stranger("127.0.0.9", 26900)
    there, here = f"sip:1@{victim.host}:{victim.port}", f"Route: <sip:{LOCAL}:{PORT};lr>"
    beyond = f"Route: <{there};lr>"
    for method in ("INVITE", "OPTIONS", "MESSAGE", "BYE", "ACK", "REFER"):
        for tag in ("", "x"):
            for route in ((), (here,), (here, beyond), (beyond,), (here, here, beyond)):
                for uri in (there, ""):
                    send(hall, raw(method, *route, uri=uri, to_tag=tag, body=offer()))
    hall.settle(1.0)
    assert not victim.strays and not victim.dialogs


def test_it_relays_no_replies_of_strangers(hall: Exchange) -> None:
    """Whose Via they would follow."""
    victim = hall.stranger("127.0.0.9", 26900)
    via = "Via: SIP/2.0/UDP {}:{};branch=z9hG4bKx\r\n"
    hall.caller.send(
        "SIP/2.0 200 OK\r\n"
        + via.format(LOCAL, PORT) + via.format(victim.host, victim.port)
        + "From: <sip:x@x>;tag=x\r\nTo: <sip:x@x>;tag=y\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n"
        "Content-Length: 0\r\n\r\n"
    )  # fmt: skip
    hall.settle()
    assert not victim.strays


def offer(more: str = "") -> str:
    return f"v=0\r\nc=IN IP4 {LOCAL}\r\nm=audio 4000 RTP/AVP 0\r\n{more}"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (offer(), 200),
        (offer() * 4, 200),
        (offer() * 5, 488),
        (offer("a=x\r\n" * 800), 513),
        (DTLS, 488),
        (offer("a=fingerprint:sha-256 00:11\r\n"), 488),
        ("", 488),
    ],
    ids=["good", "four", "five", "large", "dtls", "fingerprint", "offerless"],
)
def test_offers(hall: Exchange, body: str, expected: int) -> None:
    call = hall.caller.call(body=body, offer=False)
    assert hall.final(call).code == expected
    assert sum(hall.ran()) == (expected == 200)


def _finals(call: Dialog, number: str) -> list[int]:
    """The codes to one request; an earlier one's may come again meanwhile."""
    asked = [each for each in call.responses if each.header("cseq") == number]
    return [each.code for each in asked if each.code >= 200]


def test_offers_within_a_call(hall: Exchange) -> None:
    call = hall.caller.up()
    served = hall.workers[0].calls[0]
    hall.caller.expect(lambda: served.got("ACK"), "the ACK comes to the worker")

    def said(body: str) -> int:
        call.request("INVITE", body)
        number = f"{call.cseq} INVITE"
        hall.caller.expect(lambda: _finals(call, number), "a final answer")
        return _finals(call, number)[0]

    assert said(DTLS) == 488
    assert said(offer("a=x\r\n" * 800)) == 513
    assert [each.method for each in served.requests] == ["ACK"]
    assert said("") == 200  # this one without an offer is good


def test_no_offer_where_that_is_wanted(serve: Callable[..., Exchange]) -> None:
    hall = serve(offerless=True)
    assert hall.final(hall.caller.call(offer=False)).code == 200


def test_scanners_hear_nothing(hall: Exchange) -> None:
    for agent in ("friendly-scanner", "SIPVicious 1.0", "pplsip"):
        assert nothing(hall, raw("OPTIONS", f"User-Agent: {agent}"))
    assert code(hall, raw("OPTIONS", "User-Agent: Desk phone")) == 200


def test_only_who_is_allowed_is_answered(serve: Callable[..., Exchange]) -> None:
    hall = serve(allow=("127.0.0.64/26", "127.0.0.3"))
    for host in ("127.0.0.3", "127.0.0.65"):
        assert code(hall, raw("OPTIONS"), hall.stranger(host)) == 200
    for host in ("127.0.0.2", "127.0.0.128"):
        assert nothing(hall, raw("OPTIONS"), hall.stranger(host))
    assert code(hall, raw("OPTIONS")) == 200  # from the machine itself
    hall.caller.up()  # workers are not asked


def test_one_who_floods_is_not_heard_and_others_are(serve: Callable[..., Exchange]) -> None:
    hall = serve(source_requests_per_second=10)
    flooder, other = hall.stranger("127.0.0.2"), hall.stranger("127.0.0.3")
    call = flooder.call()
    hall.final(call)
    last = ""
    for _ in range(200):
        last = send(hall, raw("OPTIONS"), flooder)
    hall.settle()
    assert not _to(flooder, last)
    assert len(flooder.strays) < 100
    assert code(hall, raw("OPTIONS"), other) == 200
    call.bye()  # its running calls are heard
    hall.caller.expect(lambda: call.final("BYE"), "the BYE is answered")


def test_too_many_calls_at_once_are_told_to_come_later(serve: Callable[..., Exchange]) -> None:
    hall = serve(calls_per_second=5, maxload=100)
    began = time.monotonic()
    calls = [hall.caller.call() for _ in range(40)]
    said = [hall.final(call) for call in calls]
    refused = [each for each in said if each.code == 503]
    assert {each.header("retry-after") for each in refused} == {"5"}
    seconds = math.ceil(time.monotonic() - began) + 1  # of Kamailio's, which begin when it likes
    assert 40 - 5 * seconds <= len(refused) <= 40 - 5
    assert sum(hall.ran()) == len(said) - len(refused)
    hall.caller.expect(lambda: hall.final(hall.caller.call()).code == 200, "it is later")
