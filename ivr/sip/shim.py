"""The one place that reaches below pjsua2: a pjsip module written with ctypes.

pjsua2 answers a call beyond its limit with a bare 486, and an INVITE that it takes in costs sockets
which it gives back half a second later; some thirty of those at once abort the process, and so do
a few that offer sixteen audio streams each.  A pjsip module sees a request before that.  This one
turns away, without state, what cannot be served, such as with 503 and Retry-After (RFC 3261
21.5.4), or 513 for what did not fit into the stack's buffer.

The layout of the structures is that of one wheel.  `install` refuses any other version, and
afterwards proves on a datagram of its own that both directions work.
"""

from __future__ import annotations

import ctypes
import functools
import logging
import platform
import secrets
import socket
from collections.abc import Callable, Iterable
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_ssize_t, c_uint, c_void_p
from importlib import metadata

logger = logging.getLogger(__name__)

WHEEL = "2.15.1.post1"
# After the transactions (16), so that nothing comes twice, and before the dialogs (32).
PRIORITY = 31
METHODS = (b"INVITE", b"INFO", b"REFER")
PACKET_LIMIT = 4000  # PJSIP_MAX_PKT_LEN: the rest of a longer datagram is lost


class _Str(ctypes.Structure):
    _fields_ = (("ptr", c_char_p), ("slen", c_ssize_t))


_OnRequest = ctypes.CFUNCTYPE(c_int, c_void_p)


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
        ("on_rx_request", _OnRequest),
        ("on_rx_response", c_void_p),
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

    def _number(self, name: str) -> int | None:
        if not hasattr(self._lib, name):
            return None
        function = getattr(self._lib, name)
        function.restype = c_uint
        return int(function())


