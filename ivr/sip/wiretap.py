"""Overhears every SIP message that the stack sends or gets, next to the network.

pjsua2 tells of transactions, but not of its own BYE and what follows it, nor of repetitions, nor of
what the shim answers.  A pjsip module that stands before all others sees each datagram as it is,
and changes none.  Where it cannot be had, `glimpse` makes do with what pjsua2 tells.

The layout of the structures is found out, not assumed: by a datagram to our own port, which is
looked for in what the module is shown, and so is the answer to it.
"""

from __future__ import annotations

import ctypes
import logging
import secrets
import socket
import time
from collections.abc import Callable
from ctypes import c_int, c_void_p
from typing import Any

import pjsua2 as pj

from .native import PACKET_LIMIT, OnMessage, Unusable, register, usable
from .overheard import Overheard

logger = logging.getLogger(__name__)

# Before the transport layer (8): on the way in it is the first, and on the way out the last, when
# the text is made.  Where pjsua has its own logger.
PRIORITY = 7
WORD = ctypes.sizeof(c_void_p)
RECORD = 600  # bytes of pjsip_tx_data that are searched: its buffer is described at 408
BEHIND = 256  # ... and of pjsip_rx_data, behind the packet


class Wiretap(Overheard):
    """See the module.  `tell` is called inside the stack's callbacks, in the polling thread."""

    def __init__(self) -> None:
        super().__init__()
        self.installed = False
        self._probe = b""
        self._message_at = self._buffer_at = -1

    def start(self, path: str, poll: Callable[[], object], address: tuple[str, int]) -> None:
        """As `install`, but says so where it cannot be."""
        try:
            self.install(path, poll, address)
        except Unusable as reason:
            logger.warning("some SIP messages will be missing in journals: %s", reason)

    def install(self, path: str, poll: Callable[[], object], address: tuple[str, int]) -> None:
        """Registers the module and tries it on a datagram to our own SIP port.

        Raises `Unusable`; `glimpse` then works.  The stack may have the module either way: this
        object must live as long as it does.
        """
        usable()
        received, sent = OnMessage(self._on_received), OnMessage(self._on_sent)
        self._module = register(
            path, b"mod-ivr-wiretap", PRIORITY,
            on_rx_request=received, on_rx_response=received,
            on_tx_request=sent, on_tx_response=sent,
        )  # fmt: skip
        self._prove(poll, address)
        self.installed = True

    def glimpse(self, event: Any) -> None:
        """What pjsua2 tells of a transaction or of a dialog's state, where that is all there is."""
        if self.installed:
            return
        if event.type == pj.PJSIP_EVENT_TSX_STATE:
            kind, source = event.body.tsxState.type, event.body.tsxState.src
        elif event.type == pj.PJSIP_EVENT_RX_MSG:
            kind, source = event.type, event.body.rxMsg
        elif event.type == pj.PJSIP_EVENT_TX_MSG:
            kind, source = event.type, event.body.txMsg
        else:
            return
        if kind not in (pj.PJSIP_EVENT_RX_MSG, pj.PJSIP_EVENT_TX_MSG):
            return
        sent = kind == pj.PJSIP_EVENT_TX_MSG
        self.glimpsed(sent, (source.tdata if sent else source.rdata).wholeMsg)

    def glimpsed(self, sent: bool, text: str) -> None:
        """A message that pjsua2 handed over; it does so more than once."""
        if not self.installed:
            data = text.encode("utf-8", "surrogateescape")
            self.saw(sent, data, time.monotonic(), repeats=False)

    # -- called by the stack: no exception may leave, and 0 lets every message pass ---------------

    def _on_received(self, rdata: int) -> int:
        try:
            if self._probe:
                self._find_message(rdata)
            elif self.installed:
                begin = c_void_p.from_address(rdata + self._message_at).value
                length = c_int.from_address(rdata + self._message_at + WORD).value
                if begin and 0 < length <= PACKET_LIMIT:
                    self.saw(False, ctypes.string_at(begin, length), time.monotonic())
        except Exception:
            logger.exception("a message that came is not told of")
        return 0

    def _on_sent(self, tdata: int) -> int:
        try:
            if self._probe:
                self._find_buffer(tdata)
            elif self.installed:
                text = _printed(tdata + self._buffer_at)
                if text:
                    self.saw(True, text, time.monotonic())
        except Exception:
            logger.exception("a message that was sent is not told of")
        return 0

    # -- the layout -------------------------------------------------------------------------------

    def _find_message(self, rdata: int) -> None:
        """`msg_info` begins with a pointer to the message and its length, behind the packet."""
        at = ctypes.string_at(rdata, PACKET_LIMIT).find(self._probe)
        if at < 0:
            return
        first = rdata + at + PACKET_LIMIT
        for place in range(first + -first % WORD, first + BEHIND, WORD):
            begin = c_void_p.from_address(place).value
            if begin == rdata + at and c_int.from_address(place + WORD).value == len(self._probe):
                self._message_at = place - rdata

    def _find_buffer(self, tdata: int) -> None:
        """`buf` is three pointers: its begin, how far it is filled, and its end."""
        for place in range(tdata, tdata + RECORD, WORD):
            if self._probe_id in _printed(place):
                self._buffer_at = place - tdata

    def _prove(self, poll: Callable[[], object], address: tuple[str, int]) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((address[0], 0))
            host, port = probe.getsockname()
            self._probe_id = b"ivr-" + secrets.token_hex(8).encode()
            self._probe = (
                b"OPTIONS sip:%b@%b SIP/2.0\r\nVia: SIP/2.0/UDP %b:%d;rport;branch=z9hG4bK%b\r\n"
                b"Max-Forwards: 70\r\nFrom: <sip:ivr@%b>;tag=1\r\nTo: <sip:ivr@%b>\r\n"
                b"Call-ID: %b\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
            ) % (b"ivr", host.encode(), host.encode(), port, self._probe_id, host.encode(),
                 host.encode(), self._probe_id)  # fmt: skip
            try:
                probe.sendto(self._probe, address)
                for _ in range(20):
                    poll()
                    if self._message_at >= 0 and self._buffer_at >= 0:
                        return
            finally:
                self._probe = b""
        raise Unusable("the wiretap did not find its own datagram and the answer to it")


def _printed(place: int) -> bytes:
    """The text that the three pointers at *place* describe; empty: they describe none."""
    begin, filled, end = (c_void_p.from_address(place + WORD * n).value or 0 for n in range(3))
    if begin and end - begin == PACKET_LIMIT and begin < filled <= end:
        return ctypes.string_at(begin, filled - begin)
    return b""
