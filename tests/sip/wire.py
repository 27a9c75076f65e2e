"""What comes over the wire, as a SIP peer of the tests reads it."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass
class Message:
    """A request or a response as it came."""

    first: str
    headers: dict[str, list[str]]
    body: str
    raw: bytes
    at: float

    @property
    def code(self) -> int:
        return int(self.first.split()[1]) if self.first.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        return self.first.split()[0] if not self.code else self.headers["cseq"][0].split()[1]

    def header(self, name: str) -> str:
        return self.headers.get(name, [""])[0]


def parse(raw: bytes) -> Message:
    head, _, body = raw.decode("latin-1").partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    headers: dict[str, list[str]] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers.setdefault(name.strip().lower(), []).append(value.strip())
    return Message(first, headers, body, raw, time.monotonic())


@dataclass
class Packet:
    at: float
    kind: int
    payload: bytes
    stamp: int
    sequence: int
