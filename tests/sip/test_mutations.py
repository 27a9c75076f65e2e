"""Ten thousand messages, each a little wrong: nobody who is served hears of them."""

from __future__ import annotations

import contextlib
import itertools
import random
import re
import socket
import time
from collections.abc import Iterator

import pytest

from ivr.engine.effects import Answer, Effect, Play, Reject
from ivr.engine.events import Answered, Digit, Event, HungUp, Offered
from ivr.sip import slots
from ivr.sip.dialog import reply

from .conftest import Line, Script, StartLine
from .peer import LOCAL, Dialog

pytestmark = [pytest.mark.line, pytest.mark.alone]

SEED = 4475
MESSAGES = 10_000
BATCH = 40
LONGEST_SILENCE = 0.5  # seconds without a packet, on a busy machine
BITS = (
    b"", b"\0", b"\r\n", b"\r\n\r\n", b"\n", b"\r", b" ", b":", b";", b",", b"<", b">", b'"', b"\\",
    b"%", b"=", b"@", b"-1", b"0", b"4294967296", b"99999999999999999999", b"\xff\xfe", b"\xc3\xbc",
    b"A" * 300, b"A" * 4000, b"SIP/2.0", b"INVITE", b"ACK", b"z9hG4bK", b"tag=",
    b"m=audio 9 RTP/AVP 0\r\n", b"UDP/TLS/RTP/SAVPF", b"a=fingerprint:x\r\n", b"a=ptime:0\r\n",
    b"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n",
    b"a=candidate:1 1 UDP 1 127.0.0.1 9 typ host\r\n", b"Replaces: a;to-tag=b;from-tag=c\r\n",
    b"Require: 100rel\r\n", b"Session-Expires: 1\r\n", b"Content-Length: 1\r\n",
)  # fmt: skip
METHODS = (
    "INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "INFO", "UPDATE", "PRACK", "REFER", "NOTIFY",
    "SUBSCRIBE", "MESSAGE", "REGISTER", "FOO",
)  # fmt: skip
EXTRA = ("Event: refer", "Refer-To: <sip:x@y>", "RAck: 1 1 INVITE", "Supported: timer")


def serves() -> Script:
    def script(event: Event) -> list[Effect]:
        match event:
            case Offered(dialled="live" | "victim"):
                return [Answer()]
            case Offered():
                return [Reject(486)]
            case Answered():
                return [Play(1, ("400x9",) * 5)]
        return []

    return script


def mutated(message: bytes, dice: random.Random) -> bytes:
    """`message` with one to four faults."""
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(message) + 1)
        end = min(len(message), at + dice.choice((0, 1, 1, 2, 8, 40, 200)))
        lines = message.split(b"\r\n")
        match dice.randrange(6):
            case 0:
                message = message[:at] + dice.choice(BITS) + message[end:]
            case 1:
                message = message[:at] + bytes([dice.randrange(256)]) + message[at + 1 :]
            case 2:
                message = message[:at] + message[end:]
            case 3:
                del lines[dice.randrange(len(lines))]
                message = b"\r\n".join(lines)
            case 4:
                lines.insert(dice.randrange(len(lines)), dice.choice(lines))
                message = b"\r\n".join(lines)
            case 5:
                numbers = list(re.finditer(rb"\d+", message))
                if numbers:
                    number = dice.choice(numbers)
                    message = (
                        message[: number.start()] + dice.choice(BITS) + message[number.end() :]
                    )
    return message


def messages(call: Dialog, here: str, dice: random.Random) -> Iterator[bytes]:
    """Requests in and out of `call`, and responses, before anything is wrong with them."""
    while True:
        method, token = dice.choice(METHODS), f"{dice.getrandbits(64):x}"
        within = dice.random() < 0.4
        dialog, tag, to = token, token, f"<sip:1@{LOCAL}>"
        if within:
            dialog, tag, to = call.id, call.tag, call.remote
            call.cseq += 1
        body, kind = dice.choice(
            ((call.sdp, "application/sdp"), ("Signal=1\r\n", "application/dtmf-relay"), ("", ""))
        )
        if method in ("INVITE", "UPDATE", "ACK"):
            body, kind = call.sdp, "application/sdp"
        start = f"{method} sip:1@{LOCAL}:{call.peer.target} SIP/2.0"
        if dice.random() < 0.1:
            start = f"SIP/2.0 {dice.choice((100, 180, 183, 200, 302, 401, 486, 503))} Said"
        lines = [
            start, f"Via: SIP/2.0/UDP {here};rport;branch=z9hG4bK{token}", "Max-Forwards: 70",
            f"From: <sip:m@{LOCAL}>;tag={tag}", f"To: {to}", f"Call-ID: {dialog}",
            f"CSeq: {call.cseq} {method}", f"Contact: <sip:m@{here}>",
            dice.choice(EXTRA),
        ]  # fmt: skip
        if body:
            lines.append(f"Content-Type: {kind}")
        lines.append(f"Content-Length: {len(body)}")
        yield ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def silence(live: Dialog, since: float) -> float:
    """The longest time between two packets."""
    times = [since, *(packet.at for packet in live.heard if packet.at > since), time.monotonic()]
    return max(after - before for before, after in itertools.pairwise(times))


def is_answered(phone: Line) -> None:
    options = phone.peer.call(send=False)
    options.request("OPTIONS")
    phone.peer.expect(lambda: options.status() == 200, "OPTIONS is answered")
    del phone.peer.dialogs[options.id]
    options.rtp.close()


def confirm(thrower: socket.socket) -> None:
    """Answers the BYEs among what has come back, or slots would wait for that."""
    with contextlib.suppress(BlockingIOError):
        while True:
            came, sender = thrower.recvfrom(65535)
            if came.startswith(b"BYE "):
                thrower.sendto(reply(came.decode("latin-1"), "200 OK").encode(), sender)


def serving(phone: Line) -> bool:
    """Whether there is a victim: a BYE may have been right enough."""
    victims = [
        id for id, event in phone.events if isinstance(event, Offered) and event.dialled == "victim"
    ]
    return bool(victims) and not phone.of(HungUp, victims[-1])


def admitted(phone: Line) -> Dialog:
    """A call among many that are not let in for the moment."""
    calls: list[Dialog] = []

    def is_up() -> bool:
        if not calls or calls[-1].final():
            calls.append(phone.peer.call("victim"))
        return phone.peer.run(lambda: calls[-1].up, 0.05)

    phone.peer.expect(is_up, "a call is answered", 10)
    return calls[-1]


def test_ten_thousand_mutations(line: StartLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "PATIENCE", 1.0)
    phone = line(serves, requests_per_second=10_000)
    peer, dice = phone.peer, random.Random(SEED)
    live = peer.up("live")
    phone.expect(Answered)
    began, source = time.monotonic(), iter([b""])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as thrower:
        thrower.bind((LOCAL, 0))
        thrower.setblocking(False)
        here = f"{LOCAL}:{thrower.getsockname()[1]}"
        for number in range(MESSAGES // BATCH):
            if not serving(phone):
                source = messages(admitted(phone), here, dice)
            for _ in range(BATCH):
                thrower.sendto(mutated(next(source), dice), (LOCAL, phone.port))
            is_answered(phone)
            confirm(thrower)
            assert phone.alive(), number
    assert not live.over
    assert silence(live, began) < LONGEST_SILENCE
    live.press("5")
    phone.expect(Digit)
    live.bye()
    peer.expect(lambda: live.final("BYE"), "200 to BYE")
