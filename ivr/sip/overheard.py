"""What is to be told of a SIP message: its first line, its CSeq, and what its SDP says of audio.

Pure.  Everything else in it is left unread: keys in the body of an INFO, credentials, SRTP keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import inf

from ..engine.signalled import Signalled

LINE_LIMIT = 200  # bytes of a first line
MOST = 1000  # messages of one dialog that are told: a peer may send them at will
LINGER = 33.0  # seconds after a call's end in which something may be repeated: 64*T1 and a bit
UNCLAIMED = 1.0  # seconds until it is known whose dialog it is; mostly one poll
ALIKE = 4  # messages of a dialog that are known again: repetitions come soon

_CALL_ID = re.compile(rb"[\r\n](?:call-id|i)[ \t]*:[ \t]*([^\r\n]+)", re.IGNORECASE)
_CSEQ = re.compile(rb"[\r\n]cseq[ \t]*:[ \t]*(\d{1,10}[ \t]+[!-~]{1,40})", re.IGNORECASE)
_ADDRESS = re.compile(rb"\nc=IN IP[46] ([^\s/]+)")
_DIRECTION = re.compile(rb"\na=(sendonly|recvonly|inactive)\b")
_PASSWORD = re.compile(r"(sips?:[^\s:@;?<>]*):[^\s@<>]*@", re.IGNORECASE)
_CONTROLS = bytes.maketrans(bytes([*range(32), 127]), b" " * 33)

Tell = Callable[[str, Signalled], None]


def media_of(message: bytes) -> str:
    """What an SDP in *message* says of the first audio stream; empty: there is no SDP."""
    begin = message.find(b"\nv=0")
    if begin < 0:
        return ""
    audio = message.find(b"\nm=audio ", begin)
    if audio < 0:
        return "no audio"
    session = message[begin : message.find(b"\nm=", begin)]
    after = message.find(b"\nm=", audio + 1)
    stream = message[audio : after if after > 0 else len(message)]
    line = stream[len("\nm=") :].partition(b"\n")[0]
    address = _ADDRESS.search(stream) or _ADDRESS.search(session)
    direction = _DIRECTION.search(stream) or _DIRECTION.search(session)
    told = _text(line)
    if address:
        told += f" at {_text(address[1])}"
    return f"{told} {_text(direction[1])}" if direction else told


def first_line(message: bytes) -> str:
    """The request or status line, fit to be written down."""
    line = _text(message[: message.find(b"\n")])
    return _PASSWORD.sub(r"\1:***@", line) if "@" in line else line


def _text(data: bytes) -> str:
    return data[:LINE_LIMIT].translate(_CONTROLS).decode("utf-8", "replace").strip()


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

    tell: Tell
    """Hears of each message of a call: the call's id, and what is to be told."""

    def __init__(self) -> None:
        self.tell = lambda call_id, told: None
        self._dialogs: dict[bytes, _Dialog] = {}
        self._look_at = 0.0

    def __len__(self) -> int:
        """The dialogs that are kept in mind."""
        return len(self._dialogs)

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
            self.tell(dialog.call, fact)
        else:
            dialog.held.append(fact)

    def claim(self, sip_id: str, call_id: str, leg: int = 0) -> None:
        """The dialog with the Call-ID *sip_id* is that of a *leg* of a call, 0 for its first."""
        key = sip_id.encode("utf-8", "surrogateescape")
        dialog = self._dialogs.setdefault(key, _Dialog())
        dialog.call, dialog.leg, dialog.until = call_id, leg, inf
        held, dialog.held = dialog.held, []
        for fact in held:
            self.tell(call_id, replace(fact, leg=leg))

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
    number = cseq[1].decode() if cseq else ""
    return Signalled(now, sent, first_line(message), number, media_of(message), leg, again)
