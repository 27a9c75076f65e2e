"""What becomes of a call in the middle of it: hold, other addresses, timers, and its end."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence

import pytest

from ivr.engine.effects import Answer, Dial, Early, Effect, Play
from ivr.engine.events import (
    Answered,
    Digit,
    EarlyMedia,
    Event,
    HungUp,
    LegAnswered,
    Offered,
    PlayDone,
)

from ..ports import free_port
from . import hours
from .conftest import Line, StartLine
from .peer import Dialog
from .wire import Message

pytestmark = pytest.mark.line


def plays(event: Event) -> Sequence[Effect]:
    """Plays 400 Hz, or what was dialled; the key 1 lets half of a session go by, 2 all of it."""
    match event:
        case Offered():
            return [Answer()]
        case Digit("1"):
            hours.pass_by(46)
        case Digit("2"):
            hours.pass_by(61)
    return []


def tone() -> Callable[[Event], Sequence[Effect]]:
    number = ["400"]

    def script(event: Event) -> Sequence[Effect]:
        if isinstance(event, Offered) and event.dialled != "1":
            number[0] = event.dialled
        if isinstance(event, Answered):
            return [Play(1, (f"{number[0]}x9",) * 9)]
        return plays(event)

    return script


def answered(phone: Line, call: Dialog, method: str, count: int = 1) -> int:
    """The status of the latest request; `count` responses of its method are final by then."""

    def finals() -> list[int]:
        return [m.code for m in call.responses if m.method == method and m.code >= 200]

    phone.peer.expect(lambda: len(finals()) >= count, f"{method} is answered")
    return finals()[-1]


def hears(phone: Line, call: Dialog, hertz: int) -> None:
    """From now on, this tone and no other."""
    call.heard.clear()
    phone.peer.expect(lambda: len(call.heard) > 10, "sound")
    assert {heard for heard, _ in call.tones()} == {hertz}


HOLDS = [  # what becomes of the offer, and our answer
    ("a=sendrecv", "a=sendonly", "a=recvonly"),
    ("a=sendrecv", "a=inactive", "a=inactive"),
    ("c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0", "a=sendrecv"),  # RFC 2543
]


def test_on_hold_nobody_hears_the_prompt(line: StartLine) -> None:
    phone = line(tone)
    other, call = phone.peer.up("300"), phone.peer.up("500")
    hears(phone, other, 300)
    hears(phone, call, 500)
    for number, (old, new, answer) in enumerate(HOLDS):
        call.request("INVITE", call.sdp.replace(old, new))
        assert answered(phone, call, "INVITE", 2 * number + 2) == 200
        assert answer in call.responses[-1].body
        hears(phone, other, 300)  # as long as sound may be on its way
        call.heard.clear()
        hears(phone, other, 300)
        assert not call.tones()
        call.request("INVITE", call.sdp)
        assert answered(phone, call, "INVITE", 2 * number + 3) == 200
        phone.peer.expect(lambda: call.tones(), "the prompt goes on")
        hears(phone, call, 500)
        hears(phone, other, 300)
    assert not phone.of(HungUp)


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
def test_the_prompt_follows_to_another_address(line: StartLine, method: str) -> None:
    phone = line(tone)
    call = phone.peer.up()
    hears(phone, call, 400)
    call.rtp.close()
    call.rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)  # which the peer closes
    call.rtp.bind(("127.0.0.2", 0))
    call.rtp.setblocking(False)
    call.request(method, call.sdp)
    phone.peer.expect(lambda: call.final(method), method)
    hears(phone, call, 400)
    assert not phone.of(HungUp)


def test_the_prompt_goes_on_in_another_codec(line: StartLine) -> None:
    phone = line(tone)
    call = phone.peer.up()
    hears(phone, call, 400)
    call.request("INVITE", call.sdp.replace("AVP 0", "AVP 8").replace("0 PCMU", "8 PCMA"))
    phone.peer.expect(lambda: call.heard[-1].kind == 8, "PCMA")
    call.request("INVITE", call.sdp)
    phone.peer.expect(lambda: call.heard[-1].kind == 0, "PCMU")
    hears(phone, call, 400)


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
def test_what_cannot_be_is_refused_and_the_call_goes_on(line: StartLine, method: str) -> None:
    phone = line(tone)
    call = phone.peer.up()
    hears(phone, call, 400)
    sdp = call.sdp.replace("a=rtpmap:0 PCMU/8000\r\n", "")
    for old, new in (
        ("AVP 0", "AVP 18"),
        ("RTP/AVP", "UDP/TLS/RTP/SAVPF"),
        ("RTP/AVP", "RTP/SAVP"),
        ("IN IP4 127.0.0.1", "IN IP6 ::1"),
        ("audio", "image"),
    ):
        call.responses.clear()
        call.request(method, sdp.replace(old, new))
        assert answered(phone, call, method) == 488
        hears(phone, call, 400)
    assert not phone.of(HungUp)


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
def test_a_request_without_an_offer_changes_nothing(line: StartLine, method: str) -> None:
    phone = line(tone)
    call = phone.peer.up()
    call.offered = False  # our ACK has the answer
    call.request(method)
    assert answered(phone, call, method, 2 if method == "INVITE" else 1) == 200
    hears(phone, call, 400)


def timed(phone: Line, refresher: str, *headers: str) -> Dialog:
    """A call with a session of 90 s."""
    call = phone.peer.call(
        "1", "Supported: timer", f"Session-Expires: 90;refresher={refresher}", *headers
    )
    phone.expect(Answered)
    final = call.final()
    assert final and final.header("session-expires") == f"90;refresher={refresher}"
    return call


def test_a_session_that_nobody_refreshes_ends(line: StartLine) -> None:
    phone = line(tone)
    call = timed(phone, "uac")
    call.info("2")
    over = phone.expect(HungUp)
    assert (over.by, over.code, over.reason) == (
        "media_timeout", 408, "No session refresh received.",
    )  # fmt: skip
    phone.peer.expect(lambda: call.got("BYE"), "BYE")


def test_a_session_that_the_caller_refreshes_goes_on(line: StartLine) -> None:
    phone = line(tone)
    call = timed(phone, "uac")
    for count in (1, 2):
        call.info("1")
        phone.expect(Digit, count=count)
        call.request("UPDATE", "", "", "Supported: timer", "Session-Expires: 90;refresher=uac")
        assert answered(phone, call, "UPDATE", count) == 200
    hears(phone, call, 400)
    assert not phone.of(HungUp)


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
def test_we_refresh_a_session(line: StartLine, method: str) -> None:
    phone = line(tone)
    call = timed(phone, "uas", f"Allow: INVITE, ACK, BYE, {method}")
    call.info("1")
    phone.peer.expect(lambda: call.got(method), method)
    hears(phone, call, 400)
    assert not phone.of(HungUp)


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
@pytest.mark.parametrize("body", ["garbage", "v=0\r\nrubbish\r\n", "\x00\x01"])
def test_what_is_no_sdp_is_400_and_the_call_goes_on(
    line: StartLine, method: str, body: str
) -> None:
    phone = line(tone)
    call = phone.peer.up()
    call.request(method, body)
    assert answered(phone, call, method, 2 if method == "INVITE" else 1) == 400
    phone.peer.expect(call.tones, "the prompt")
    first = phone.peer.call(body=body)
    phone.peer.expect(first.final, "an answer")
    assert first.status() == 400


@pytest.mark.parametrize("seconds", ["99999999999999999999", "4294967297", "-1", "1800s"])
def test_a_session_that_is_no_number_is_400(line: StartLine, seconds: str) -> None:
    phone = line(tone)
    call = phone.peer.call("1", f"Session-Expires: {seconds}", "Supported: timer")
    phone.peer.expect(call.final, "an answer")
    assert call.status() == 400


def test_a_session_too_short_is_422(line: StartLine) -> None:
    phone = line(tone)
    for _ in range(5):  # more than there are slots
        call = phone.peer.call("1", "Supported: timer", "Session-Expires: 30")
        assert answered(phone, call, "INVITE") == 422
        final = call.final()
        assert final and final.header("min-se") == "90"
    assert phone.peer.up()
    assert len(phone.of(Offered)) == 1


def test_a_dead_call_has_its_cause(line: StartLine) -> None:
    phone = line(tone, media_timeout=0.4)
    call = phone.peer.up()
    call.speaks = None
    over = phone.expect(HungUp)
    assert (over.by, over.reason) == ("media_timeout", "nothing heard for 0.4 s")


REASON = 'Q.850;cause=16;text="Normal call clearing, so to speak"'


def test_the_reason_of_a_bye(line: StartLine) -> None:
    phone = line(tone)
    call = phone.peer.up()
    call.request("BYE", "", "", f"Reason: {REASON}")
    call.over = True
    assert phone.expect(HungUp).reason == REASON


def test_the_reason_of_a_cancel(line: StartLine) -> None:
    phone = line(lambda: lambda event: [])
    call = phone.peer.call()
    phone.expect(Offered)
    elsewhere = 'SIP;cause=200;text="Call completed elsewhere"'
    call.request(
        "CANCEL", "", "", f"Reason: {elsewhere}", branch=call.branch, cseq=call.cseq
    )  # fmt: skip
    assert phone.expect(HungUp) == HungUp("caller", 487, elsewhere)


def calls_out(line: StartLine) -> tuple[Line, list[Dialog]]:
    """A line that calls the peer for each caller, and the calls that this brings."""
    port = free_port()

    def script(event: Event) -> Sequence[Effect]:
        if isinstance(event, Answered):
            return [Dial(1, f"sip:601@127.0.0.1:{port}")]
        return plays(event)

    return line(lambda: script, peer_port=port), []


def test_a_far_end_that_wants_longer_sessions(line: StartLine) -> None:
    phone, desk = calls_out(line)

    def too_small(dialog: Dialog) -> None:
        assert dialog.incoming
        desk.append(dialog)
        if len(desk) == 1:
            dialog.reply(dialog.incoming, 422, "", "Min-SE: 3600")
        else:
            dialog.accept()

    phone.peer.answer = too_small
    phone.peer.up()
    phone.expect(LegAnswered)
    again = desk[-1].incoming
    assert again and again.header("session-expires").startswith("3600")


def test_a_reliable_response_to_us_is_acknowledged(line: StartLine) -> None:
    phone, desk = calls_out(line)

    def reliable(dialog: Dialog) -> None:
        assert dialog.incoming
        desk.append(dialog)
        dialog.listen_to(dialog.incoming.body)
        dialog.reply(dialog.incoming, 183, dialog.sdp, "Require: 100rel", "RSeq: 7")

    phone.peer.answer = reliable
    phone.peer.up()
    phone.peer.expect(lambda: desk and desk[0].got("PRACK"), "PRACK")
    asked, prack = desk[0].incoming, desk[0].got("PRACK")
    assert asked and "100rel" in asked.header("supported")
    assert prack and prack.header("rack") == f"7 {asked.header('cseq')}"
    desk[0].accept()
    phone.expect(LegAnswered)


def test_a_caller_who_can_hears_of_early_sound_until_he_says_so(line: StartLine) -> None:
    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Early()]
            case EarlyMedia():
                return [Play(1, ("400x0.1",))]
            case PlayDone():
                return [Answer()]
        return []

    phone = line(lambda: script)
    call = phone.peer.call("1", "Supported: 100rel")

    def told() -> list[Message]:
        return [m for m in call.responses if m.code == 183]

    phone.peer.expect(lambda: len(told()) > 1, "the 183, and again")
    assert not call.final(), "200 waits for the PRACK (RFC 3262 3)"
    first = told()[0]
    assert first.header("require") == "100rel" and first.header("rseq")
    call.remote = first.header("to")
    call.request("PRACK", "", "", f"RAck: {first.header('rseq')} 2 INVITE")
    phone.peer.expect(lambda: call.final("PRACK") and call.up, "200 to both")
    phone.expect(Answered)
    assert (400, 5) in call.tones()
