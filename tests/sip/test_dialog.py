"""One call of ours, in words."""

import pytest

from ivr.sip.dialog import Dialog, method_of, reply, status_of
from ivr.sip.message import header_lines, read_headers, request_uri


def dialog(number: str = "100") -> Dialog:
    return Dialog(number, "192.0.2.1:5060", "self-call", "192.0.2.2:4000", "v=0\r\n")


def answer(*lines: str) -> str:
    return "\r\n".join(["SIP/2.0 200 OK", "CSeq: 1 INVITE", *lines, "", ""])


@pytest.mark.parametrize(("number", "user"), [("+49*1", "+49*1"), ("#1 2", "%231%202")])
def test_any_number_fits_into_a_uri(number: str, user: str) -> None:
    assert request_uri(dialog(number).invite()) == f"sip:{user}@192.0.2.1:5060"


@pytest.mark.parametrize(
    ("contact", "uri"),
    [
        ('"A <b>" <sip:w@192.0.2.3:5;transport=udp>;expires=3', "sip:w@192.0.2.3:5;transport=udp"),
        ("sip:w@192.0.2.3;expires=3", "sip:w@192.0.2.3"),
        ("", "sip:100@192.0.2.1:5060"),
    ],
)
def test_what_comes_after_the_answer_goes_to_its_contact(contact: str, uri: str) -> None:
    call = dialog()
    assert request_uri(call.ack(answer(f"Contact: {contact}"))) == uri
    assert request_uri(call.bye()) == uri


def test_the_route_is_the_way_of_the_answer_turned_round() -> None:
    call = dialog()
    ack = call.ack(answer("Record-Route: <sip:a;lr>;x=1, <sip:b;lr>", "Record-Route: <sip:c;lr>"))
    routes = [value for name, value in header_lines(ack) if name == "route"]
    assert routes == ["<sip:c;lr>", "<sip:b;lr>", "<sip:a;lr>;x=1"]


def test_each_request_is_a_transaction_of_its_own() -> None:
    call = dialog()
    invite, ack, bye = call.invite(), call.ack(answer("To: <sip:x>;tag=1")), call.bye()
    assert len({read_headers(text)["via"] for text in (invite, ack, bye)}) == 3
    assert [read_headers(text)["cseq"] for text in (invite, ack, bye)] == [
        "1 INVITE", "1 ACK", "2 BYE",
    ]  # fmt: skip
    assert len({read_headers(text)["call-id"] for text in (invite, ack, bye)}) == 1


def test_a_request_is_answered_on_the_way_that_it_came() -> None:
    bye = "BYE sip:a SIP/2.0\r\nv: 1\r\nVia: 2\r\nf: b\r\nt: a\r\ni: 7\r\nCSeq: 5 BYE\r\n\r\n"
    said = reply(bye, "200 OK")
    assert [value for name, value in header_lines(said) if name == "via"] == ["1", "2"]
    assert (status_of(said), method_of(said), read_headers(said)["call-id"]) == (200, "BYE", "7")


@pytest.mark.parametrize("text", ["", "\r\n\r\n", "SIP/2.0", "SIP/2.0 2", "\x00\xff: \r\n"])
def test_what_is_no_sip_is_nothing(text: str) -> None:
    assert status_of(text) == 0
    assert method_of(text) == ""
