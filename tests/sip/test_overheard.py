"""What is told of a SIP message, and whose it is."""

from __future__ import annotations

import pytest

from ivr.engine.signalled import Signalled
from ivr.sip.overheard import LINGER, MOST, UNCLAIMED, Overheard, first_line, media_of

SDP = (
    b"\r\n\r\nv=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
    b"m=video 4002 RTP/AVP 99\r\nc=IN IP4 192.0.2.3\r\n"
    b"m=audio 4000 RTP/AVP 0 101\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:SECRET\r\n"
)


def message(line: str, id: str = "x", cseq: str = "1 INVITE") -> bytes:
    return f"{line}\r\nVia: SIP/2.0/UDP h\r\nCall-ID: {id}\r\nCSeq: {cseq}\r\n\r\n".encode()


INVITE = message("INVITE sip:1@h SIP/2.0")
BYE = message("BYE sip:1@h SIP/2.0", cseq="2 BYE")


@pytest.fixture
def told() -> list[tuple[str, Signalled]]:
    return []


@pytest.fixture
def overheard(told: list[tuple[str, Signalled]]) -> Overheard:
    overheard = Overheard()
    overheard.tell = lambda call, fact: told.append((call, fact))
    return overheard


@pytest.mark.parametrize(
    ("sdp", "media"),
    [
        (SDP, "audio 4000 RTP/AVP 0 101 at 192.0.2.1"),
        (SDP + b"c=IN IP4 192.0.2.2\r\n", "audio 4000 RTP/AVP 0 101 at 192.0.2.2"),
        (SDP + b"a=inactive\r\n", "audio 4000 RTP/AVP 0 101 at 192.0.2.1 inactive"),
        (SDP + b"m=image 1 udptl t38\r\na=sendonly\r\n", "audio 4000 RTP/AVP 0 101 at 192.0.2.1"),
        (b"\r\n\r\nv=0\r\nm=audio 9", "audio 9"),
        (b"\r\n\r\nv=0\r\nm=video 9 RTP/AVP 99\r\n", "no audio"),
        (b"\r\n\r\nSignal=5\r\n", ""),
        (b"", ""),
    ],
)
def test_what_an_sdp_says_of_audio(sdp: bytes, media: str) -> None:
    assert media_of(b"INVITE sip:1@h SIP/2.0\r\nv: SIP/2.0/UDP h" + sdp) == media


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (b"SIP/2.0 200 OK\r\n", "SIP/2.0 200 OK"),
        (b"INVITE sip:bob:geheim@h:5060;x=1 SIP/2.0\n", "INVITE sip:bob:***@h:5060;x=1 SIP/2.0"),
        (b"REFER sips:h:5061 SIP/2.0\r\n", "REFER sips:h:5061 SIP/2.0"),
        (b"SIP/2.0 486 \x1b[2J\xff\r\n", "SIP/2.0 486  [2J\ufffd"),
    ],
)
def test_first_lines(line: bytes, shown: str) -> None:
    assert first_line(line) == shown


def test_what_came_before_the_claim_is_told_then(
    overheard: Overheard, told: list[tuple[str, Signalled]]
) -> None:
    overheard.saw(False, INVITE, 1.0)
    overheard.saw(True, message("SIP/2.0 100 Trying"), 1.1)
    assert not told
    overheard.claim("x", "call")
    overheard.saw(True, message("SIP/2.0 180 Ringing"), 1.2)
    assert told == [
        ("call", Signalled(1.0, False, "INVITE sip:1@h SIP/2.0", "1 INVITE")),
        ("call", Signalled(1.1, True, "SIP/2.0 100 Trying", "1 INVITE")),
        ("call", Signalled(1.2, True, "SIP/2.0 180 Ringing", "1 INVITE")),
    ]


def test_legs_are_numbered(overheard: Overheard, told: list[tuple[str, Signalled]]) -> None:
    for leg, id in enumerate(("x", "y", "z")):
        overheard.saw(True, message("INVITE sip:1@h SIP/2.0", id), 1.0)
        overheard.claim(id, "call", leg)
    assert [fact.leg for _, fact in told] == [0, 1, 2]


def test_repetitions(overheard: Overheard, told: list[tuple[str, Signalled]]) -> None:
    overheard.claim("x", "call")
    for _ in range(3):
        overheard.saw(True, BYE, 1.0)
    overheard.saw(False, BYE, 1.0)  # of the other side
    overheard.saw(False, BYE, 1.0, repeats=False)
    assert [fact.again for _, fact in told] == [0, 1, 2, 0]


def test_a_dialog_is_forgotten_some_time_after_its_call(
    overheard: Overheard, told: list[tuple[str, Signalled]]
) -> None:
    overheard.claim("x", "call")
    overheard.release("call", 10.0)
    overheard.saw(False, message("INVITE sip:1@h SIP/2.0", "y"), 10.0 + LINGER - 1)
    overheard.saw(True, BYE, 10.0 + LINGER - 1)
    assert len(told) == 1
    overheard.saw(False, message("INVITE sip:1@h SIP/2.0", "z"), 10.0 + LINGER + 1)
    overheard.saw(True, BYE, 10.0 + LINGER + 1)
    assert len(told) == 1


def test_a_flood_leaves_nothing(overheard: Overheard, told: list[tuple[str, Signalled]]) -> None:
    for number in range(500):  # half of them refused, the others never looked at
        overheard.saw(False, message("INVITE sip:1@h SIP/2.0", str(number)), 1.0)
        if number % 2:
            overheard.saw(True, message("SIP/2.0 503 No", str(number)), 1.0)
    assert len(overheard) == 250
    overheard.saw(False, message("OPTIONS sip:1@h SIP/2.0", "x"), 1.0)
    overheard.saw(False, b"garbage", 1.0)
    overheard.saw(False, INVITE, 1.0 + UNCLAIMED)
    assert len(overheard) == 1 and not told


def test_a_peer_cannot_fill_the_disk(
    overheard: Overheard, told: list[tuple[str, Signalled]]
) -> None:
    overheard.claim("x", "call")
    for number in range(MOST + 10):
        overheard.saw(False, message("OPTIONS sip:1@h SIP/2.0", cseq=f"{number} OPTIONS"), 1.0)
    assert len(told) == MOST
