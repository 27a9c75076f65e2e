"""Every request that a stranger can send is answered on purpose."""

from __future__ import annotations

import signal
import socket
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.engine.effects import Answer as AnswerCall
from ivr.engine.effects import Dial, Effect, HangUp, Play, Refer, Reject
from ivr.engine.events import Answered, Digit, Event, HungUp, Offered, ReferDone
from ivr.sip.requests import Answer, Request, fault, inside, outside, response

from .conftest import Line, Script, StartLine
from .peer import LOCAL, Dialog, Peer
from .wire import parse

SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n"
OUTSIDE = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, NOTIFY"


def text(
    method: str = "INVITE", *headers: str, uri: str = "sip:1@h", version: str = "SIP/2.0",
    body: str = "", without: str = "", cseq: str = "", tag: str = "",
) -> str:  # fmt: skip
    known = {
        "Via": "SIP/2.0/UDP h;branch=z9hG4bK1", "From": "<sip:a@h>;tag=1",
        "To": "<sip:1@h>" + (f";tag={tag}" if tag else ""), "Call-ID": "id",
        "CSeq": cseq or f"7 {method}",
    }  # fmt: skip
    lines = [f"{name}: {value}" for name, value in known.items() if name != without]
    return "\r\n".join([f"{method} {uri} {version}", *lines, *headers, "", body])


def sdp(*headers: str, kind: str = "application/sdp", body: str = SDP) -> str:
    return text("INVITE", f"Content-Type: {kind}", *headers, body=body)


@pytest.mark.parametrize(
    ("request_text", "code", "told"),
    [
        ("", 400, "Bad Request-Line"),
        (text(version=""), 400, "Bad Request-Line"),
        (text(uri="sip:1@h x"), 400, "Bad Request-Line"),
        (text(uri="<sip:1@h>"), 400, "Bad Request-URI"),
        *[
            (text(without=name), 400, f"Missing {name}")
            for name in ("Via", "From", "To", "Call-ID", "CSeq")
        ],
        (text("INVITE", "f: <sip:b@h>;tag=2"), 400, "Repeated From"),
        (text("INVITE", "CSeq: 8 INVITE"), 400, "Repeated CSeq"),
        (text("INVITE", "l: 0", "Content-Length: 0"), 400, "Repeated Content-Length"),
        (text("INVITE", *["X: y"] * 160), 400, "Too Many Headers"),
        (text("INVITE").replace("To: <", 'To: "A <'), 400, "Bad To"),
        (text("INVITE").replace("<sip:a@h>", "<sip:a@h"), 400, "Bad From"),
        (text(cseq="x INVITE"), 400, "Bad CSeq"),
        (text(cseq="1 BYE"), 400, "Bad CSeq"),
        (text(cseq="2147483648 INVITE"), 400, "Bad CSeq"),
        (text(cseq="-1 INVITE"), 400, "Bad CSeq"),
        (text("INVITE", "Max-Forwards: 256"), 400, "Bad Max-Forwards"),
        (text("INVITE", "Content-Length: -1"), 400, "Bad Content-Length"),
        (text("INVITE", "Content-Length: ²"), 400, "Bad Content-Length"),
        (text("INVITE", "Content-Length: 99999999999999999999"), 400, "Bad Content-Length"),
        (sdp("Content-Length: 999"), 400, "Bad Content-Length"),
        (text(uri="sip:" + "x" * 1100), 414, ""),
        (text(uri="http://h"), 416, ""),
        (text(uri="h"), 416, ""),
        (text(version="SIP/7.0"), 505, ""),
        (sdp(body=SDP * 100), 413, ""),
        (text("INVITE", "Require: timer, foo", "Require: bar"), 420, "foo, bar"),
        (text("OPTIONS", "Require: foo"), 420, "foo"),
        (text("INVITE", "Max-Forwards: 0"), 483, ""),
        (text("INVITE", "Accept: text/plain"), 406, "application/sdp"),
        (text("INVITE", "Accept:"), 406, "application/sdp"),
        (sdp("Content-Encoding: gzip"), 415, "identity"),
        (sdp("e: gzip"), 415, "identity"),
        (sdp("Session-Expires: 89;refresher=uac"), 422, "90"),
        (sdp(kind="text/plain"), 415, "application/sdp"),
        (text("INVITE", body=SDP), 415, "application/sdp"),
        (sdp(kind="multipart/mixed;boundary=x"), 415, "application/sdp"),
        (sdp("Content-Disposition: render"), 415, "application/sdp"),
        (sdp(kind="application/pkcs7-mime"), 493, ""),
    ],
)
def test_what_is_wrong_with_a_request(request_text: str, code: int, told: str) -> None:
    answer = fault(Request(request_text))
    assert answer
    assert answer.code == code
    if told:
        assert told in (answer.reason, *dict(answer.headers).values())