class Shim:
    """Asks `status` about INVITE, INFO and REFER, and answers with what it gives unless that is 0.

    503 is sent with the headers `refusal`.  Runs in the thread that polls the stack.
    """

    def __init__(
        self, path: str, status: Callable[[str, bytes], int], refusal: Iterable[tuple[str, str]]
    ) -> None:
        self._lib = ctypes.CDLL(path)
        self._status = status
        self._refusal = [(name.encode(), value.encode()) for name, value in refusal]
        self._keep: list[object] = []  # what C holds pointers to
        self._probe = b""
        self._packet_at = 0
        self._found = b""
        self._probed = False

    def install(self, poll: Callable[[], None], port_of: tuple[str, int]) -> None:
        """Registers the module and tries it on a datagram to our own SIP port.

        Raises `Unusable`.  The module then lets every request pass, but the stack may have it: this
        object must live as long as the stack does, either way.
        """
        usable()
        try:
            self._bind()
        except AttributeError as missing:
            raise Unusable(f"the wheel lacks a function: {missing}") from None
        self._headers = self._header_list(self._refusal)
        self._callback = _OnRequest(self._on_request)
        self._module = _Module(id=-1, priority=PRIORITY, on_rx_request=self._callback)
        self._module.name = self._str(b"mod-ivr")
        if self._lib.pjsip_endpt_register_module(self._endpoint, byref(self._module)):
            raise Unusable("the stack did not take the module")
        try:
            self._prove(poll, port_of)
        finally:
            self._probe = b""
        self._probed = True

    def _bind(self) -> None:
        lib = self._lib
        lib.pjsua_get_pjsip_endpt.restype = c_void_p
        lib.pjsua_pool_create.restype = c_void_p
        lib.pjsua_pool_create.argtypes = [c_char_p, c_size_t, c_size_t]
        lib.pjsip_generic_string_hdr_create.restype = c_void_p
        lib.pjsip_generic_string_hdr_create.argtypes = [c_void_p, POINTER(_Str), POINTER(_Str)]
        lib.pj_list_insert_before.argtypes = [c_void_p, c_void_p]
        lib.pjsip_rx_data_get_info.restype = c_char_p
        lib.pjsip_rx_data_get_info.argtypes = [c_void_p]
        lib.pjsip_endpt_register_module.argtypes = [c_void_p, c_void_p]
        lib.pjsip_endpt_respond_stateless.argtypes = [
            c_void_p, c_void_p, c_int, c_void_p, c_void_p, c_void_p,
        ]  # fmt: skip
        self._endpoint = lib.pjsua_get_pjsip_endpt()

    def _str(self, value: bytes) -> _Str:
        text = _Str(value, len(value))
        self._keep.append((value, text))
        return text

    def _header_list(self, headers: list[tuple[bytes, bytes]]) -> int:
        pool = self._lib.pjsua_pool_create(b"ivr", 1000, 1000)
        head = (c_void_p * 16)()  # a pjsip_hdr used as the head of a list: only its two links count
        self._keep.append(head)
        address = ctypes.addressof(head)
        head[0] = head[1] = address
        for name, value in headers:
            header = self._lib.pjsip_generic_string_hdr_create(
                pool, byref(self._str(name)), byref(self._str(value))
            )
            self._lib.pj_list_insert_before(address, header)
        return address

    def _prove(self, poll: Callable[[], None], address: tuple[str, int]) -> None:
        token = b"ivr-" + secrets.token_hex(8).encode()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((address[0], 0))
            probe.setblocking(False)
            host, port = probe.getsockname()
            datagram = (
                b"OPTIONS sip:%b@%b SIP/2.0\r\nVia: SIP/2.0/UDP %b:%d;rport;branch=z9hG4bK%b\r\n"
                b"Max-Forwards: 70\r\nFrom: <sip:%b@%b>;tag=1\r\nTo: <sip:%b@%b>\r\n"
                b"Call-ID: %b\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
            ) % (token, host.encode(), host.encode(), port, token, token, host.encode(), token,
                 host.encode(), token)  # fmt: skip
            self._probe = datagram
            probe.sendto(datagram, address)
            for _ in range(20):
                poll()
                try:
                    answer = probe.recv(PACKET_LIMIT)
                except OSError:
                    continue
                if not answer.startswith(b"SIP/2.0 503 "):
                    raise Unusable(f"the self-test was answered {answer[8:12].decode()!r}")
                if not all(b"%b: %b\r\n" % header in answer for header in self._refusal):
                    raise Unusable("the self-test was answered without the headers of a refusal")
                if self._found != self._probe:
                    raise Unusable("the self-test did not find its own datagram")
                return
        raise Unusable("the self-test got no answer")

    def _on_request(self, rdata: int) -> int:
        """True when the request is dealt with.  An exception here would vanish: none may leave."""
        try:
            if self._probe:
                return self._answer_probe(rdata)
            if not self._probed:
                return 0
            # "Request msg INVITE/cseq=1 (rdata0x...)"
            info: bytes = self._lib.pjsip_rx_data_get_info(rdata)
            method = next((m for m in METHODS if info.startswith(b"Request msg %b/" % m)), b"")
            if not method:
                return 0
            message, cut = self._message(rdata)
            status = 513 if cut else self._status(method.decode(), message)
        except Exception:
            logger.exception("the shim failed on a request")
            status = 500  # what has not been looked at is not let in
        return self._respond(rdata, status, self._headers if status == 503 else None)

    def _answer_probe(self, rdata: int) -> int:
        memory = ctypes.string_at(rdata, PACKET_LIMIT)
        at = memory.find(self._probe[:300])
        if at < 0:
            return 0
        self._packet_at = at
        self._found, _ = self._message(rdata)
        return self._respond(rdata, 503, self._headers)

    def _message(self, rdata: int) -> tuple[bytes, bool]:
        """The message, and whether it was cut.

        Behind the packet's buffer come `pkt_info`'s 32-bit zero, its length, the source's address
        (28 bytes, its length, 46 bytes of text, the port), and `msg_info`'s pointer and length.
        """
        packet = rdata + self._packet_at
        length_at = (packet + PACKET_LIMIT + 4 + 7) & ~7
        begin = c_void_p.from_address(length_at + 96).value or 0
        length = c_int.from_address(length_at + 104).value
        if not packet <= begin <= begin + length <= packet + PACKET_LIMIT:
            return b"", False
        return ctypes.string_at(begin, length), begin + length >= packet + PACKET_LIMIT

    def _respond(self, rdata: int, code: int, headers: int | None) -> int:
        """True when there is a `code` to answer with."""
        if code:
            self._lib.pjsip_endpt_respond_stateless(
                self._endpoint, rdata, code, None, headers, None
            )
        return bool(code)


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
