"""SIP text, keys and sockets: all that needs no SIP stack."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.sip import message
from ivr.sip.keys import KeyFilter
from ivr.sip.message import (
    contact_values,
    dtmf_info_key,
    extra_headers,
    one_line,
    read_headers,
    request_uri,
    uri_user,
)
from ivr.sip.sockets import LINGER, MOST_CONNECTIONS, PLACES, Sockets

INVITE = (
    "INVITE sip:601@pbx.test;user=phone SIP/2.0\r\n"
    "v: SIP/2.0/UDP a\r\nVia: SIP/2.0/UDP b\r\n"
    'f: "Alice <sip:x@y>" <sip:alice@a.test>;tag=1\r\n'
    "Subject: one\r\n  two\r\n"
    "X-Odd\r\n"
    "\r\nFrom: body@x\r\n"
)


def test_the_first_of_each_header_by_its_full_name() -> None:
    assert read_headers(INVITE) == {
        "via": "SIP/2.0/UDP a",
        "from": '"Alice <sip:x@y>" <sip:alice@a.test>;tag=1',
        "subject": "one two",
    }
    assert request_uri(INVITE) == "sip:601@pbx.test;user=phone"
    assert request_uri("") == ""


@pytest.mark.parametrize(
    ("text", "user"),
    [
        ("sip:601@pbx", "601"),
        ("sip:601:secret@pbx", "601"),
        ("sip:+15;phone-context=x@pbx", "+15"),
        ("sip:a%23b@pbx", "a#b"),
        ("sip:pbx.test:5070;transport=tcp", "pbx.test"),
        ("sip:pbx.test", "pbx.test"),
        ("sip:pbx.test?X=1", "pbx.test"),
        ("tel:+1-555;isub=1", "+1-555"),
        ("Bob <sip:bob@h>;tag=1", "bob"),
        ('"B \\" <sip:no@h>" <sips:bob@h>', "bob"),
        ("", ""),
        ("<", ""),
        ("sip:%00%0d@h", ""),
    ],
)
def test_the_user_part(text: str, user: str) -> None:
    assert uri_user(text) == user


@given(st.text())
def test_any_text_can_be_read_and_sent(text: str) -> None:
    for flat in (uri_user(text), one_line(text), *read_headers(text).values()):
        flat.encode("utf-8")
        assert not set(flat) & {"\r", "\n", "\0"}
    dtmf_info_key(text)
    request_uri(text)


@given(st.dictionaries(st.text(), st.text()))
def test_headers_stay_within_bounds(headers: dict[str, str]) -> None:
    kept, dropped = extra_headers(headers)
    assert len(kept) + len(dropped) == len(headers)
    assert sum(len(name) + len(value.encode()) for name, value in kept) < message.HEADERS_LIMIT
    assert not any(set(name + value) & set("\r\n\0") for name, value in kept)


def test_contacts() -> None:
    assert contact_values(["sip:a@b"]) == ["<sip:a@b>"]
    assert contact_values(["nonsense", "sip:", ""]) == []
    many = contact_values(f"sip:{n}@h" for n in range(20))
    assert many[0] == "<sip:0@h>;q=1.0"
    assert many[-1] == "<sip:9@h>;q=0.1"


def info(body: str, kind: str = "application/dtmf-relay") -> str:
    return f"INFO sip:x SIP/2.0\r\nc: {kind}\r\n\r\n{body}"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (info("Signal=5\r\nDuration=160\r\n"), "5"),
        (info("signal = #\n"), "#"),
        (info("Duration=1\r\nSignal=10"), "*"),
        (info("Signal=11"), "#"),
        (info("Signal=12"), "A"),
        (info("Signal=d"), "D"),
        (info("Signal=16"), ""),
        (info("Signal="), ""),
        (info("Duration=1\r\n5\r\n"), ""),
        (info("5", "application/dtmf"), "5"),
        (info("d\r\n", "application/dtmf"), "D"),
        (info(" 10\r\n", "application/dtmf"), "*"),
        (info("11\n", "Application/DTMF ;x=y"), "#"),
        (info("16", "application/dtmf"), ""),
        (info("160", "application/dtmf"), ""),
        (info("Signal=#\r\nDuration=160\r\n", "application/dtmf"), "#"),
        (info("7", "audio/telephone-event"), "7"),
        (info("event=11\r\nduration=100\r\n", "audio/telephone-event"), "#"),
        (info("10,100", "audio/telephone-event"), "*"),
        (info("5", "text/plain"), ""),
        (info("Signal=5", "application/dtmf-relay;charset=x"), "5"),
        ("", ""),
    ],
)
def test_a_key_by_info(text: str, key: str) -> None:
    assert dtmf_info_key(text) == key


def test_one_press_by_two_ways_is_one_key() -> None:
    keys = KeyFilter()
    assert keys.key("5", "rtp", 0.0) == "5"
    assert keys.key(info("Signal=5"), "info", 0.1) == ""
    assert keys.key("5", "rtp", 0.15) == "5", "the next press"
    assert keys.key(info("Signal=5"), "info", 0.4) == "5", "too late to be the same"
    assert keys.key(info("Signal=6"), "info", 0.41) == "6"
    assert keys.key("R", "rtp", 1.0) == ""
    assert keys.key("5", "rtp", 2.0) == keys.key("5", "rtp", 2.04) == "5", "two by one way"


def test_sockets_are_held_off_until_they_are_back() -> None:
    sockets = Sockets()
    calls = 0
    while not sockets.short(0.0):
        sockets.admitted(0.0, 1)
        sockets.call_began(incoming=True)
        sockets.call_ended(0.0)
        calls += 1
    assert 15 < calls < PLACES // 2
    assert not sockets.spent(0.0)
    sockets.refused(0.0)
    assert sockets.spent(LINGER)
    assert not sockets.short(LINGER + 0.01)


def test_an_invite_is_counted_once() -> None:
    sockets = Sockets()
    sockets.admitted(0.0, 1)  # the stack refuses this one
    sockets.admitted(0.0, 1)
    sockets.call_began(incoming=True)
    assert (sockets.calls, sum(count for _, count in sockets.leaving)) == (1, 2)
    sockets.call_began(incoming=False)
    assert (sockets.calls, sum(count for _, count in sockets.leaving)) == (2, 2)


def test_connections_are_few() -> None:
    sockets = Sockets()
    assert all(sockets.connected(n) for n in range(MOST_CONNECTIONS))
    assert not sockets.connected(99)
    sockets.disconnected(99, 0.0)
    sockets.disconnected(99, 0.0)
    assert len(sockets.leaving) == 1