@pytest.mark.parametrize(
    "request_text",
    [
        text(),
        text(uri="SIPS:1@h"),
        text(uri="tel:+1"),
        text(version="sip/2.0"),
        text("OPTIONS", "Max-Forwards: 0"),
        text("INVITE", "Max-Forwards: 0", tag="x"),
        text("CANCEL", "Require: foo"),
        text("INVITE", "Require: 100rel;x, Timer"),
        text("INVITE", "Accept: text/plain, application/*;q=0.1"),
        sdp("x: 90"),
        sdp("Content-Encoding: identity", "Content-Disposition: session;handling=required"),
        sdp("Content-Disposition: x; handling=optional"),
        sdp(kind="Application/SDP;charset=utf-8"),
        sdp(kind="multipart/mixed", body="--b\r\nContent-Type: application/sdp\r\n\r\n"),
        text("INVITE", body="\r\n"),
        text("OPTIONS", "Accept: text/plain"),
        text("MESSAGE", "Content-Type: text/plain", body="hello"),
    ],
)
def test_what_is_not_wrong(request_text: str) -> None:
    assert fault(Request(request_text)) is None


def said(answer: Answer | None) -> int:
    return answer.code if answer else 0


@pytest.mark.parametrize(
    ("methods", "out", "stray", "within"),
    [
        ("ACK CANCEL", 0, 0, 0),
        ("INVITE", 0, 481, 0),
        ("BYE", 481, 0, 0),
        ("UPDATE PRACK", 481, 481, 0),
        ("REFER", 405, 481, 400),
        ("OPTIONS", 200, 481, 200),
        ("INFO", 481, 481, 200),
        ("NOTIFY", 481, 481, 489),
        ("SUBSCRIBE", 489, 481, 489),
        ("REGISTER PUBLISH MESSAGE", 405, 481, 405),
        ("FOO invite", 501, 481, 501),
    ],
)
def test_the_answer_by_method(methods: str, out: int, stray: int, within: int) -> None:
    for method in methods.split():
        assert said(outside(Request(text(method)))) == out
        assert said(outside(Request(text(method, tag="x")))) == stray
        assert said(inside(Request(text(method, tag="x")), refers=False)) == within


def test_a_notify_is_for_whoever_has_sent_a_refer() -> None:
    refer = Request(text("NOTIFY", "o: refer;id=2", tag="x"))
    assert inside(refer, refers=True) is None
    assert said(inside(refer, refers=False)) == 481
    assert said(inside(Request(text("NOTIFY", "Event: presence", tag="x")), refers=True)) == 489


def test_an_answer_to_what_the_stack_cannot_read() -> None:
    asked = Request(text("INVITE").replace("Via: SIP/2.0/UDP h;", "Via: SIP/2.0/UDP h;rport;", 1))
    answer = parse(response(asked, Answer(420, "", (("Unsupported", "x"),)), ("192.0.2.1", 99)))
    assert answer.first == "SIP/2.0 420 Bad Extension"
    assert answer.header("via") == ("SIP/2.0/UDP h;rport=99;branch=z9hG4bK1;received=192.0.2.1")
    assert (answer.header("to"), answer.header("unsupported")) == ("<sip:1@h>;tag=none", "x")


@given(st.text())
def test_any_text_has_an_answer(junk: str) -> None:
    for raw in (junk, text("INFO", junk), text("INVITE", f"To: {junk}"), sdp(body=junk)):
        asked = Request(raw)
        answer = fault(asked) or outside(asked) or inside(asked, refers=True) or Answer(400)
        head = response(asked, answer, ("192.0.2.1", 5060)).decode()
        assert head.endswith("\r\n\r\n")
        assert head.count("\r\n\r\n") == 1


# -- on the wire ----------------------------------------------------------------------------------


def serves() -> Script:
    """Rejects who dials `no`, answers the others; `7` and `8` hand the caller over."""
    there = ""

    def script(event: Event) -> Sequence[Effect]:
        nonlocal there
        match event:
            case Offered(dialled="no"):
                return [Reject(486)]
            case Offered():
                there = event.headers.get("x-there", "9")
                return [AnswerCall()]
            case Answered():
                return [Play(1, ("400x9",))]
            case Digit("8"):
                return [Dial(1, f"sip:x@{LOCAL}:{there}")]
            case Digit("7"):
                return [Refer(2, f"sip:x@{LOCAL}:9")]
            case ReferDone():
                return [HangUp()]
        return []

    return script


