"""Calls that we make, on the wire."""

from __future__ import annotations

import signal
import socket
from collections.abc import Sequence

import pytest

from ivr.engine.call_out import CallOut
from ivr.engine.effects import Effect, HangUp, Play
from ivr.engine.events import Answered, Digit, Event, HungUp, LegRinging, Offered

from ..ports import free_port
from .conftest import Line, StartLine
from .test_transfer import Desk

pytestmark = pytest.mark.line


def speaks(event: Event) -> Sequence[Effect]:
    match event:
        case Answered():
            return [Play(1, ("600x0.5",))]
        case Digit("9"):
            return [HangUp()]
    return []


def calling(
    line: StartLine, *codes: int, to: str = "", ring: float = 5.0, **settings: object
) -> tuple[Line, Desk]:
    """A line that calls a desk, whose codes these are."""
    port = free_port()
    order = CallOut("a", to or f"sip:601@127.0.0.1:{port}", "", "100", ring=ring)
    phone = line(lambda: speaks, peer_port=port, orders=[order], **settings)
    desk = Desk(phone, *codes)
    phone.signal(signal.SIGUSR2)
    return phone, desk


def test_somebody_answers_and_hears_the_flow(line: StartLine) -> None:
    phone, desk = calling(line, 180, 200)
    phone.peer.expect(lambda: 600 in dict(desk.call.tones()), "the prompt is heard")
    offer = phone.expect(Offered)
    assert phone.events[0][1] == offer
    assert (offer.direction, offer.caller, offer.dialled) == ("out", "100", "601")
    assert phone.expect(LegRinging) == LegRinging(0, 180)
    assert desk.call.incoming
    assert desk.call.incoming.header("from").startswith("<sip:100@127.0.0.1>")
    desk.call.press("5")
    assert phone.expect(Digit) == Digit("5")
    desk.call.bye()
    assert phone.expect(HungUp).by == "caller"


def test_a_far_end_that_takes_events_is_not_listened_to_for_tones(line: StartLine) -> None:
    phone, desk = calling(line, 200)
    phone.expect(Answered)
    desk.call.bye()
    assert phone.expect(HungUp).media["dtmf"] == "rfc4733"


def test_the_flow_hangs_up(line: StartLine) -> None:
    phone, desk = calling(line, 200)
    phone.expect(Answered)
    desk.call.press("9")
    phone.peer.expect(lambda: desk.call.got("BYE"), "BYE")
    assert phone.expect(HungUp).by == "flow"


@pytest.mark.parametrize("codes", [(486,), (180, 603), (183, 480), (404,), (500,)])
def test_nobody_takes_it(line: StartLine, codes: tuple[int, ...]) -> None:
    phone, _ = calling(line, *codes)
    ended = phone.expect(HungUp)
    assert (ended.by, ended.code) == ("far_end", codes[-1])
    assert phone.of(Answered) == []


def test_nobody_answers(line: StartLine) -> None:
    phone, desk = calling(line, 180, ring=2.0)
    phone.peer.expect(lambda: desk.call.got("CANCEL"), "CANCEL")
    ended = phone.expect(HungUp)
    assert (ended.by, ended.code) == ("no_answer", 487)


@pytest.mark.parametrize("ring", [1.0, 30.0])
def test_nobody_is_there(line: StartLine, ring: float) -> None:
    port = free_port()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", port))
        phone, _ = calling(line, to=f"sip:601@127.0.0.1:{port}", ring=ring)
        ended = phone.expect(HungUp, 20)
    assert (ended.by, ended.code, ended.reason) == ("far_end", 408, "no_response")


@pytest.mark.parametrize("to", ["nonsense", "sip:x@no-such-host.invalid"])
def test_there_is_no_way(line: StartLine, to: str) -> None:
    phone, _ = calling(line, to=to, may_call=("no-such-host.invalid",))
    ended = phone.expect(HungUp)
    assert ended.by == "far_end"
    assert ended.reason


def test_the_line_closes_while_it_rings(line: StartLine) -> None:
    phone, desk = calling(line, 180)
    assert desk.call
    phone.end()
    phone.peer.expect(lambda: desk.call.got("CANCEL"), "CANCEL")
