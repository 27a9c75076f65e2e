"""Hosts by name, of which strangers may send any: no call waits for a resolver."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ivr.engine.effects import Answer, Dial, Effect, HangUp, Join, Play
from ivr.engine.events import Answered, Digit, Event, HungUp, LegAnswered, LegEnded, Offered
from ivr.sip.accounts import LineAccount

from ..ports import free_port
from . import resolver
from .conftest import Line, Script, StartLine
from .office import Office
from .peer import LOCAL, Dialog, Peer

pytestmark = pytest.mark.line

NAME = "slow.example"


def asking(to: str = "", **known: str) -> Callable[[], Script]:
    """Answers, plays and calls `to`; the key 1 ends the call."""
    ready: list[bool] = []

    def script(event: Event) -> Sequence[Effect]:
        if not ready:
            resolver.install(known)
            ready.append(True)
        match event:
            case Offered():
                return [Answer()]
            case Answered():
                return [Play(1, ("400x9",)), *([Dial(1, to)] if to else [])]
            case LegAnswered(leg):
                return [Join(leg)]
            case Digit("1"):
                return [HangUp()]
        return []

    return lambda: script


def named(call: Dialog, header: str) -> None:
    """INVITE, with a Contact or a Record-Route of its own."""
    contact = call.peer.contact
    if header.startswith("Contact"):
        call.peer.contact = header.partition(": ")[2]
        call.request("INVITE", call.sdp)
        call.peer.contact = contact
    else:
        call.request("INVITE", call.sdp, "application/sdp", header)


def lives(phone: Line, call: Dialog) -> None:
    """The line does its work: this call is heard all along."""
    before = len(call.heard)
    phone.peer.expect(lambda: len(call.heard) > before + 20, "the prompt goes on", 10)


@pytest.mark.parametrize(
    ("of", "to"),
    [
        (f"c=IN IP4 {LOCAL}", f"c=IN IP4 {NAME}"),
        (f"c=IN IP4 {LOCAL}", f"c=IN\tIP4\t{NAME}/127"),
        (f"c=IN IP4 {LOCAL}", "c=IN IP4 999.1.1.1"),
        (f"c=IN IP4 {LOCAL}", f"c=IN IP6 {NAME}"),
        ("a=ptime:20", f"a=rtcp:5000 IN IP4 {NAME}"),
        ("a=ptime:20", f"c=IN IP4 {NAME}"),
    ],
)
def test_an_offer_that_wants_its_sound_sent_to_a_name(line: StartLine, of: str, to: str) -> None:
    phone = line(asking())
    call = phone.peer.up()
    named = phone.peer.call(send=False)
    named.request("INVITE", named.sdp.replace(of, to))
    phone.peer.expect(named.final, "an answer")
    assert named.status() == 488
    for method in ("INVITE", "UPDATE"):
        call.request(method, call.sdp.replace(of, to))
        phone.peer.expect(lambda: call.answered, "an answer")
        assert call.status() == 488
    lives(phone, call)


def test_an_answer_in_an_ack_that_wants_it(line: StartLine) -> None:
    phone = line(asking())
    call = phone.peer.up()
    other = phone.peer.call(offer=False)
    other.acknowledges = False
    phone.peer.expect(lambda: other.up, "an offer")
    other.request("ACK", other.sdp.replace(LOCAL, NAME), cseq=other.cseq)
    phone.peer.expect(lambda: other.got("BYE"), "its end")
    assert phone.expect(HungUp).code == 488
    lives(phone, call)


@pytest.mark.parametrize("code", [183, 200])
def test_a_far_end_that_wants_it_is_left(line: StartLine, code: int) -> None:
    port = free_port()
    phone = line(asking(f"sip:601@{LOCAL}:{port}"), peer_port=port)

    def answer(dialog: Dialog) -> None:
        assert dialog.incoming
        dialog.reply(dialog.incoming, code, dialog.sdp.replace(LOCAL, NAME))
        desk.append(dialog)

    desk: list[Dialog] = []
    phone.peer.answer = answer
    call = phone.peer.up()
    phone.peer.expect(lambda: desk and desk[0].got("CANCEL" if code == 183 else "BYE"), "its end")
    if code == 183:
        assert desk[0].incoming
        desk[0].reply(desk[0].incoming, 487)
    assert phone.expect(LegEnded).code == 488
    assert phone.of(LegAnswered) == []
    lives(phone, call)


@pytest.mark.parametrize("header", ["Contact: <sip:alice@{}>", "Record-Route: <sip:{};lr>"])
def test_a_caller_who_is_reached_by_a_name_that_nobody_knows(line: StartLine, header: str) -> None:
    phone = line(asking())
    call, other = phone.peer.up(), phone.peer.call(send=False)
    named(other, header.format(NAME))
    phone.peer.expect(lambda: other.up, "the answer")
    other.press("1")
    assert phone.expect(HungUp).by == "flow"
    lives(phone, call)


@pytest.mark.parametrize("header", ["Contact: <sip:alice@{}:{}>", "Record-Route: <sip:{}:{};lr>"])
def test_a_caller_who_is_reached_by_his_name(line: StartLine, header: str) -> None:
    phone = line(asking(**{"carrier.example": LOCAL}))
    other = phone.peer.call(send=False)
    named(other, header.format("carrier.example", phone.peer.port))
    phone.peer.expect(lambda: other.up, "the answer")
    other.press("1")
    phone.peer.expect(lambda: other.got("BYE"), "the end of the call")
    bye = other.got("BYE")
    assert bye and "carrier.example" in bye.first + bye.header("route")


@pytest.mark.parametrize(
    ("uri", "code"),
    [
        ("tel:+15550100", 400),
        ("mailto:alice@example", 400),
        (f"sips:alice@{LOCAL}", 480),
        (f"sip:alice@{LOCAL};transport=TLS", 480),
        ("sip:alice@[::1]:5060", 480),
        ("sip:[::1]", 480),
    ],
)
def test_a_caller_who_cannot_be_reached(line: StartLine, uri: str, code: int) -> None:
    phone = line(asking())
    call = phone.peer.call(send=False)
    named(call, f"Contact: <{uri}>")
    phone.peer.expect(call.final, "an answer")
    assert call.status() == code
    proxied = phone.peer.call(send=False)
    phone.peer.contact = f"<{uri}>"
    proxied.request("INVITE", proxied.sdp, "application/sdp", f"Record-Route: <sip:{LOCAL};lr>")
    phone.peer.expect(proxied.final, "an answer")
    assert proxied.status() == (200 if code == 480 else 400)


def test_a_far_end_that_nobody_knows(line: StartLine) -> None:
    phone = line(asking(f"sip:601@{NAME}"), may_call=[NAME])
    call = phone.peer.up()
    lives(phone, call)
    assert phone.expect(LegEnded, 20).code == 502
    lives(phone, call)


def test_a_far_end_by_name(line: StartLine) -> None:
    port = free_port()
    phone = line(asking(f"sip:601@desk.example:{port}", **{"desk.example": LOCAL}), peer_port=port,
                 may_call=["desk.example"])  # fmt: skip
    phone.peer.answer = lambda dialog: dialog.accept()
    phone.peer.up()
    phone.expect(LegAnswered)


def test_a_registrar_that_nobody_knows_is_asked_again(tmp_path: Path) -> None:
    port = free_port()
    lost = LineAccount("lost", f"sip:{NAME}", "lost", NAME, "")
    found = LineAccount("found", f"sip:registrar.example:{port}", "found", "example", "")
    office = Office(tmp_path, lost, found, known={"registrar.example": LOCAL})
    peer = Peer(office.settings.port, port)
    try:
        office.do("keep")
        peer.expect(lambda: peer.strays, "a REGISTER at the address of the name")
        assert peer.strays[0].first == f"REGISTER sip:registrar.example:{port} SIP/2.0"
        assert office.becomes("lost", "failing")["reason"]
        office.expect(
            lambda: len([t for t in office.told if t.get("failed") == "lost"]) > 1, "again"
        )
    finally:
        peer.close()
        office.end()