class Asking:
    """Asks for things and reads what comes back."""

    def __init__(self, phone: Line) -> None:
        self.peer = phone.peer

    def __call__(
        self, method: str, call: Dialog | None = None, *headers: str, body: str = "",
        kind: str = "application/sdp", uri: str = "", tag: str = "",
    ) -> tuple[int, str]:  # fmt: skip
        """The code, and what Allow, Accept and their like say."""
        dialog = call or self.peer.call("no", send=False)
        dialog.uri = uri or dialog.uri
        if tag:
            dialog.remote = f"<{dialog.uri}>;tag={tag}"
        before = len(dialog.responses)
        dialog.request(method, body, kind, *headers)

        def final() -> list[int]:
            return [m.code for m in dialog.responses[before:] if m.code >= 200]

        self.peer.expect(final, f"an answer to {method}")
        message = dialog.responses[-1]
        names = ("allow", "accept", "accept-encoding", "allow-events", "unsupported", "recv-info")
        return final()[0], "; ".join(message.header(n) for n in names if message.header(n))


@pytest.mark.line
def test_requests_outside_of_a_call(line: StartLine) -> None:
    asking = Asking(line(serves))
    assert asking("OPTIONS") == (200, f"{OUTSIDE}; application/sdp; identity; refer")
    for method in ("BYE", "INFO", "UPDATE", "PRACK", "NOTIFY", "CANCEL"):
        assert asking(method) == (481, ""), method
    for method in ("REFER", "REGISTER", "PUBLISH", "MESSAGE"):
        assert asking(method) == (405, OUTSIDE), method
    assert asking("SUBSCRIBE", None, "Event: presence") == (489, "refer")
    assert asking("FOO") == asking("invite") == (501, OUTSIDE)
    for method in ("INVITE", "OPTIONS", "BYE", "INFO", "UPDATE", "PRACK", "NOTIFY", "REFER",
                   "REGISTER", "PUBLISH", "MESSAGE", "SUBSCRIBE", "FOO"):  # fmt: skip
        assert asking(method, tag="gone") == (481, ""), method


@pytest.mark.line
def test_requests_within_a_call(line: StartLine) -> None:
    phone = line(serves)
    asking, call = Asking(phone), phone.peer.up()
    phone.expect(Answered)
    allow = f"{OUTSIDE}, REFER"
    assert asking("OPTIONS", call) == (200, f"{allow}; application/sdp; identity; refer")
    for method in ("REGISTER", "PUBLISH", "MESSAGE"):
        assert asking(method, call) == (405, allow), method
    assert asking("FOO", call) == (501, allow)
    assert asking("SUBSCRIBE", call, "Event: refer") == (489, "refer")
    assert asking("NOTIFY", call, "Event: keep-alive") == (489, "refer")
    assert asking("NOTIFY", call, "Event: refer")[0] == 481
    assert asking("UPDATE", call)[0] == 200
    assert asking("PRACK", call)[0] == 400
    assert asking("REFER", call, "Refer-To: <sip:x@y>")[0] == 603
    assert asking("REFER", call)[0] == 400
    heard = len(call.heard)
    phone.peer.expect(lambda: len(call.heard) > heard + 5, "the prompt goes on")
    assert asking("BYE", call)[0] == 200
    phone.expect(HungUp)


@pytest.mark.line
def test_info_of_every_kind(line: StartLine) -> None:
    phone = line(serves)
    asking, call = Asking(phone), phone.peer.up()
    phone.expect(Answered)
    for kind, body in (
        ("application/dtmf-relay", "Signal=1\r\n"), ("application/dtmf", "2"),
        ("audio/telephone-event", "3"), ("application/dtmf", "10"), ("application/dtmf", "11"),
        ("application/dtmf-relay", "nothing"), ("application/dtmf", "nothing"),
    ):  # fmt: skip
        assert asking("INFO", call, body=body, kind=kind) == (200, ""), kind
    assert asking("INFO", call) == (200, "")
    code, accepted = asking("INFO", call, body="<x/>", kind="application/media_control+xml")
    assert (code, accepted) == (
        415, "application/dtmf, application/dtmf-relay, audio/telephone-event",
    )  # fmt: skip
    assert asking("INFO", call, "Info-Package: x") == (469, "nil")
    phone.expect(Digit, count=5)
    assert "".join(digit.key for digit in phone.of(Digit)) == "123*#"


