"""A line that answers as a test wants it to: SIP over UDP, and RTP."""

from __future__ import annotations

import asyncio
import random
import re
import struct
from collections.abc import Mapping, Sequence
from typing import Any

from ..sip.peer import EVENTS, LOCAL
from ..sip.wire import Message, parse

PACKET = 160
PROXY = "<sip:127.0.0.1;lr;ivr=in>"


class Prompts:
    """Noise, another one for each name.  Said again and again, never from where a packet begins."""

    def __init__(self) -> None:
        self._name = ""
        self._sound = b""
        self._at = 0

    def packet(self, name: str) -> bytes:
        if name != self._name:
            noise = random.Random(name).randbytes(10 * PACKET if name != "click" else PACKET)
            self._name, self._at = name, 0
            self._sound = noise.ljust(40_037, b"\xff") if name != "silence" else b"\xff" * 40_037
        payload = (self._sound * 2)[self._at : self._at + PACKET]
        self._at = (self._at + PACKET) % len(self._sound)
        return payload


class Line(asyncio.DatagramProtocol):
    """Answers an INVITE with `answers` and, after a 200, says what `says` has for the keys so far.

    It does not hear the first `deaf` requests, and hangs up after `stays` packets.  `bye` 0: no
    answer to a BYE; `cancel`: the last answer to an INVITE that is cancelled.
    """

    def __init__(
        self, answers: Sequence[int] = (100, 180, 200), says: Mapping[str, str] | None = None,
        bye: int = 200, cancel: int = 487, deaf: int = 0, stays: int = -1,
    ) -> None:  # fmt: skip
        self.requests: list[Message] = []
        self.responses: list[Message] = []
        self.keys = ""
        self.events: list[bytes] = []
        self._answers, self._bye, self._cancel = answers, bye, cancel
        self._deaf, self._stays = deaf, stays
        self._next: asyncio.TimerHandle | None = None
        self._says = {"": "menu"} if says is None else says
        self._prompts = Prompts()
        self._name = ""
        self._sequence = 0
        self._stamp = b""

    async def open(self) -> tuple[str, int]:
        """Where it listens."""
        loop = asyncio.get_running_loop()
        self._sip, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(LOCAL, 0))
        self._rtp, _ = await loop.create_datagram_endpoint(
            lambda: _Rtp(self), local_addr=(LOCAL, 0)
        )
        self.port: int = self._sip.get_extra_info("sockname")[1]
        return LOCAL, self.port

    def close(self) -> None:
        self._sip.close()
        self._rtp.close()

    def methods(self) -> str:
        return " ".join(request.method for request in self.requests)

    def datagram_received(self, data: bytes, address: Any) -> None:
        message = parse(data)
        if message.code:
            self.responses.append(message)
            return
        self.requests.append(message)
        if len(self.requests) <= self._deaf:
            return
        match message.method:
            case "INVITE":
                self._caller, self._invite = address, message
                for code in self._answers:
                    self._reply(message, code)
            case "ACK" if self._answers[-1] == 200:
                port = re.search(r"m=audio (\d+)", self._invite.body)
                assert port
                self._far = (LOCAL, int(port[1]))
                self._speak()
            case "CANCEL":
                self._reply(message, 200)
                self._reply(self._invite, self._cancel)
            case "BYE":
                if self._next:
                    self._next.cancel()
                if self._bye:
                    self._reply(message, self._bye)

    def _reply(self, request: Message, code: int) -> None:
        host, port = self._rtp.get_extra_info("sockname")
        sdp = f"v=0\r\nc=IN IP4 {host}\r\nm=audio {port} RTP/AVP 0 101\r\n" if code == 200 else ""
        kept = ("via", "from", "call-id", "cseq")
        lines = [
            f"SIP/2.0 {code} Said the line",
            *(f"{name}: {value}" for name in kept for value in request.headers[name]),
            f"t: {request.header('to').split(';')[0]};tag=line",
            f"Record-Route: <sip:first.example;lr>, {PROXY}",
            f"Contact: <sip:ivr@{LOCAL}:{self.port}>;expires=60",
        ]
        self._sip.sendto("\r\n".join([*lines, "", sdp]).encode(), self._caller)

    def _speak(self) -> None:
        if self._stays == 0:
            self._hang_up()
            return
        self._stays -= 1
        self._name = self._says.get(self.keys, self._name)
        if self._name:
            self._sequence += 1
            header = struct.pack("!BBHII", 0x80, 0, self._sequence, 160 * self._sequence, 7)
            self._rtp.sendto(header + self._prompts.packet(self._name), self._far)
        self._next = asyncio.get_running_loop().call_later(0.02, self._speak)

    def _hang_up(self) -> None:
        ours, theirs = f"{self._invite.header('to')};tag=line", self._invite.header("from")
        lines = [
            f"BYE sip:self-call@{LOCAL} SIP/2.0",
            "Via: SIP/2.0/UDP front.example;branch=z9hG4bK2",
            "Via: SIP/2.0/UDP worker.example;branch=z9hG4bK1",
            f"From: {ours}", f"To: {theirs}", "CSeq: 1 BYE",
            f"Call-ID: {self._invite.header('call-id')}",
        ]  # fmt: skip
        self._sip.sendto("\r\n".join([*lines, "", ""]).encode(), self._caller)

    def hear(self, packet: bytes) -> None:
        if packet[1] & 0x7F == 101:
            self.events.append(packet)
            if packet[4:8] != self._stamp:
                self._stamp = packet[4:8]
                self.keys += EVENTS[packet[12]]


class _Rtp(asyncio.DatagramProtocol):
    def __init__(self, line: Line) -> None:
        self._line = line

    def datagram_received(self, data: bytes, address: Any) -> None:
        self._line.hear(data)
