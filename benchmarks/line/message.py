"""SIP messages, as far as a caller must understand them."""

from __future__ import annotations

import re
from dataclasses import dataclass

SHORT = {"i": "call-id", "f": "from", "t": "to", "v": "via", "m": "contact", "l": "content-length"}
COPIED = ("Via", "Record-Route", "From", "To", "Call-ID", "CSeq")  # RFC 3261, 8.2.6.2
_URI = re.compile(r"<([^>]*)>|(sips?:[^\s;>]+)")
_PORT = re.compile(rb"^m=audio (\d+)", re.M)
_ADDRESS = re.compile(rb"^c=IN IP4 (\S+)", re.M)
_EVENTS = re.compile(rb"^a=rtpmap:(\d+) telephone-event", re.M)


@dataclass(slots=True)
class Message:
    """A request or a response; names of headers are long and in lower case."""

    first: str
    headers: dict[str, list[str]]
    body: bytes

    @classmethod
    def parse(cls, data: bytes) -> Message:
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers: dict[str, list[str]] = {}
        for line in lines:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            headers.setdefault(SHORT.get(name, name), []).append(value.strip())
        return cls(first, headers, body)

    @property
    def code(self) -> int:
        """Of a response; a request has 0."""
        return int(self.first.split()[1]) if self.first.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        return self.header("cseq").split()[1].upper() if self.code else self.first.split()[0]

    @property
    def number(self) -> int:
        """The CSeq number."""
        return int(self.header("cseq").split()[0])

    @property
    def contact(self) -> str:
        """The URI to send further requests to; empty: there is none."""
        found = _URI.search(self.header("contact"))
        return found[1] or found[2] if found else ""

    @property
    def route(self) -> list[str]:
        """The proxies between, for requests to who sent this response."""
        values = self.headers.get("record-route", [])
        return [route.strip() for value in values for route in value.split(",")][::-1]

    def header(self, name: str) -> str:
        return self.headers.get(name, [""])[0]

    def response(self, status: str) -> list[str]:
        """The head of a response to this request."""
        copied = [f"{name}: {v}" for name in COPIED for v in self.headers.get(name.lower(), [])]
        return [f"SIP/2.0 {status}", *copied]


def media(sdp: bytes) -> tuple[tuple[str, int], int | None] | None:
    """Where an SDP wants RTP, and its payload type for RFC 4733 events if it takes them."""
    address, port, events = _ADDRESS.search(sdp), _PORT.search(sdp), _EVENTS.search(sdp)
    if not address or not port:
        return None
    return (address[1].decode(), int(port[1])), int(events[1]) if events else None


def audio_port(sdp: bytes) -> int:
    """0: it has no audio."""
    found = _PORT.search(sdp)
    return int(found[1]) if found else 0