@pytest.mark.line
def test_a_notify_of_our_refer_reaches_the_stack(line: StartLine) -> None:
    phone = line(serves)
    call = phone.peer.up()
    phone.expect(Answered)
    call.press("7")
    phone.peer.expect(lambda: call.got("REFER"), "REFER")
    call.notify(100)
    call.notify(486, "terminated;reason=noresource")
    assert phone.expect(ReferDone).code == 486
    assert [m.code for m in call.responses if m.method == "NOTIFY"] == [200, 200]


@pytest.mark.line
def test_invites_that_cannot_be(line: StartLine) -> None:
    phone = line(serves)
    asking = Asking(phone)
    body = phone.peer.call(send=False).sdp
    assert asking("INVITE", None, "Require: foo", body=body) == (420, "foo")
    assert asking("INVITE", None, "Max-Forwards: 0")[0] == 400  # it has two
    assert asking("INVITE", body=body, uri="http://x")[0] == 416
    assert asking("INVITE", body=body, uri="sip:" + "x" * 1100)[0] == 414
    assert asking("INVITE", body=body, uri="sips:x@127.0.0.1")[0] == 480  # the stack: no TLS
    assert asking("INVITE", body="hello", kind="text/plain") == (415, "application/sdp")
    assert asking("INVITE", None, "Content-Encoding: gzip", body=body) == (415, "identity")
    assert asking("INVITE", None, "Accept: text/plain", body=body) == (406, "application/sdp")
    assert asking("INVITE", body=body, kind="application/pkcs7-mime")[0] == 493
    assert asking("INVITE", body=body + "a=x:" + "y" * 3000)[0] == 413
    assert asking("INVITE", None, "X-Fill: " + "z" * 5000, body=body)[0] == 513
    assert asking("OPTIONS", None, "X-Fill: " + "z" * 5000)[0] == 513
    assert asking("INVITE", None, "Session-Expires: 20", "Supported: timer", body=body)[0] == 422
    replaces = "Replaces: abc;to-tag=1;from-tag=2"
    assert asking("INVITE", None, replaces, "Require: replaces", body=body)[0] == 481
    assert phone.of(Offered) == []
    mixed = f"--b\r\nContent-Type: application/sdp\r\n\r\n{body}\r\n--b--\r\n"
    assert asking("INVITE", body=mixed, kind="multipart/mixed;boundary=b")[0] == 486


@pytest.mark.line
def test_what_the_stack_cannot_read(line: StartLine) -> None:
    phone = line(serves)
    good = text("OPTIONS").replace("SIP/2.0/UDP h;", f"SIP/2.0/UDP {LOCAL}:{phone.peer.port};")

    def sent(message: str) -> str:
        phone.peer.strays.clear()
        phone.peer.send(message)
        phone.peer.expect(lambda: phone.peer.strays, "an answer")
        return phone.peer.strays[0].first[8:]

    assert sent(good) == "200 OK"
    assert sent(good.replace("SIP/2.0\r\n", "SIP/7.0\r\n", 1)) == "505 Version Not Supported"
    assert sent(good.replace("CSeq: 7", "CSeq: x")) == "400 Bad CSeq"
    assert sent(good.replace("sip:1@h SIP", "sip:1 @h SIP")) == "400 Bad Request-Line"
    assert sent(good.replace("To: <sip:1@h>\r\n", "")) == "400 Missing To"
    assert sent(good.replace("From: <", 'From: "A <')) == "400 Bad From"
    assert sent(good.replace("\r\n\r\n", "\r\nAuthorization: Odd\r\n\r\n")) == "400 Bad Request"
    assert sent(good) == "200 OK"


@pytest.mark.line
def test_a_request_that_came_twice_by_two_ways_is_one(line: StartLine) -> None:
    phone = line(serves)
    call = phone.peer.up()
    again = phone.peer.call(send=False)
    again.id, again.tag, again.cseq = call.id, call.tag, call.cseq
    phone.peer.dialogs[call.id] = again
    again.request("INVITE", again.sdp, cseq=call.cseq)
    phone.peer.expect(lambda: again.status() == 482, "482")
    phone.peer.dialogs[call.id] = call
    call.bye()
    phone.expect(HungUp)


@pytest.mark.line
def test_options_while_the_line_is_closing(line: StartLine) -> None:
    phone = line(serves, retry_after=9)
    phone.peer.up()
    phone.expect(Answered)
    phone.signal(signal.SIGUSR1)
    call = phone.peer.call(send=False)

    def closing() -> bool:
        call.request("OPTIONS")
        return phone.peer.run(lambda: call.status() == 503, 0.05)

    phone.peer.expect(closing, "503")
    assert call.responses[-1].header("retry-after") == "9"


