"""A front with small workers behind it and a caller before it, on real sockets."""

from __future__ import annotations

import asyncio
import hashlib
import re
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from ivr.fleet.front import Destination, Front, FrontPlan, Workers

from ...ports import keep
from ...sip.peer import LOCAL, Dialog, Peer
from ...sip.wire import Message

PORT, TLS_PORT, FIRST = keep(1), keep(1), keep(10)
LAST = FIRST + 9
T = TypeVar("T")


class Uas(Peer):
    """A worker: what it says to each INVITE is in `says`; then, and without, it is 200.

    While it is not `well`, it answers no probe.
    """

    def __init__(self, number: int) -> None:
        super().__init__(PORT, FIRST + number)
        self.life = f"w{number}-1"
        self.well = True
        self.says: list[tuple[int | str, ...]] = []
        self.calls: list[Dialog] = []
        self.answer = self._say

    @property
    def uri(self) -> str:
        return f"sip:{LOCAL}:{self.port}"

    def destination(self, maxload: int = 4) -> Destination:
        return Destination(self.uri, self.life, maxload)

    def _say(self, dialog: Dialog) -> None:
        self.calls.append(dialog)
        dialog.speaks = None
        assert dialog.incoming
        for code, *headers in [self.says.pop(0)] if self.says else [(200,)]:
            if code == 200:
                dialog.accept()
            elif code:
                dialog.reply(dialog.incoming, int(code), "", *map(str, headers))

    def _message(self, message: Message) -> None:
        if message.method == "OPTIONS" and not message.code:
            if self.well:
                dialog = Dialog(self, "", "")
                dialog.rtp.close()
                dialog.reply(message, 200)
        else:
            super()._message(message)


class Exchange:
    """`caller` calls the front, `workers` are behind it."""

    def __init__(self, folder: Path, workers: int = 2, maxload: int = 4, **options: Any) -> None:
        options = {"silence": 10.0, "address": LOCAL, **options}  # more than a test ever rests
        self.plan = FrontPlan(port=PORT, workers=(Workers(LOCAL, FIRST, LAST),), **options)
        self.folder, self.maxload = folder, maxload
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.front = Front(self.plan, folder)
        self.workers = [Uas(number) for number in range(workers)]
        self.caller = Peer(PORT)
        self.asked: list[str] = []
        self._peers: list[Peer] = [self.caller]
        for worker in self.workers:
            self.join(worker)

    def start(self, calls: list[tuple[str, str]] | None = None) -> None:
        self.run(self.front.start(self.destinations, calls or []))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    @property
    def destinations(self) -> list[Destination]:
        """So that of equals Kamailio takes the first: it reads a list from its end."""
        return [worker.destination(self.maxload) for worker in reversed(self.workers)]

    def join(self, peer: Peer) -> None:
        """Have `peer` live while the caller does."""
        self._peers.append(peer)
        self.resume(peer)

    def resume(self, peer: Peer) -> None:
        self.caller.extra.append((peer.sip.fileno(), peer._sip))

    def stop(self, peer: Peer) -> None:
        """As SIGSTOP would: what comes waits in its socket."""
        self.caller.extra.remove((peer.sip.fileno(), peer._sip))

    def stranger(self, host: str, port: int = 0) -> Peer:
        """Another one who is not a worker."""
        peer = Peer(PORT, port, host)
        self.join(peer)
        return peer

    @property
    def loads(self) -> list[int]:
        """The calls that the front counts for each worker."""
        counted = self.run(self.front.loads())
        return [counted.get(worker.life, -1) for worker in self.workers]

    def counts(self, *loads: int) -> None:
        """Waits until the front counts so."""
        self.caller.expect(lambda: self.loads == list(loads), f"{loads} calls")

    def ran(self) -> list[int]:
        """How often each worker had a call."""
        return [len(worker.calls) for worker in self.workers]

    def final(self, dialog: Dialog, seconds: float = 15.0) -> Message:
        self.caller.expect(dialog.final, "a final answer", seconds)
        message = dialog.final()
        assert message
        return message

    def settle(self, seconds: float = 0.3) -> None:
        """Time for what should not happen."""
        self.caller.run(None, seconds)

    def close(self) -> None:
        self.run(self.front.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        for peer in self._peers:
            peer.close()


def raw(method: str, *headers: str, to_tag: str = "", uri: str = "", body: str = "") -> str:
    """A request by hand; Via and Call-ID are to be filled in with `%`-names host, port, id."""
    uri = uri or f"sip:1@{LOCAL}:{PORT}"
    tag = f";tag={to_tag}" if to_tag else ""
    lines = [
        f"{method} {uri} SIP/2.0",
        "Via: SIP/2.0/UDP %(host)s:%(port)s;rport;branch=z9hG4bK%(id)s",
        "Max-Forwards: 70",
        "From: <sip:x@%(host)s>;tag=x",
        f"To: <sip:1@{LOCAL}>{tag}",
        "Call-ID: %(id)s",
        f"CSeq: 1 {method}",
        "Contact: <sip:x@%(host)s:%(port)s>",
        *headers,
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", body])


def dial(worker: Uas, uri: str) -> Dialog:
    """A worker calls `uri` by way of the front, its outbound proxy."""
    call = Dialog(worker, f"out-{uri}", uri)
    call.route = [f"<sip:{LOCAL}:{PORT};lr>"]
    worker.dialogs[call.id] = call
    call.request("INVITE", call.sdp)
    return call


def digest(challenge: Message, name: str, password: str) -> str:
    """The header with which a REGISTER answers a challenge (RFC 2617, 3.2.2)."""
    fields = dict(re.findall(r'(\w+)="([^"]*)"', challenge.header("www-authenticate")))
    uri = f"sip:{LOCAL}:{PORT}"
    first, second = _md5(f"{name}:{fields['realm']}:{password}"), _md5(f"REGISTER:{uri}")
    response = _md5(f"{first}:{fields['nonce']}:00000001:c:auth:{second}")
    return (
        f'Authorization: Digest username="{name}", realm="{fields["realm"]}", uri="{uri}",'
        f' nonce="{fields["nonce"]}", response="{response}", qop=auth, nc=00000001, cnonce="c"'
    )


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
