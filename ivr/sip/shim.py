"""The one place that reaches below pjsua2: a pjsip module written with ctypes.

pjsua2 answers a call beyond its limit with a bare 486, an OPTIONS within a call with 500, and many
a request outside of one not at all; and an INVITE that it takes in costs sockets which it gives
back half a second later: some thirty of those at once abort the process.  A pjsip module sees a
request before that.  This one answers without state what the `Gate` does not let in, and also what
the stack's parser gives up on, which is told to a callback of the transport manager.

The layout of the structures is that of one wheel.  `install` refuses any other version, and
afterwards proves on a datagram of its own that both directions work.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import secrets
import socket
import struct
from collections.abc import Callable
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_size_t, c_ushort, c_void_p
from typing import Any, Protocol

from . import challenges
from .native import PACKET_LIMIT, OnMessage, Str, Unusable, register, usable
from .requests import Answer, Request, response

logger = logging.getLogger(__name__)

# After the transactions (16), so that nothing comes twice, and before the dialogs (32).
PRIORITY = 31
BEFORE_ALL = 15  # of what sees responses: transactions would take them
UDP, TCP, TLS = 1, 2, 3  # pjsip_transport_type_e
CONNECTIONS = {TCP: b"tcp", TLS: b"tls"}  # ... and how their objects are called
KEY = 80  # of pjsip_transport: its type, which is a long, and the address of the far end
SOCKADDR = 16  # bytes, of IPv4
RESPONSE = 1  # PJSIP_RESPONSE_MSG


class _Dropped(ctypes.Structure):
    """pjsip_tp_dropped_data."""

    _fields_ = (("transport", c_void_p), ("data", c_void_p), ("len", c_size_t), ("status", c_int))


_OnDropped = ctypes.CFUNCTYPE(None, POINTER(_Dropped))


class _Selector(ctypes.Structure):
    """pjsip_tpselector: that one transport and no other."""

    _fields_ = (("type", c_int), ("no_reuse", c_int), ("transport", c_void_p))


class Keeper(Protocol):
    """Who says what comes in."""

    def answer(self, raw: bytes, cut: bool, source: str) -> Answer | None:
        """What a request is answered with, None: it is let in; `cut`: its end is lost."""

    def passes(self, response: bytes) -> bool:
        """Whether a response is let in."""

    def mended(self, raw: bytes) -> bytes:
        """What the stack reads in place of a message that is let in, which is as long."""

    def challenged_enough(self, response: bytes) -> bool:
        """Whether the challenge in a response is not to be met."""


class Shim:
    """Asks `gate` about each message, and does what it says.  Runs in the thread that polls the
    stack."""

    def __init__(self, path: str, gate: Keeper) -> None:
        self._path = path
        self._lib = ctypes.CDLL(path)
        self._gate = gate
        self._ask: Callable[[bytes, bool, tuple[str, int]], Answer | None] = self._pass
        self._keep: list[object] = []  # what C holds pointers to
        self._probe = b""
        self._packet_at = -1  # where in rdata the message is
        self._datagrams = 0  # the transport of the probe's
        self._found: list[tuple[bytes, tuple[str, int]]] = []

    def install(self, poll: Callable[[], None], port_of: tuple[str, int]) -> None:
        """Registers the module and tries it on datagrams to our own SIP port.

        Raises `Unusable`.  The module then lets every request pass, but the stack may have it: this
        object must live as long as the stack does, either way.
        """
        usable()
        try:
            self._bind()
        except AttributeError as missing:
            raise Unusable(f"the wheel lacks a function: {missing}") from None
        request, response = OnMessage(self._on_request), OnMessage(self._on_response)
        self._keep += [
            register(self._path, b"mod-ivr", PRIORITY, on_rx_request=request),
            register(self._path, b"mod-ivr-in", BEFORE_ALL, on_rx_response=response),
        ]
        self._on_drop = _OnDropped(self._on_dropped)
        self._lib.pjsip_tpmgr_set_drop_data_cb(self._transports, self._on_drop)
        self._ask = self._answer_probe
        try:
            self._prove(poll, port_of)
        except Unusable:
            self._ask, self._datagrams = self._pass, 0
            raise
        self._ask = lambda message, cut, source: self._gate.answer(message, cut, source[0])

    def _bind(self) -> None:
        lib = self._lib
        pointer, text = c_void_p, POINTER(Str)
        for name, result, arguments in (
            ("pjsua_get_pjsip_endpt", pointer, []),
            ("pjsip_endpt_get_tpmgr", pointer, [pointer]),
            ("pjsua_pool_create", pointer, [c_char_p, c_size_t, c_size_t]),
            ("pj_pool_release", None, [pointer]),
            ("pjsip_generic_string_hdr_create", pointer, [pointer, text, text]),
            ("pj_list_insert_before", None, [pointer, pointer]),
            ("pj_list_erase", None, [pointer]),
            ("pjsip_msg_find_hdr_by_name", pointer, [pointer, text, pointer]),
            ("pjsip_rx_data_get_info", c_char_p, [pointer]),
            ("pjsip_endpt_respond_stateless", c_int,
             [pointer, pointer, c_int, text, pointer, pointer]),
            ("pjsip_tpmgr_set_drop_data_cb", c_int, [pointer, _OnDropped]),
            ("pjsip_tpmgr_send_raw", c_int,
             [pointer, c_int, pointer, pointer, c_char_p, c_size_t, pointer, c_int, pointer,
              pointer]),
        ):  # fmt: skip
            function = getattr(lib, name)
            function.restype, function.argtypes = result, arguments
        self._endpoint = lib.pjsua_get_pjsip_endpt()
        self._transports = lib.pjsip_endpt_get_tpmgr(self._endpoint)

    def _prove(self, poll: Callable[[], None], address: tuple[str, int]) -> None:
        """Two requests of our own: one that the stack can read and one that it cannot."""
        token = secrets.token_hex(8)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((address[0], 0))
            probe.setblocking(False)
            here = probe.getsockname()
            for version in ("2.0", "9.9"):
                self._probe = (
                    f"OPTIONS sip:{token}@{here[0]} SIP/{version}\r\n"
                    f"Via: SIP/2.0/UDP {here[0]}:{here[1]};rport;branch=z9hG4bK{token}{version}\r\n"
                    f"Max-Forwards: 70\r\nFrom: <sip:{token}@{here[0]}>;tag=1\r\n"
                    f"To: <sip:{token}@{here[0]}>\r\nCall-ID: {token}\r\nCSeq: 1 OPTIONS\r\n"
                    "Content-Length: 0\r\n\r\n"
                ).encode()
                self._found = []
                probe.sendto(self._probe, address)
                answer = _received(probe, poll)
                if not answer.startswith(b"SIP/2.0 503 Tried\r\n"):
                    raise Unusable(f"the self-test was answered {answer[:20].decode()!r}")
                if b"\r\nX-Probe: %b\r\n" % token.encode() not in answer:
                    raise Unusable("the self-test was answered without the header that it gave")
                if self._found != [(self._probe, here)]:
                    raise Unusable("the self-test did not find its own datagram, or its sender")

    def _answer_probe(self, message: bytes, cut: bool, source: tuple[str, int]) -> Answer | None:
        if message != self._probe:
            return None
        self._found.append((message, source))
        token = message[12:28].decode()
        return Answer(503, "Tried", (("X-Probe", token),))

    @staticmethod
    def _pass(message: bytes, cut: bool, source: tuple[str, int]) -> Answer | None:
        return None

    def _on_request(self, rdata: int) -> int:
        """True when the request is dealt with.  An exception here would vanish: none may leave."""
        try:
            if self._ask == self._pass:
                return 0
            message, cut, source = self._message(rdata)
            answer = self._ask(message, cut, source)
            if answer is None:
                self._mend(rdata, message)
        except Exception:
            logger.exception("the shim failed on a request")
            answer = Answer(500)  # what has not been looked at is not let in
        # "Request msg INVITE/cseq=1 (rdata0x...)"; the stack aborts on an answer to an ACK.
        info: bytes = self._lib.pjsip_rx_data_get_info(rdata)
        if answer and answer.code and info[12:16].upper() != b"ACK/":
            self._respond(rdata, answer)
        return bool(answer)

    def _on_response(self, rdata: int) -> int:
        """True when the response is to go no further."""
        try:
            if self._packet_at < 0:
                return 0
            message, _, _ = self._message(rdata)
            if not self._gate.passes(message):
                return 1
            self._mend(rdata, message)
            if self._gate.challenged_enough(message):
                self._drop_challenges(rdata)
            return 0
        except Exception:
            logger.exception("the shim failed on a response")
            return 1

    def _on_dropped(self, dropped: Any) -> None:
        """What the stack cannot read."""
        try:
            transport, packet, length = (
                getattr(dropped.contents, name) for name in ("transport", "data", "len")
            )
            message = ctypes.string_at(packet, min(length, PACKET_LIMIT))
            if self._datagrams and self._read_again(dropped.contents, message):
                return
            if not self._datagrams and message == self._probe:
                self._datagrams = transport
            if transport != self._datagrams:
                if self._datagrams and (kind := _connection(transport)):
                    self._refuse(message, kind, transport, transport + KEY + 8)
            elif ctypes.string_at(packet - 1, 1) not in b"\r\n":
                self._refuse(message, UDP, None, _behind(packet) + 8)
        except Exception:
            logger.exception("the shim failed on what could not be read")

    @staticmethod
    def _read_again(dropped: Any, message: bytes) -> bool:
        """Has the stack read what is left of a response when that is taken out which it cannot.

        It goes on behind so many bytes of the packet as the callback says it has read.
        """
        rest = challenges.readable(message)
        gap = len(message) - len(rest)
        if not 0 < gap < len(message) == dropped.len:
            return False
        ctypes.memmove(dropped.data + gap, rest, len(rest))
        dropped.len = gap
        return True

    def _refuse(self, message: bytes, kind: int, connection: int | None, address: int) -> None:
        """Says so to who is at `address`, of C's, by the `connection` that it came on."""
        source = _endpoint(address)
        request = Request.of(message)
        if request.method in ("", "ACK") or message.startswith(b"SIP/") or not request.first("via"):
            return
        answer = self._ask(message, len(message) == PACKET_LIMIT, source)
        if answer is None or 200 <= answer.code < 300:
            answer = Answer(400)
        if answer.code:
            text = response(request, answer, source)
            way = byref(_Selector(1, 0, connection)) if connection else None
            self._lib.pjsip_tpmgr_send_raw(
                self._transports, kind, way, None, text, len(text), address, SOCKADDR, None, None
            )

    def _message(self, rdata: int) -> tuple[bytes, bool, tuple[str, int]]:
        """The message, whether it was cut, and its sender."""
        if self._packet_at < 0:
            self._packet_at = ctypes.string_at(rdata, PACKET_LIMIT).find(self._probe[:300])
        packet = rdata + self._packet_at
        begin, length = _text_at(packet)
        if self._packet_at < 0 or not packet <= begin <= begin + length <= packet + PACKET_LIMIT:
            raise ValueError("the message is not where it was")
        cut = begin + length >= packet + PACKET_LIMIT
        return ctypes.string_at(begin, length), cut, self._source(packet)

    def _mend(self, rdata: int, message: bytes) -> None:
        """Its body has not been copied yet: what is parsed of it is what stands here."""
        mended = self._gate.mended(message)
        if mended != message and len(mended) == len(message):
            ctypes.memmove(_text_at(rdata + self._packet_at)[0], mended, len(mended))

    def _drop_challenges(self, rdata: int) -> None:
        """Without them the stack tells of the status, and does not try again."""
        message = c_void_p.from_address(_behind(rdata + self._packet_at) + 112).value
        if not message or c_int.from_address(message).value != RESPONSE:
            return
        for name in challenges.HEADERS:
            text = byref(Str(name, len(name)))
            while header := self._lib.pjsip_msg_find_hdr_by_name(message, text, None):
                self._lib.pj_list_erase(header)

    @staticmethod
    def _source(packet: int) -> tuple[str, int]:
        """Who sent a packet."""
        name = ctypes.string_at(_behind(packet) + 40, 46).partition(b"\0")[0]
        return name.decode("ascii", "replace"), c_int.from_address(_behind(packet) + 88).value

    def _respond(self, rdata: int, answer: Answer) -> None:
        pool = self._lib.pjsua_pool_create(b"ivr", 1000, 1000)
        # A pjsip_hdr used as the head of a list: only its two links count.
        head = (c_void_p * 16)()
        at = ctypes.addressof(head)
        head[0] = head[1] = at
        texts = [[_text(name), _text(value)] for name, value in answer.headers]
        for name, value in texts:
            header = self._lib.pjsip_generic_string_hdr_create(pool, byref(name), byref(value))
            self._lib.pj_list_insert_before(at, header)
        reason = byref(_text(answer.reason)) if answer.reason else None
        self._lib.pjsip_endpt_respond_stateless(
            self._endpoint, rdata, answer.code, reason, at if texts else None, None
        )
        self._lib.pj_pool_release(pool)


