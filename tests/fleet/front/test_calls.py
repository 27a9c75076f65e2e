"""Calls through the front: where they go, what is counted, and what callers hear."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .exchange import PORT, Exchange

pytestmark = pytest.mark.line


def test_a_call_that_the_caller_ends(hall: Exchange) -> None:
    call = hall.caller.up()
    [served] = [each for worker in hall.workers for each in worker.calls]
    hall.caller.expect(lambda: served.got("ACK"), "the ACK comes to the worker")
    assert sorted(hall.loads) == [0, 1]
    call.bye()
    hall.caller.expect(lambda: call.final("BYE"), "the BYE is answered")
    assert hall.loads == [0, 0]


def test_a_call_that_the_worker_ends(hall: Exchange) -> None:
    call = hall.caller.up()
    [served] = [each for worker in hall.workers for each in worker.calls]
    served.bye()
    hall.caller.expect(lambda: served.final("BYE"), "the BYE is answered")
    assert call.over
    assert hall.loads == [0, 0]


def test_calls_go_to_who_has_the_fewest(hall: Exchange) -> None:
    calls = [hall.caller.up() for _ in range(4)]
    assert hall.loads == [2, 2]
    hall.workers[0].calls[0].bye()
    hall.counts(1, 2)
    calls.append(hall.caller.up())
    assert hall.loads == [2, 2]
    assert hall.ran() == [3, 2]


def test_when_all_are_full(serve: Callable[..., Exchange]) -> None:
    hall = serve(maxload=1, retry_after=7)
    first, _ = hall.caller.up(), hall.caller.up()
    refused = hall.final(hall.caller.call())
    assert (refused.code, refused.header("retry-after")) == (503, "7")
    first.bye()
    hall.caller.expect(lambda: sorted(hall.loads) == [0, 1], "there is room again")
    hall.caller.up()
    assert hall.loads == [1, 1]


def test_a_caller_who_gives_up(hall: Exchange) -> None:
    for worker in hall.workers:
        worker.says = [(180,)]
    call = hall.caller.call()
    hall.caller.expect(lambda: call.status() == 180, "it rings")
    call.cancel()
    assert hall.final(call).code == 487
    [served] = [each for worker in hall.workers for each in worker.calls]
    assert served.got("CANCEL")
    assert hall.loads == [0, 0]


@pytest.mark.parametrize("code", [302, 404, 408, 480, 486, 500, 503, 603])
def test_what_a_flow_says_is_what_the_caller_hears(hall: Exchange, code: int) -> None:
    for worker in hall.workers:
        worker.says = [(code, "Retry-After: 120", "X-Why: because")]
    heard = hall.final(hall.caller.call())
    assert heard.first == f"SIP/2.0 {code} Said the peer"
    assert (heard.header("retry-after"), heard.header("x-why")) == ("120", "because")
    hall.settle()
    assert sorted(hall.ran()) == [0, 1]
    assert hall.loads == [0, 0]


def test_requests_inside_of_a_call_go_both_ways(hall: Exchange) -> None:
    call = hall.caller.up()
    [served] = [each for worker in hall.workers for each in worker.calls]
    call.info("5")
    hall.caller.expect(lambda: call.final("INFO"), "the INFO is answered")
    call.reinvite("sendonly")
    hall.caller.expect(lambda: len(served.requests) >= 3, "the re-INVITE comes")
    served.request("REFER", "", "", "Refer-To: <sip:601@192.0.2.1>")
    hall.caller.expect(lambda: served.final("REFER"), "the REFER is answered")
    assert sorted(hall.loads) == [0, 1]
    served.bye()
    hall.counts(0, 0)


def test_the_scheme_of_secure_addresses_ends_here(hall: Exchange) -> None:
    call = hall.caller.call(send=False)
    call.uri = call.uri.replace("sip:", "sips:")
    call.request("INVITE", call.sdp)
    hall.final(call)
    [served] = [each for worker in hall.workers for each in worker.calls]
    assert served.incoming and served.incoming.first.startswith("INVITE sip:")


def test_outside_and_inside_may_be_two_networks(serve: Callable[..., Exchange]) -> None:
    """The worker knows only the inside, the caller only the outside."""
    hall = serve(address="127.0.0.3", public_address="198.51.100.7")
    hall.caller.there = "127.0.0.3"
    call = hall.caller.up()
    [served] = [each for worker in hall.workers for each in worker.calls]
    assert f"127.0.0.1:{PORT}" in served.route[0]
    assert f"198.51.100.7:{PORT}" in call.route[0]
    hall.caller.expect(lambda: served.got("ACK"), "the ACK comes to the worker")
    served.bye()
    hall.caller.expect(lambda: served.final("BYE"), "the BYE is answered")
    assert call.got("BYE") and hall.loads == [0, 0]
