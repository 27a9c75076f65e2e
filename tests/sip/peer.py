"""A SIP peer on plain sockets: calls, is called, hears and speaks.  One thread, no library.

`Peer.run` is the only place where time passes: it moves SIP and RTP until a condition holds.
"""

from __future__ import annotations

import re
import secrets
import select
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from .audio import PACKET, runs, ulaw
from .wire import Message, Packet, parse

EVENTS = "0123456789*#ABCD"
DTMF_PT = 101
LOCAL = "127.0.0.1"


@dataclass
class Dialog:
    """One call of a peer's, by it or to it."""

    peer: Peer
    id: str
    uri: str
    tag: str = field(default_factory=lambda: secrets.token_hex(4))
    remote: str = ""
    cseq: int = 1  # so the first request has 2
    offered: bool = True  # the INVITE had SDP
    acknowledges: bool = True
    branch: str = ""
    from_header: str = ""
    events: bool = True
    incoming: Message | None = None
    route: list[str] = field(default_factory=list)  # the proxies between
    responses: list[Message] = field(default_factory=list)
    requests: list[Message] = field(default_factory=list)
    heard: list[Packet] = field(default_factory=list)
    speaks: int | None = 0  # hertz, 0 for silence, None for no RTP at all
    says: list[bytes] = field(default_factory=list)  # packets of PCMU that come before that
    over: bool = False

    def __post_init__(self) -> None:
        self.rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.rtp.bind((self.peer.host, 0))
        self.rtp.setblocking(False)
        self._to: tuple[str, int] | None = None
        self._sequence, self._stamp, self._ssrc = 1, 1000, secrets.randbits(32)
        self._events: list[bytes] = []
        self._event_kind = DTMF_PT
        self.direction = "sendrecv"
        self.pressed_at = 0.0

    # -- SIP --

    @property
    def sdp(self) -> str:
        host, port = self.rtp.getsockname()
        kind = self._event_kind
        events = (f" {kind}", f"a=rtpmap:{kind} telephone-event/8000\r\n")
        kinds, maps = events if self.events else ("", "")
        return (
            f"v=0\r\no=t {self.cseq} {self.cseq} IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\n"
            f"t=0 0\r\nm=audio {port} RTP/AVP 0{kinds}\r\na=rtpmap:0 PCMU/8000\r\n{maps}"
            f"a=ptime:20\r\na={self.direction}\r\n"
        )

    def request(
        self, method: str, body: str = "", kind: str = "application/sdp", *headers: str,
        branch: str = "", cseq: int = 0,
    ) -> None:  # fmt: skip
        """Sends a request; with a `cseq`, one that belongs to an earlier INVITE."""
        if not cseq:
            self.cseq += 1
        branch = branch or "z9hG4bK" + secrets.token_hex(6)
        if method == "INVITE":
            self.branch = branch
        lines = [
            f"{method} {self.uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.peer.host}:{self.peer.port};rport;branch={branch}",
            "Max-Forwards: 70",
            f"From: {self.from_header or f'<sip:alice@{self.peer.host}>'};tag={self.tag}",
            f"To: {self.remote or f'<{self.uri}>'}",
            f"Call-ID: {self.id}",
            f"CSeq: {cseq or self.cseq} {method}",
            f"Contact: {self.peer.contact}",
            *[f"Route: {proxy}" for proxy in self.route],
            *headers,
        ]
        if body:
            lines.append(f"Content-Type: {kind}")
        lines.append(f"Content-Length: {len(body.encode())}")
        self.peer.send("\r\n".join(lines) + "\r\n\r\n" + body)

    def reply(self, request: Message, code: int, body: str = "", *headers: str) -> None:
        lines = [f"SIP/2.0 {code} Said the peer"]
        for name in ("via", "record-route", "from", "to", "call-id", "cseq"):
            for value in request.headers.get(name, []):
                if name == "to" and code > 100 and ";tag=" not in value:
                    value += f";tag={self.tag}"
                lines.append(f"{name.title()}: {value}")
        if not 300 <= code <= 399:
            lines.append(f"Contact: <sip:bob@{self.peer.host}:{self.peer.port}>")
        lines += headers
        if body:
            lines.append("Content-Type: application/sdp")
        lines.append(f"Content-Length: {len(body.encode())}")
        self.peer.send("\r\n".join(lines) + "\r\n\r\n" + body)

    def accept(self, code: int = 200) -> None:
        """200 to the INVITE that came in; or 183, with sound before the answer."""
        assert self.incoming
        self.listen_to(self.incoming.body)
        self.reply(self.incoming, code, self.sdp)

    def bye(self) -> None:
        self.request("BYE")
        self.over = True

    def cancel(self) -> None:
        self.request("CANCEL", branch=self.branch, cseq=self.cseq)

    def notify(self, code: int, state: str = "active") -> None:
        self.request(
            "NOTIFY", f"SIP/2.0 {code} Told\r\n", "message/sipfrag",
            "Event: refer", f"Subscription-State: {state}",
        )  # fmt: skip

    def reinvite(self, direction: str) -> None:
        self.direction = direction
        self.request("INVITE", self.sdp)

    def info(self, key: str) -> None:
        self.request("INFO", f"Signal={key}\r\nDuration=160\r\n", "application/dtmf-relay")

    def listen_to(self, sdp: str) -> None:
        found = re.search(r"m=audio (\d+)", sdp)
        if found and int(found.group(1)):
            host = re.search(r"c=IN IP4 (\S+)", sdp)
            self._to = (host.group(1) if host else LOCAL, int(found.group(1)))

        event = re.search(r"a=rtpmap:(\d+) telephone-event", sdp)
        if event:
            self._event_kind = int(event.group(1))

    @property
    def sends_to(self) -> str:
        """The address that gets its sound."""
        return self._to[0] if self._to else ""

    def status(self) -> int:
        """The last response's code to whatever was asked, 0 for none."""
        return self.responses[-1].code if self.responses else 0

    def final(self, method: str = "INVITE") -> Message | None:
        return next((m for m in self.responses if m.code >= 200 and m.method == method), None)

    @property
    def answered(self) -> bool:
        """Whether the last request has its final answer: one to an earlier one may come again."""
        number = str(self.cseq)
        return any(m.code >= 200 and m.header("cseq").split()[0] == number for m in self.responses)

    def is_redialled_by(self, message: Message) -> bool:
        """Whether the INVITE that came in comes again, redirected or with credentials."""
        if not self.incoming or message.method != "INVITE" or ";tag=" in message.header("to"):
            return False
        return message.header("cseq") != self.incoming.header("cseq")

    def got(self, method: str) -> Message | None:
        return next((m for m in self.requests if m.method == method), None)

    @property
    def up(self) -> bool:
        final = self.final()
        return final is not None and final.code == 200

    # -- RTP --

    def press(self, key: str) -> None:
        """100 ms of RFC 4733: five packets and three that end it."""
        self._press(EVENTS.index(key))

    def flash(self) -> None:
        self._press(16)

    def _press(self, code: int) -> None:
        for step in range(1, 6):
            self._events.append(struct.pack("!BBH", code, 10, 160 * step))
        self._events += [struct.pack("!BBH", code, 0x8A, 800)] * 3

    def tick(self) -> None:
        if self._to is None or self.over or self.speaks is None:
            return
        mark = 0
        if self._events:
            payload = self._events.pop(0)
            kind, step = self._event_kind, 0
            if payload[2:] == b"\x00\xa0":
                mark, self.pressed_at = 0x80, time.monotonic()
            if payload[1] & 0x80 and not (self._events and self._events[0][1] & 0x80):
                step = 8 * PACKET
        else:
            payload = self.says.pop(0) if self.says else ulaw(self.speaks)
            kind, step = 0, PACKET
        header = struct.pack(
            "!BBHII", 0x80, mark | kind, self._sequence, self._stamp, self._ssrc
        )  # fmt: skip
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._stamp += step
        self.rtp.sendto(header + payload, self._to)

    def send_audio(self, payload: bytes) -> None:
        """One packet of PCMU, by hand: for a dialog whose `speaks` is None."""
        assert self._to
        header = struct.pack("!BBHII", 0x80, 0, self._sequence, self._stamp, self._ssrc)
        self._sequence += 1
        self._stamp += PACKET
        self.rtp.sendto(header + payload, self._to)

    def receive(self) -> None:
        for _ in range(1000):
            try:
                data = self.rtp.recv(2048)
            except OSError:
                return
            _, kind, sequence, stamp, _ = struct.unpack("!BBHII", data[:12])
            packet = Packet(time.monotonic(), kind & 0x7F, data[12:], stamp, sequence)
            self.heard.append(packet)

    def tones(self) -> list[tuple[int, int]]:
        """What was heard, as (hertz, packets); silences are left out."""
        sound = [packet.payload for packet in self.heard if packet.kind == 0]
        return [(tone, count) for tone, count in runs(sound) if tone]

    @property
    def hears_nothing(self) -> bool:
        """Whether the last packets of sound were silence."""
        sound = [packet.payload for packet in self.heard if packet.kind == 0][-10:]
        return len(sound) == 10 and runs(sound) == [(0, 10)]

    def keys(self) -> str:
        """The keys that were heard as RFC 4733 events."""
        stamps: dict[int, str] = {}
        for packet in self.heard:
            if packet.kind == self._event_kind:
                stamps[packet.stamp] = EVENTS[packet.payload[0]]
        return "".join(stamps.values())