def _behind(packet: int) -> int:
    """What comes behind a packet's buffer.

    That is `pkt_info`'s 32-bit zero, then, where this points: its length (8 bytes), the source's
    address (28 bytes and its length), 46 bytes of text, the port, and `msg_info`'s pointer and
    length.
    """
    return (packet + PACKET_LIMIT + 4 + 7) & ~7


def _text_at(packet: int) -> tuple[int, int]:
    """Where a packet's message is, and its length."""
    begin = c_void_p.from_address(_behind(packet) + 96).value or 0
    return begin, c_int.from_address(_behind(packet) + 104).value


def _connection(transport: int) -> int:
    """What kind of connection a transport is, over IPv4; 0: none, or it cannot be told."""
    kind = c_long.from_address(transport + KEY).value
    named = ctypes.string_at(transport, 3) == CONNECTIONS.get(kind)
    family = c_ushort.from_address(transport + KEY + 8).value
    return kind if named and family == socket.AF_INET else 0


def _endpoint(address: int) -> tuple[str, int]:
    """Host and port of a sockaddr_in."""
    port, host = struct.unpack("!2xH4s", ctypes.string_at(address, 8))
    return socket.inet_ntoa(host), port


def _text(value: str) -> Str:
    data = value.encode()
    return Str(data, len(data))


def _received(probe: socket.socket, poll: Callable[[], None]) -> bytes:
    """What comes while the stack is polled.  Raises `Unusable` where that is nothing."""
    for _ in range(20):
        poll()
        with contextlib.suppress(OSError):
            return probe.recv(PACKET_LIMIT)
    raise Unusable("the self-test got no answer")