@pytest.mark.line
def test_requests_over_tcp(line: StartLine) -> None:
    phone = line(serves)
    with socket.create_connection((LOCAL, phone.port), timeout=5) as stream:
        for method, first in (("REGISTER", "SIP/2.0 405 "), ("FOO", "SIP/2.0 501 ")):
            asked = text(method, "Content-Length: 0").replace("SIP/2.0/UDP", "SIP/2.0/TCP")
            stream.sendall(asked.encode())
            assert stream.recv(4000).decode().startswith(first)


@pytest.mark.line
def test_without_the_shim_what_can_be_done_is_done(line: StartLine) -> None:
    phone = line(serves, shim=False)
    asking = Asking(phone)
    body = phone.peer.call(send=False).sdp
    assert asking("OPTIONS")[0] == 200
    assert asking("SUBSCRIBE", None, "Event: presence", "Expires: 60")[0] == 489
    assert asking("CANCEL")[0] == 481
    assert asking("INVITE", None, "Require: foo", body=body)[0] == 420
    assert asking("INVITE", body="hello", kind="text/plain") == (415, "application/sdp")
    assert asking("INVITE", None, "Content-Encoding: gzip", body=body) == (415, "identity")
    assert asking("INVITE", None, "Accept: text/plain", body=body) == (406, "application/sdp")
    assert asking("INVITE", body=body, uri="sip:" + "x" * 1100)[0] == 414
    assert phone.of(Offered) == []
    call = phone.peer.up()
    phone.expect(Answered)
    asking("INFO", call, body="5", kind="application/dtmf")  # the stack says 500, but
    assert phone.expect(Digit) == Digit("5")


@pytest.mark.line
def test_requests_after_the_end_of_a_call(line: StartLine) -> None:
    """The stack still has half of the call, and a REFER might end the process."""
    phone = line(serves)
    asking, call = Asking(phone), phone.peer.up()
    phone.expect(Answered)
    assert asking("BYE", call)[0] == 200
    for method in ("REFER", "UPDATE", "PRACK", "NOTIFY", "INFO", "OPTIONS", "INVITE"):
        assert asking(method, call, "Refer-To: <sip:x@y>", "Event: refer")[0] == 481, method
    assert asking("BYE", call)[0] == 200


@pytest.mark.line
def test_an_answer_that_would_go_to_somebody_else(line: StartLine) -> None:
    """With the response to a REFER that cannot be sent, the stack would end the process."""
    phone = line(serves)
    call = phone.peer.up()
    phone.expect(Answered)
    call.request("REFER", "", "", "Refer-To: <sip:x@y>", branch="z9hG4bKx;maddr=no.host.invalid")
    Asking(phone)("OPTIONS", call)
    assert [m.code for m in call.responses if m.method == "REFER"] == []


LONG_HOSTS = ("c=IN IP4 " + "h" * 254, "a=rtcp:9 IN IP4 " + "h" * 254)


@pytest.mark.line
@pytest.mark.parametrize("bad", LONG_HOSTS, ids=["c", "rtcp"])
def test_a_host_in_sdp_that_is_too_long_for_the_stack(line: StartLine, bad: str) -> None:
    """Each of these would end the process."""
    phone = line(serves)
    asking, body = Asking(phone), phone.peer.call(send=False).sdp + bad + "\r\n"
    assert asking("INVITE", body=body)[0] == 400
    call = phone.peer.up()
    phone.expect(Answered)
    assert asking("UPDATE", call, body=body)[0] == 400
    offerless = phone.peer.call("1", offer=False, send=False)
    offerless.acknowledges = False
    offerless.request("INVITE")
    phone.peer.expect(lambda: offerless.up, "200 with an offer")
    offerless.request("ACK", body, cseq=offerless.cseq)
    assert asking("OPTIONS")[0] == 200


@pytest.mark.line
def test_a_host_that_is_too_long_in_an_answer_to_us(line: StartLine) -> None:
    phone = line(serves)
    there = Peer(phone.port)

    def pick_up(dialog: Dialog) -> None:
        assert dialog.incoming
        dialog.reply(dialog.incoming, 180)
        dialog.reply(dialog.incoming, 200, dialog.sdp + LONG_HOSTS[0] + "\r\n")

    there.answer = pick_up
    phone.peer.extra.append((there.sip.fileno(), there._sip))
    call = phone.peer.up("1", f"X-There: {there.port}")
    phone.expect(Answered)
    call.press("8")
    phone.peer.expect(lambda: there.dialogs, "the second leg")
    phone.peer.run(None, 0.3)
    call.bye()
    phone.expect(HungUp)
    phone.peer.extra.pop()
    there.close()
