"""What is wrong with a request, and what a stranger is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.sip.requests import Answer, Request, fault, inside, outside, response

from .wire import parse

SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n"


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
