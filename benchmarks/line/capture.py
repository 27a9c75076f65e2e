"""The packets of a run as calls: their SIP, and the RTP each way."""

from __future__ import annotations

import re
import struct
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from .message import audio_port
from .plan import Plan
from .prompts import Sound, recognise

PCMU = 0
_ETHERNET_IP, _UDP, _RTP = 34, 8, 12  # bytes of headers
_AT_SIP = _ETHERNET_IP + _UDP
_AT_PAYLOAD = _AT_SIP + _RTP
_CALL_ID = re.compile(rb"^(?:Call-ID|i)\s*:\s*(\S+)", re.M | re.I)
_CSEQ = re.compile(rb"^CSeq\s*:\s*\d+\s+(\w+)", re.M | re.I)


class Packet(NamedTuple):
    """RTP to the caller.  `sound` is the same object for equal payloads, None if not PCMU."""

    at: int  # ns
    kind: int
    sequence: int
    stamp: int
    source: int
    sound: Sound | None


class Key(NamedTuple):
    """An RFC 4733 event from the caller."""

    at: int  # ns
    code: int


@dataclass(slots=True)
class Call:
    """What SIP tells of a call; times in ns."""

    id: str
    port: int  # for RTP, the caller's
    invited: int
    code: int = 0
    """Of the final answer; 0: there was none."""
    decided: int = 0
    """When that came."""
    ended: int = 0
    """When BYE was said; 0: never."""
    by: Literal["caller", "server", "nobody"] = "nobody"
    end_confirmed: bool = False

    @property
    def answered(self) -> bool:
        return 200 <= self.code < 300


class Capture:
    """What a `Sniffer` recorded, sorted."""

    def __init__(self, packets: Iterable[tuple[int, bytes]], plan: Plan) -> None:
        self.calls: dict[str, Call] = {}
        self.heard: defaultdict[int, list[Packet]] = defaultdict(list)
        """By the caller's port."""
        self.pressed: defaultdict[int, list[Key]] = defaultdict(list)
        self.invite_retransmits = 0
        self.reinvites = 0
        self._sounds: dict[bytes, Sound] = {}
        ports, rtp = struct.Struct("!HH"), struct.Struct("!BBHII")
        first, last = plan.rtp
        for at, frame in packets:
            source, target = ports.unpack_from(frame, _ETHERNET_IP)
            if plan.port in (source, target):
                self._sip(at, frame[_AT_SIP:], from_caller=source == plan.port)
            elif first <= target <= last and not target % 2 and len(frame) >= _AT_PAYLOAD:
                _, kind, sequence, stamp, stream = rtp.unpack_from(frame, _AT_SIP)
                kind &= 0x7F
                sound = self._recognised(frame[_AT_PAYLOAD:]) if kind == PCMU else None
                self.heard[target].append(Packet(at, kind, sequence, stamp, stream, sound))
            elif first <= source <= last and len(frame) > _AT_PAYLOAD:
                self.pressed[source].append(Key(at, frame[_AT_PAYLOAD]))

    def _recognised(self, payload: bytes) -> Sound:
        if payload not in self._sounds:
            self._sounds[payload] = recognise(payload)
        return self._sounds[payload]

    def _sip(self, at: int, data: bytes, from_caller: bool) -> None:
        id_found, method_found = _CALL_ID.search(data), _CSEQ.search(data)
        if not id_found or not method_found:
            return
        call_id, method = id_found[1].decode("latin-1"), method_found[1].upper()
        call = self.calls.get(call_id)
        if data.startswith(b"SIP/2.0 "):
            if call:
                _response(call, at, int(data[8:11]), method, from_caller)
        elif data.startswith(b"INVITE "):
            self._invite(call, call_id, at, data, from_caller)
        elif method == b"BYE" and call and not call.ended:
            call.ended, call.by = at, "caller" if from_caller else "server"

    def _invite(
        self, call: Call | None, call_id: str, at: int, data: bytes, from_caller: bool
    ) -> None:
        if not call:
            if from_caller:
                self.calls[call_id] = Call(call_id, audio_port(data), at)
        elif not from_caller:
            self.reinvites += 1
        elif not call.code:
            self.invite_retransmits += 1


def _response(call: Call, at: int, code: int, method: bytes, from_caller: bool) -> None:
    if code >= 200 and method == b"INVITE" and not from_caller and not call.code:
        call.code, call.decided = code, at
    elif 200 <= code < 300 and method == b"BYE":
        call.end_confirmed = True
