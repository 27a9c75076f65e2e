"""Every request that a stranger can send is answered on purpose."""

from __future__ import annotations

import signal
import socket
from collections.abc import Sequence

import pytest

from ivr.engine.effects import Answer, Dial, Effect, HangUp, Play, Refer, Reject
from ivr.engine.events import Answered, Digit, Event, HungUp, Offered, ReferDone

from .conftest import Line, Script, StartLine
from .peer import LOCAL, Dialog, Peer
from .test_requests import text

OUTSIDE = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, NOTIFY"


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
                return [Answer()]
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
    call = phone.peer.call(send=False)
    call.acknowledges = False  # so that its transaction goes on
    call.request("INVITE", call.sdp)
    phone.peer.expect(lambda: call.up, "the call is answered")
    again = phone.peer.call(send=False)
    again.id, again.tag, again.cseq = call.id, call.tag, call.cseq
    phone.peer.dialogs[call.id] = again
    again.request("INVITE", again.sdp, cseq=call.cseq)
    phone.peer.expect(lambda: 482 in [answer.code for answer in again.responses], "482")
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
def test_what_the_stack_cannot_read_over_tcp(line: StartLine) -> None:
    phone = line(serves)
    good = text("OPTIONS", "Content-Length: 0").replace("UDP h;", f"TCP {LOCAL};rport;")
    bad = good.replace("CSeq: 7", "CSeq: x")
    with socket.create_connection((LOCAL, phone.port), timeout=5) as stream:
        port = stream.getsockname()[1]

        def sent(*messages: str) -> list[str]:
            stream.sendall("".join(messages).encode())
            came = b""
            while came.count(b"\r\n\r\n") < len(messages):
                came += stream.recv(4000)
            assert came.count(f"received={LOCAL}".encode()) == len(messages)
            assert came.count(f"rport={port}".encode()) == len(messages)
            return [part.splitlines()[0][8:] for part in came.decode().split("\r\n\r\n")[:-1]]

        assert sent(good) == ["200 OK"]
        assert sent(bad) == ["400 Bad CSeq"]
        assert sent("\r\n\r\n" + good, bad, good, bad) == [
            "200 OK", "400 Bad CSeq", "200 OK", "400 Bad CSeq",
        ]  # fmt: skip
        assert sent(good.replace("SIP/2.0\r\n", "SIP/7.0\r\n", 1))[0].startswith("505")
        assert sent(good.replace("To: <sip:1@h>\r\n", "")) == ["400 Missing To"]
        assert sent(good.replace("sip:1@h SIP", "sip:1 @h SIP")) == ["400 Bad Request-Line"]
        assert sent(good) == ["200 OK"]
    assert phone.peer.up()


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
