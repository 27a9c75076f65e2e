"""A caller of our own, without the SIP stack: it calls, listens, presses keys and hangs up.

One call over UDP, with PCMU.  All its requests go to the address that was called, as those of a
phone with an outbound proxy do; Record-Route is honoured in them.  Time is the event loop's.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, closing
from typing import cast

from .dialog import NONE, Dialog, method_of, reply, status_of
from .heard import Heard
from .message import read_headers
from .received import Received
from .rtp import PTIME, Stream, media_address, offer, pcmu

T1, T2 = 0.5, 4.0  # seconds, RFC 3261 17.1: the first pause before a repetition, and the longest

Address = tuple[str, int]


class _Port(asyncio.DatagramProtocol):
    """A UDP socket."""

    came: Callable[[bytes, Address], None]
    transport: asyncio.DatagramTransport
    trouble = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, address: Address) -> None:
        self.trouble = ""
        self.came(data, address)

    def error_received(self, error: Exception) -> None:
        self.trouble = getattr(error, "strerror", "") or str(error)


class Caller:
    """A call.  What waits does so for `seconds` at most."""

    def __init__(self, dialog: Dialog, sip: _Port, rtp: _Port) -> None:
        self.answer = ""
        """The final response to the INVITE."""
        self.told: list[int] = []
        """The statuses of those before it."""
        self.early = False
        """Whether one of those had sound."""
        self.gone = False
        """Whether the far end hung up."""
        self.heard = Heard()
        self.received = Received()
        self._dialog = dialog
        self._sip, self._rtp = sip, rtp
        sip.came, rtp.came = self._told, self._sounded
        self._status: dict[str, int] = {}
        self._ack = ""
        self._stream = Stream()
        self._far: Address | None = None
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()

    @property
    def rang(self) -> bool:
        """Whether there was a response to the INVITE before the final one."""
        return bool(self.told)

    @property
    def status(self) -> int:
        """The final status; 0: there is none yet."""
        return status_of(self.answer)

    @property
    def trouble(self) -> str:
        """What the network says; empty: nothing."""
        return self._sip.trouble

    async def call(self, seconds: float) -> int:
        """Call, and wait for the final status; 0: there was none."""
        self.invite()
        await self.until(lambda: bool(self.answer), seconds)
        return self.status

    def invite(self) -> None:
        """Call, and do not wait."""
        self._insist("INVITE", self._dialog.invite())

    async def hear(self, seconds: float) -> float | None:
        """Wait for sound, other than what was heard before the last key.

        Returns when it began; None: there was none.
        """
        await self.until(lambda: self.heard.has_sound or self.gone, seconds)
        return self.heard.since if self.heard.has_sound else None

    async def listen(self, seconds: float) -> None:
        """Let the far end finish its prompt."""
        await self.until(lambda: self.heard.is_quiet(self._loop.time()) or self.gone, seconds)

    def speak(self, sound: bytes) -> None:
        """Say these 20 ms of PCMU again and again."""
        self._stream.sound = sound

    def press(self, key: str) -> None:
        """Press one of `rtp.KEYS` for 100 ms."""
        self.heard.turn()
        self._stream.press(key)

    async def hang_up(self, seconds: float) -> int:
        """End the call, however far it came.  Returns the status of the BYE; 0: there was none."""
        if self.rang and not self.answer:
            self._insist("CANCEL", self._dialog.cancel())
            await self.until(lambda: bool(self.answer), seconds)
        if 200 <= self.status < 300 and not self.gone:
            self._insist("BYE", self._dialog.bye())
            await self.until(lambda: self._status.get("BYE", 0) >= 200, seconds)
        return self._status.get("BYE", 0)

    async def until(self, holds: Callable[[], bool], seconds: float) -> None:
        """Wait until something *holds*; it is asked whenever something came, and each 20 ms."""
        try:
            async with asyncio.timeout(seconds):
                while not holds():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pass

    def _insist(self, method: str, text: str, pause: float = T1) -> None:
        """Send *text*, and again until it is answered (RFC 3261 17.1)."""
        if method not in self._status and not self._sip.transport.is_closing():
            self._send(text)
            self._loop.call_later(pause, self._insist, method, text, min(2 * pause, T2))

    def _send(self, text: str) -> None:
        self._sip.transport.sendto(text.encode("utf-8", "replace"))

    def _told(self, data: bytes, _: Address) -> None:
        message = data.decode("utf-8", "replace")
        if read_headers(message).get("call-id") != self._dialog.id:
            return
        method, status = method_of(message), status_of(message)
        if status:
            self._status[method] = status
        if not status:
            self._asked(method, message)
        elif method == "INVITE":
            self._answered(status, message)
        self._news.set()

    def _answered(self, status: int, message: str) -> None:
        if status < 200:
            self.told.append(status)
            if not self._far and (far := media_address(message)):
                self.early, self._far = True, far
                self._speak(self._loop.time())
            return
        if not self.answer:
            self.answer, self._ack = message, self._dialog.ack(message)
            self._far = media_address(message) or self._far
            if not self.early:
                self._speak(self._loop.time())
        self._send(self._ack)  # to each repetition (RFC 3261 13.2.2.4)

    def _asked(self, method: str, request: str) -> None:
        if method == "BYE":
            self.gone = True
            self._send(reply(request, "200 OK"))
        elif method != "ACK":
            self._send(reply(request, "501 Not Implemented"))

    def _speak(self, due: float) -> None:
        if self._rtp.transport.is_closing():
            return
        if self._far:
            self._rtp.transport.sendto(self._stream.packet(), self._far)
        self._news.set()
        self._loop.call_at(due + PTIME, self._speak, due + PTIME)

    def _sounded(self, data: bytes, source: Address) -> None:
        if sound := pcmu(data):
            self._far = source  # behind a NAT, SDP tells one that cannot be reached from here
            self.heard.take(sound, self._loop.time())
            self.received.take(data, sound)


@asynccontextmanager
async def caller(
    target: Address, number: str, user: str, headers: Mapping[str, str] = NONE
) -> AsyncIterator[Caller]:
    """A caller with the name *user*, who will call *number* at *target*, with these *headers*.

    Raises `OSError` where there is no way to it.
    """
    loop = asyncio.get_running_loop()
    transport, sip = await loop.create_datagram_endpoint(
        _Port, remote_addr=target, family=socket.AF_INET
    )
    with closing(transport):
        host, port = transport.get_extra_info("sockname")
        transport, rtp = await loop.create_datagram_endpoint(_Port, local_addr=(host, 0))
        with closing(transport):
            _, rtp_port = transport.get_extra_info("sockname")
            there, here = f"{target[0]}:{target[1]}", f"{host}:{port}"
            sdp = offer(host, rtp_port)
            yield Caller(Dialog(number, there, user, here, sdp, headers), sip, rtp)
