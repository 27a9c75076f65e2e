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
import functools
import logging
import platform
import secrets
import socket
from collections.abc import Callable
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_ssize_t, c_uint, c_void_p
from importlib import metadata
from typing import Any

from .requests import Answer, Request, response

logger = logging.getLogger(__name__)

WHEEL = "2.15.1.post1"
# After the transactions (16), so that nothing comes twice, and before the dialogs (32).
PRIORITY = 31
BEFORE_ALL = 15  # of what sees responses: transactions would take them
PACKET_LIMIT = 4000  # PJSIP_MAX_PKT_LEN: the rest of a longer datagram is lost
UDP = 1  # PJSIP_TRANSPORT_UDP


class _Str(ctypes.Structure):
    _fields_ = (("ptr", c_char_p), ("slen", c_ssize_t))


class _Dropped(ctypes.Structure):
    """pjsip_tp_dropped_data."""

    _fields_ = (("transport", c_void_p), ("data", c_void_p), ("len", c_size_t), ("status", c_int))


_OnMessage = ctypes.CFUNCTYPE(c_int, c_void_p)
_OnDropped = ctypes.CFUNCTYPE(None, POINTER(_Dropped))


class _Module(ctypes.Structure):
    """pjsip_module of pjproject 2.15."""

    _fields_ = (
        ("prev", c_void_p),
        ("next", c_void_p),
        ("name", _Str),
        ("id", c_int),
        ("priority", c_int),
        ("load", c_void_p),
        ("start", c_void_p),
        ("stop", c_void_p),
        ("unload", c_void_p),
        ("on_rx_request", _OnMessage),
        ("on_rx_response", _OnMessage),
        ("on_tx_request", c_void_p),
        ("on_tx_response", c_void_p),
        ("on_tsx_state", c_void_p),
    )


class Unusable(Exception):
    """The shim does not fit this machine; the text says why."""


class Library:
    """The C functions of the running stack that need no knowledge of its structures."""

    def __init__(self, path: str) -> None:
        self._lib = ctypes.CDLL(path)

    def call_limit(self) -> int | None:
        """The calls that this build can hold, after libInit; None where it does not say."""
        return self._number("pjsua_call_get_max_count")

    def calls(self) -> int | None:
        """The call slots in use, those included whose far end has yet to confirm the end."""
        return self._number("pjsua_call_get_count")

    def hush(self) -> None:
        """Silences the log lines that come before libInit can."""
        if hasattr(self._lib, "pj_log_set_level"):
            self._lib.pj_log_set_level(0)

    def hold(self, transaction: int) -> int:
        """See `slots.Sessions`, also for those that follow."""
        names = ("pjsip_tsx_get_dlg", "pjsip_dlg_get_inv_session", "pjsip_inv_add_ref",
                 "pjsip_inv_dec_ref", "pjsip_inv_terminate")  # fmt: skip
        if not all(hasattr(self._lib, name) for name in names):
            return 0
        found: int | None = transaction
        for name in names[:2]:
            function = getattr(self._lib, name)
            function.restype, function.argtypes = c_void_p, [c_void_p]
            found = found and function(found)
        if not found or self._lib.pjsip_inv_add_ref(c_void_p(found)):
            return 0
        return found

    def end(self, session: int) -> None:
        self._lib.pjsip_inv_terminate(c_void_p(session), 408, 1)

    def release(self, session: int) -> None:
        self._lib.pjsip_inv_dec_ref(c_void_p(session))

    def level_g722(self) -> None:
        """Sets the level of G.722 right, after libInit: by itself the stack is 6 dB off.

        It sends half as loud as it should and hears twice as loud, measured against spandsp.
        """
        if hasattr(self._lib, "pjmedia_codec_g722_set_pcm_shift"):
            self._lib.pjmedia_codec_g722_set_pcm_shift(1)

    def _number(self, name: str) -> int | None:
        if not hasattr(self._lib, name):
            return None
        function = getattr(self._lib, name)
        function.restype = c_uint
        return int(function())


