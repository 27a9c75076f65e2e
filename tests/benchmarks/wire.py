"""A run as a `Sniffer` would have recorded it, made by hand.  Times are in ms."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.line import Figures, Job, Plan, analyze
from benchmarks.line.kernel import DTMF_PT
from benchmarks.line.plan import KEY, LOCAL
from benchmarks.line.prompts import PACKET, PROMPTS, RATE, tone, ulaw

SERVER, SERVER_RTP = 5060, 40000
SILENT = b"\xff" * PACKET
FRAME = 20
ANSWERED, FIRST_SOUND = 2, 12
PRESSED = FIRST_SOUND + 75 * FRAME


@dataclass
class Rtp:
    at: float
    sequence: int
    stamp: int
    payload: bytes


def payload(prompt: str) -> bytes:
    return ulaw(tone(PROMPTS[prompt][0], PACKET / RATE)) if prompt else SILENT


def sound(*parts: tuple[str, int]) -> list[Rtp]:
    """Prompts without a fault, each as many packets as it says."""
    row = [payload(prompt) for prompt, packets in parts for _ in range(packets)]
    return [Rtp(FIRST_SOUND + n * FRAME, n, n * PACKET, each) for n, each in enumerate(row)]


def menu(*more: tuple[str, int], b: int = 300) -> list[Rtp]:
    """Job M as it should be; the key is pressed at `PRESSED`, and `b` comes 20 ms later."""
    return sound(("a", 76), *more, ("b", b))


class Wire:
    """What was seen of one caller's calls."""

    def __init__(self, job: Job) -> None:
        self.plan = Plan((LOCAL, SERVER), job, 4)
        self._packets: list[tuple[int, bytes]] = []
        self._calls = 0

    def figures(self) -> Figures:
        return analyze(sorted(self._packets), self.plan)

    def call(
        self,
        heard: Iterable[Rtp],
        code: int = 200,
        answered: float = ANSWERED,
        keys: Iterable[tuple[float, int]] = ((PRESSED, KEY),),
        ended: float = 8000,
        by: str = "server",
        confirmed: bool = True,
    ) -> None:
        """A call from time 0 on.  `code` 0: no answer; `ended` 0: no BYE."""
        port = self.plan.rtp[0] + 2 * self._calls
        self._calls += 1
        self._sip(0, "INVITE sip:x SIP/2.0", "INVITE", "caller", f"m=audio {port} RTP/AVP 0")
        if code:
            self._sip(answered, f"SIP/2.0 {code} So", "INVITE", "server")
        for each in heard:
            head = struct.pack("!BBHII", 0x80, 0, each.sequence, each.stamp, 7)
            self._add(each.at, SERVER_RTP, port, head + each.payload)
        for at, key in keys:
            head = struct.pack("!BBHII", 0x80, DTMF_PT, 1, 1, 1)
            self._add(at, port, SERVER_RTP, head + struct.pack("!BBH", key, 10, 160))
        if ended:
            self._sip(ended, "BYE sip:x SIP/2.0", "BYE", by)
        if ended and confirmed:
            other = "caller" if by == "server" else "server"
            self._sip(ended + 1, "SIP/2.0 200 OK", "BYE", other)

    def _sip(self, at: float, first: str, method: str, sender: str, body: str = "") -> None:
        ports = (SERVER, self.plan.port)
        text = f"{first}\r\nCall-ID: {self._calls}\r\nCSeq: 1 {method}\r\n\r\n{body}"
        self._add(at, *(ports if sender == "server" else ports[::-1]), text.encode())

    def _add(self, at: float, source: int, target: int, data: bytes) -> None:
        udp = struct.pack("!HHHH", source, target, 8 + len(data), 0)
        self._packets.append((round(at * 1e6), bytes(34) + udp + data))
