"""What is to be told of a SIP message: its first line, its CSeq, and what its SDP says of audio.

Pure.  Everything else in it is left unread: keys in the body of an INFO, credentials, SRTP keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import inf

from ..engine.signalled import Signalled
from .message import one_line

LINE_LIMIT = 200  # bytes of a first line
MOST = 1000  # messages of one dialog that are told: a peer may send them at will
LINGER = 33.0  # seconds after a call's end in which something may be repeated: 64*T1 and a bit
UNCLAIMED = 1.0  # seconds until it is known whose dialog it is; mostly one poll
ALIKE = 16  # messages of a dialog that are known again

_CALL_ID = re.compile(rb"[\r\n](?:call-id|i)[ \t]*:[ \t]*([^\r\n]+)", re.IGNORECASE)
_CSEQ = re.compile(rb"[\r\n]cseq[ \t]*:[ \t]*(\d+[ \t]+[^\s]+)", re.IGNORECASE)
_AUDIO = re.compile(rb"[\r\n]m=(audio [^\r\n]*)", re.IGNORECASE)
_ADDRESS = re.compile(rb"[\r\n]c=IN IP[46] ([^\s/]+)")
_DIRECTION = re.compile(rb"[\r\n]a=(sendonly|recvonly|inactive)\b")
_PASSWORD = re.compile(r"(sips?:[^\s:@;?<>]*):[^\s@<>]*@", re.IGNORECASE)

Tell = Callable[[str, Signalled], None]


def media_of(message: bytes) -> str:
    """What an SDP in *message* says of the first audio stream; empty: there is no SDP."""
    body = b"\n" + message.partition(b"\r\n\r\n")[2]
    if b"\nv=0" not in body:
        return ""
    session, stream, rest = _split(body)
    if not stream:
        return "no audio"
    address = _ADDRESS.search(rest) or _ADDRESS.search(session)
    direction = _DIRECTION.search(rest) or _DIRECTION.search(session)
    words = [stream, b"at", address[1]] if address else [stream]
    told = b" ".join([*words, *([direction[1]] if direction else [])])
    return one_line(told.decode("utf-8", "surrogateescape"), LINE_LIMIT)


def _split(sdp: bytes) -> tuple[bytes, bytes, bytes]:
    """The session's part, the line of the first audio stream, and what belongs to that."""
    found = _AUDIO.search(sdp)
    session = re.split(rb"[\r\n]m=", sdp, maxsplit=1)[0]
    if not found:
        return session, b"", b""
    return session, found[1], re.split(rb"[\r\n]m=", sdp[found.end() :], maxsplit=1)[0]


def first_line(message: bytes) -> str:
    """The request or status line, fit to be written down."""
    line = message[: message.find(b"\n")] if b"\n" in message else message
    flat = one_line(line.decode("utf-8", "surrogateescape"), LINE_LIMIT)
    return _PASSWORD.sub(r"\1:***@", flat)


@dataclass(slots=True)
class _Dialog:
    call: str = ""
    leg: int = 0
    told: int = 0
    held: list[Signalled] = field(default_factory=list)
    """What was seen before it was known whose it is."""
    seen: dict[int, int] = field(default_factory=dict)
    """How often a message came, by its hash: the last few only."""
    until: float = inf

    def count(self, message: int) -> int:
        """How often it was seen before."""
        again = self.seen[message] = self.seen.pop(message, -1) + 1
        if len(self.seen) > ALIKE:
            del self.seen[next(iter(self.seen))]
        return again


class Overheard:
    """Sorts messages by dialog, and tells of those that belong to a call.

    A dialog is known by its Call-ID alone: only those two peers, and proxies between, know that.
    """

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._dialogs: dict[bytes, _Dialog] = {}
        self._look_at = 0.0

    def saw(self, sent: bool, message: bytes, now: float, repeats: bool = True) -> None:
        """A message passed.  Cheap: most that come in a flood are nobody's.

        `repeats` false: one that was seen before is not told of.
        """
        found = _CALL_ID.search(message)
        if not found:
            return
        key = found[1].strip()
        dialog = self._dialogs.get(key)
        if dialog is None:
            if not message.startswith(b"INVITE "):
                return
            self._forget(now)
            dialog = self._dialogs[key] = _Dialog(until=now + UNCLAIMED)
        elif not dialog.call and sent and message[8:9] in b"3456":
            del self._dialogs[key]  # refused before anybody looked at it
            return
        if dialog.told >= MOST:
            return
        again = dialog.count(hash((sent, message)))
        if again and not repeats:
            return
        dialog.told += 1
        fact = _fact(sent, message, now, dialog.leg, again)
        if dialog.call:
            self._tell(dialog.call, fact)
        else:
            dialog.held.append(fact)

    def claim(self, sip_id: str, call_id: str) -> None:
        """The dialog with the Call-ID *sip_id* is a leg of a call, and gets its next number."""
        key = sip_id.encode("utf-8", "surrogateescape")
        leg = sum(1 for dialog in self._dialogs.values() if dialog.call == call_id)
        dialog = self._dialogs.setdefault(key, _Dialog())
        dialog.call, dialog.leg, dialog.until = call_id, leg, inf
        held, dialog.held = dialog.held, []
        for fact in held:
            self._tell(call_id, replace(fact, leg=leg))

    def release(self, call_id: str, now: float) -> None:
        """The call is over: what is still to come are repetitions, and answers to its BYE."""
        for dialog in self._dialogs.values():
            if dialog.call == call_id:
                dialog.until = now + LINGER

    def _forget(self, now: float) -> None:
        if now >= self._look_at:
            self._look_at = now + UNCLAIMED
            over = [key for key, dialog in self._dialogs.items() if dialog.until <= now]
            for key in over:
                del self._dialogs[key]


def _fact(sent: bool, message: bytes, now: float, leg: int, again: int) -> Signalled:
    cseq = _CSEQ.search(message)
    number = one_line(cseq[1].decode("utf-8", "replace"), 60) if cseq else ""
    return Signalled(now, sent, first_line(message), number, media_of(message), leg, again)
