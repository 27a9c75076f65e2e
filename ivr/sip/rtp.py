"""Sound as it travels: RTP (RFC 3550) with PCMU (RFC 3551), keys as events (RFC 4733).  Pure."""

from __future__ import annotations

import re
import secrets
import struct

from .sound import FRAME

PTIME = 0.02  # seconds of sound in a packet
PCMU = 0
EVENTS = 101  # the payload type that we offer for keys
KEYS = "0123456789*#ABCD"  # RFC 4733 3.2: in the order of their codes
PRESSED = 5  # packets: a key is down for 100 ms
SILENCE = b"\xff" * FRAME
TONE = (b"\x9f" * 10 + b"\x1f" * 10) * (FRAME // 20)  # 400 Hz, neither sine nor shy

_HEADER = struct.Struct("!BBHII")
_EVENT = struct.Struct("!BBH")


def offer(host: str, port: int) -> str:
    """SDP for one stream.  RTCP comes to the same port: the next one may be somebody else's."""
    return (
        f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
        f"m=audio {port} RTP/AVP {PCMU} {EVENTS}\r\na=rtpmap:{PCMU} PCMU/8000\r\n"
        f"a=rtpmap:{EVENTS} telephone-event/8000\r\na=fmtp:{EVENTS} 0-15\r\n"
        f"a=rtcp:{port}\r\na=ptime:20\r\na=sendrecv\r\n"
    )


def media_address(sdp: str) -> tuple[str, int] | None:
    """Where the far end wants to hear sound; None: it does not."""
    hosts = re.findall(r"^c=IN IP4 ([\d.]+)", sdp, re.MULTILINE)  # the stream's comes last
    port = re.search(r"^m=audio ([1-9]\d{0,4}) ", sdp, re.MULTILINE)
    return (hosts[-1], int(port[1])) if hosts and port else None


class Stream:
    """What we send, a packet every 20 ms: `sound`, or the key that is pressed."""

    def __init__(self) -> None:
        self.sound = SILENCE
        self._source = secrets.randbits(32)
        self._sequence = secrets.randbits(15)
        self._now = self._pressed_at = secrets.randbits(31)
        self._key: list[tuple[int, bytes]] = []

    def press(self, key: str) -> None:
        """Press one of `KEYS` with the next packet."""
        code, last = KEYS.index(key), FRAME * PRESSED
        down = [_EVENT.pack(code, 10, FRAME * n) for n in range(1, PRESSED + 1)]
        up = [_EVENT.pack(code, 0x80 | 10, last)] * 3  # RFC 4733 2.5.1.4: the end is told thrice
        self._key = [(0x80 if n == 0 else 0, event) for n, event in enumerate(down + up)]
        self._pressed_at = self._now

    def packet(self) -> bytes:
        """The next 20 ms."""
        if self._key:
            mark, payload = self._key.pop(0)
            kind, stamp = mark | EVENTS, self._pressed_at
        else:
            payload, kind, stamp = self.sound, PCMU, self._now
        header = _HEADER.pack(0x80, kind, self._sequence, stamp, self._source)
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._now = (self._now + FRAME) & 0xFFFFFFFF
        return header + payload


def pcmu(packet: bytes) -> bytes:
    """The sound in a packet that came; empty: it is none."""
    if len(packet) < _HEADER.size or packet[0] >> 6 != 2 or packet[1] & 0x7F != PCMU:
        return b""
    return packet[_HEADER.size + 4 * (packet[0] & 0x0F) :]


def loudness(sound: bytes) -> float:
    """The mean magnitude of PCMU samples, 0 to 32768."""
    return sum(MAGNITUDE[code] for code in sound) / len(sound) if sound else 0.0


def _magnitude(code: int) -> int:
    """ITU-T G.711: a segment and a step in it, all bits inverted."""
    step, segment = ~code & 0x0F, ~code >> 4 & 0x07
    return ((step << 3) + 0x84 << segment) - 0x84


MAGNITUDE = [_magnitude(code) for code in range(256)]