class Shim:
    """Asks `gate` about each request, as (message, whether it was cut, address of its sender), and
    does what it says; lets in what responses `passes` says.  Runs in the thread that polls the
    stack.
    """

    def __init__(
        self, path: str, gate: Callable[[bytes, bool, str], Answer | None],
        passes: Callable[[bytes], bool],
    ) -> None:  # fmt: skip
        self._lib = ctypes.CDLL(path)
        self._gate = gate
        self._passes = passes
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
        self._register(b"mod-ivr", PRIORITY, on_rx_request=_OnMessage(self._on_request))
        self._register(b"mod-ivr-in", BEFORE_ALL, on_rx_response=_OnMessage(self._on_response))
        self._on_drop = _OnDropped(self._on_dropped)
        self._lib.pjsip_tpmgr_set_drop_data_cb(self._transports, self._on_drop)
        self._ask = self._answer_probe
        try:
            self._prove(poll, port_of)
        except Unusable:
            self._ask, self._datagrams = self._pass, 0
            raise
        self._ask = lambda message, cut, source: self._gate(message, cut, source[0])

    def _bind(self) -> None:
        lib = self._lib
        pointer, text = c_void_p, POINTER(_Str)
        for name, result, arguments in (
            ("pjsua_get_pjsip_endpt", pointer, []),
            ("pjsip_endpt_get_tpmgr", pointer, [pointer]),
            ("pjsua_pool_create", pointer, [c_char_p, c_size_t, c_size_t]),
            ("pj_pool_release", None, [pointer]),
            ("pjsip_generic_string_hdr_create", pointer, [pointer, text, text]),
            ("pj_list_insert_before", None, [pointer, pointer]),
            ("pjsip_rx_data_get_info", c_char_p, [pointer]),
            ("pjsip_endpt_register_module", c_int, [pointer, pointer]),
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

    def _register(self, name: bytes, priority: int, **callback: Any) -> None:
        module = _Module(id=-1, priority=priority, name=_Str(name, len(name)), **callback)
        self._keep += [name, callback, module]
        if self._lib.pjsip_endpt_register_module(self._endpoint, byref(module)):
            raise Unusable("the stack did not take the module")

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
            answer = self._ask(*self._message(rdata))
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
            return int(self._packet_at >= 0 and not self._passes(self._message(rdata)[0]))
        except Exception:
            logger.exception("the shim failed on a response")
            return 1

    def _on_dropped(self, dropped: Any) -> None:
        """What the stack cannot read.  On a connection it is not known where its buffer begins."""
        try:
            transport, packet, length = (
                getattr(dropped.contents, name) for name in ("transport", "data", "len")
            )
            if not self._datagrams and ctypes.string_at(packet, length) == self._probe:
                self._datagrams = transport
            if transport == self._datagrams and ctypes.string_at(packet - 1, 1) not in b"\r\n":
                message = ctypes.string_at(packet, min(length, PACKET_LIMIT))
                self._refuse(message, packet, self._source(packet))
        except Exception:
            logger.exception("the shim failed on a datagram")

    def _refuse(self, message: bytes, packet: int, source: tuple[str, int]) -> None:
        request = Request.of(message)
        if request.method in ("", "ACK") or message.startswith(b"SIP/") or not request.first("via"):
            return
        answer = self._ask(message, len(message) == PACKET_LIMIT, source)
        if answer is None or 200 <= answer.code < 300:
            answer = Answer(400)
        if answer.code:
            text = response(request, answer, source)
            self._lib.pjsip_tpmgr_send_raw(
                self._transports, UDP, None, None, text, len(text), _behind(packet) + 8, 16, None,
                None,
            )  # fmt: skip

    def _message(self, rdata: int) -> tuple[bytes, bool, tuple[str, int]]:
        """The message, whether it was cut, and its sender."""
        if self._packet_at < 0:
            self._packet_at = ctypes.string_at(rdata, PACKET_LIMIT).find(self._probe[:300])
        packet = rdata + self._packet_at
        begin = c_void_p.from_address(_behind(packet) + 96).value or 0
        length = c_int.from_address(_behind(packet) + 104).value
        if self._packet_at < 0 or not packet <= begin <= begin + length <= packet + PACKET_LIMIT:
            raise ValueError("the message is not where it was")
        cut = begin + length >= packet + PACKET_LIMIT
        return ctypes.string_at(begin, length), cut, self._source(packet)

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


def _text(value: str) -> _Str:
    data = value.encode()
    return _Str(data, len(data))


def _received(probe: socket.socket, poll: Callable[[], None]) -> bytes:
    """What comes while the stack is polled.  Raises `Unusable` where that is nothing."""
    for _ in range(20):
        poll()
        with contextlib.suppress(OSError):
            return probe.recv(PACKET_LIMIT)
    raise Unusable("the self-test got no answer")


@functools.cache  # the package's metadata cost a megabyte, which a template reads for its workers
def usable() -> None:
    """Raises `Unusable` where the wheel or the machine is not the one this module was made for."""
    try:
        version = metadata.version("pjsua2-python")
    except metadata.PackageNotFoundError:
        raise Unusable("the package pjsua2-python is not installed") from None
    if version != WHEEL:
        raise Unusable(f"pjsua2-python is {version}; the shim was made for {WHEEL}")
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        raise Unusable(f"the shim was made for Linux on x86_64, not {platform.machine()}")