class Peer:
    """A UDP address with calls.  `answer` decides about calls that come in."""

    def __init__(self, target: int, port: int = 0, host: str = LOCAL) -> None:
        self.host = host
        self.sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sip.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        self.sip.bind((host, port))
        self.sip.setblocking(False)
        self.port = self.sip.getsockname()[1]
        self.target, self.there = target, LOCAL
        self.contact = f"<sip:alice@{host}:{self.port}>"
        self.dialogs: dict[str, Dialog] = {}
        self.strays: list[Message] = []
        self.answer: Callable[[Dialog], None] = lambda dialog: None
        self.refer_code = 202
        self.extra: list[tuple[int, Callable[[], None]]] = []
        self._next_tick = time.monotonic()

    def close(self) -> None:
        self.sip.close()
        for dialog in self.dialogs.values():
            dialog.rtp.close()

    def send(self, text: str) -> None:
        data = text.encode("utf-8", "surrogateescape")
        self.sip.sendto(data, (self.there, self.target))

    def call(
        self, user: str = "1", *headers: str, offer: bool = True, events: bool = True,
        from_header: str = "", body: str = "", send: bool = True,
    ) -> Dialog:  # fmt: skip
        uri = f"sip:{user}@{LOCAL}:{self.target}"
        dialog = Dialog(self, secrets.token_hex(8), uri, events=events, from_header=from_header)
        dialog.offered = offer or bool(body)
        self.dialogs[dialog.id] = dialog
        if send:
            dialog.request("INVITE", body or (dialog.sdp if offer else ""), "application/sdp",
                           *headers)  # fmt: skip
        return dialog

    def up(self, user: str = "1", *headers: str, **options: bool) -> Dialog:
        """A call that is answered."""
        dialog = self.call(user, *headers, **options)  # type: ignore[arg-type]
        self.expect(lambda: dialog.up, "the call is answered")
        return dialog

    def expect(self, holds: Callable[[], object], what: str, seconds: float = 15.0) -> None:
        """Moves on until `holds`, which it must within `seconds`."""
        assert self.run(holds, seconds), f"never happened: {what}"

    def run(self, until: Callable[[], object] | None, seconds: float) -> bool:
        """Moves SIP and RTP until the condition holds or `seconds` are over."""
        end = time.monotonic() + seconds
        while True:
            if until and until():
                return True
            now = time.monotonic()
            if now >= end:
                return False
            if now >= self._next_tick:
                self._next_tick = max(self._next_tick + 0.02, now - 0.1)
                for dialog in list(self.dialogs.values()):
                    dialog.tick()
            self._read(max(0.0, min(self._next_tick, end) - time.monotonic()))

    def _read(self, seconds: float) -> None:
        readers: dict[int, Callable[[], None]] = {self.sip.fileno(): self._sip, **dict(self.extra)}
        for dialog in self.dialogs.values():
            readers[dialog.rtp.fileno()] = dialog.receive
        for number in select.select(list(readers), [], [], seconds)[0]:
            readers[number]()

    def _sip(self) -> None:
        for _ in range(200):
            try:
                raw = self.sip.recv(65535)
            except OSError:
                return
            if raw.strip():
                self._message(parse(raw))

    def _message(self, message: Message) -> None:
        dialog = self.dialogs.get(message.header("call-id"))
        if message.code:
            if dialog is None:
                self.strays.append(message)
            else:
                self._response(dialog, message)
            return
        if dialog is None or dialog.is_redialled_by(message):
            if message.method == "INVITE":
                self._invited(message)
            else:
                self.strays.append(message)
            return
        self._request(dialog, message)

    def _invited(self, message: Message) -> None:
        contact = re.search(r"<([^>]*)>", message.header("contact"))
        dialog = Dialog(self, message.header("call-id"), contact.group(1) if contact else "")
        dialog.incoming = message
        if before := self.dialogs.get(dialog.id):
            before.rtp.close()
        dialog.remote = message.header("from")
        dialog.from_header = message.header("to")
        dialog.route = message.headers.get("record-route", [])
        self.dialogs[dialog.id] = dialog
        self.answer(dialog)

    def _response(self, dialog: Dialog, message: Message) -> None:
        dialog.responses.append(message)
        if message.method != "INVITE" or message.code < 200:
            return
        dialog.remote = message.header("to")
        number = int(message.header("cseq").split()[0])
        if message.code >= 300:
            dialog.request("ACK", branch=dialog.branch, cseq=number)
            dialog.over = dialog.over or number == 2
            return
        contact = re.search(r"<([^>]*)>", message.header("contact"))
        if contact:
            dialog.uri = contact.group(1)
        dialog.route = message.headers.get("record-route", [])[::-1]
        dialog.listen_to(message.body)
        if dialog.acknowledges:
            dialog.request("ACK", "" if dialog.offered else dialog.sdp, cseq=number)

    def _request(self, dialog: Dialog, message: Message) -> None:
        dialog.requests.append(message)
        match message.method:
            case "ACK":
                pass
            case "CANCEL":
                dialog.reply(message, 200)
                assert dialog.incoming
                dialog.reply(dialog.incoming, 487)
                dialog.over = True
            case "BYE":
                dialog.reply(message, 200)
                dialog.over = True
            case "REFER":
                if self.refer_code:
                    dialog.reply(message, self.refer_code)
            case "INVITE" if ";tag=" not in message.header("to"):
                pass  # it came again before our answer was read
            case "INVITE" | "UPDATE":
                dialog.reply(message, 200, dialog.sdp)
            case _:
                dialog.reply(message, 200)
