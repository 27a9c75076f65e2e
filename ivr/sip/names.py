"""Hosts by name, looked up in threads while the calls go on.

Where a request is to go to a name, be it of a registrar, of a far end or of what a caller put into
his Contact, the stack would ask the machine's resolver and wait for it, with all calls of the
process.  It lets somebody else find the way (pjsip_ext_resolver), who may answer later.
"""

from __future__ import annotations

import ctypes
import ipaddress
import logging
import socket
import struct
import threading
import time
from collections.abc import Callable, Container
from ctypes import POINTER, byref, c_int, c_ssize_t, c_uint, c_void_p

from .message import one_line
from .native import Unusable, usable

logger = logging.getLogger(__name__)

PATIENCE = 4.0  # seconds for a lookup; a phone waits about as long for a sign of life
FRESH = 30.0  # seconds that an address is good for
MOST = 16  # lookups at once of names that are ours, and as many of those that strangers send
REMEMBERED = 500  # names

UNRESOLVED = 70018  # PJ_ERESOLVE
UNSPECIFIED, UDP, TCP, TLS = 0, 1, 2, 3  # pjsip_transport_type_e
RELIABLE, SECURE = 1, 2  # pjsip_transport_flags_e
EXAMPLE = "127.0.0.1"
SAMPLE = 200  # bytes of pjsip_server_addresses, in which there is room for eight of them
HEAD = 12  # ... before an address: its transport, and two numbers of DNS SRV
PORTS = {TLS: 5061}  # RFC 3261 18.2.1; 5060 for all others

LookUp = Callable[[str], str]
Tell = Callable[[str], None]


class _Target(ctypes.Structure):
    """pjsip_host_info."""

    _fields_ = (
        ("flag", c_uint),
        ("type", c_int),
        ("host", c_void_p),  # of which `length` bytes are the name, and none ends it
        ("length", c_ssize_t),
        ("port", c_int),
    )


_Tell = ctypes.CFUNCTYPE(None, c_int, c_void_p, c_void_p)
_Resolve = ctypes.CFUNCTYPE(None, c_void_p, c_void_p, POINTER(_Target), c_void_p, c_void_p)


def look_up(name: str) -> str:
    """The IPv4 address of a host.  Raises `OSError`."""
    found = socket.getaddrinfo(name, None, socket.AF_INET, socket.SOCK_DGRAM)
    return str(found[0][4][0])


class Names:
    """`post` has something done in the stack's thread, soon; `later` in so many seconds, from that
    thread.  `look_up` may block.  `ours` are names that strangers cannot keep from being asked."""

    def __init__(
        self, post: Callable[[Callable[[], None]], None],
        later: Callable[[float, Callable[[], None]], object],
        look_up: LookUp = look_up, ours: Container[str] = (),
    ) -> None:  # fmt: skip
        self._post = post
        self._later = later
        self._look_up = look_up
        self._ours = ours
        self._known: dict[str, tuple[float, str]] = {}  # until when, and the address
        self._asking: dict[str, list[Tell]] = {}
        self._threads = {True: 0, False: 0}  # by whether their names are ours

    def install(self, path: str) -> None:
        """Takes over from the stack, which may ask as long as it lives.  Raises `Unusable`."""
        usable()
        library = ctypes.CDLL(path)
        try:
            library.pjsua_get_pjsip_endpt.restype = c_void_p
            resolve, take = library.pjsip_endpt_resolve, library.pjsip_endpt_set_ext_resolver
        except AttributeError as missing:
            raise Unusable(f"the wheel lacks a function: {missing}") from None
        resolve.restype, resolve.argtypes = None, [c_void_p] * 5
        take.argtypes = [c_void_p, c_void_p]
        self._answers = _Answers(resolve, library.pjsua_get_pjsip_endpt())
        self._resolve = _Resolve(self._asked)
        self._table = c_void_p(ctypes.cast(self._resolve, c_void_p).value)  # pjsip_ext_resolver
        if take(library.pjsua_get_pjsip_endpt(), byref(self._table)):
            raise Unusable("the stack looks names up by itself")

    def find(self, name: str, tell: Tell) -> None:
        """Calls `tell` with the address of `name`, at once or later; empty: there is none."""
        until, address = self._known.get(name, (0.0, ""))
        if time.monotonic() < until:
            tell(address)
        elif name in self._asking:
            self._asking[name].append(tell)
        elif self._threads[name in self._ours] >= MOST:
            logger.warning("the address of %s is not looked up: too many are", name)
            tell("")
        else:
            self._threads[name in self._ours] += 1
            asked = self._asking[name] = [tell]
            self._later(PATIENCE, lambda: self._has(name, "", asked))
            threading.Thread(target=self._work, args=(name, asked), daemon=True).start()

    def _work(self, name: str, asked: list[Tell]) -> None:
        address = ""
        try:
            address = self._look_up(name)
        except (OSError, UnicodeError) as error:
            logger.info("%s has no address: %s", name, error)
        self._post(lambda: self._came(name, address, asked))

    def _came(self, name: str, address: str, asked: list[Tell]) -> None:
        self._threads[name in self._ours] -= 1
        now = time.monotonic()
        if len(self._known) >= REMEMBERED:
            self._known = {n: entry for n, entry in self._known.items() if entry[0] > now}
        if address and len(self._known) < REMEMBERED:
            self._known[name] = now + FRESH, address
        self._has(name, address, asked)

    def _has(self, name: str, address: str, asked: list[Tell]) -> None:
        if not address and self._asking.get(name) is not asked:
            return  # it has been asked for again, and that one may find it
        waiting = self._asking.pop(name, ())
        if waiting and not address:
            logger.warning("no address for the host %s", name)
        for tell in waiting:
            tell(address)

    # -- for the stack ----------------------------------------------------------------------------

    def _asked(
        self, resolver: int, pool: int, target: ctypes._Pointer[_Target], token: int, tell: int
    ) -> None:
        """No exception may leave: it would vanish, and the stack wait for an answer."""
        said = False

        def answer(address: str) -> None:
            nonlocal said
            said = True
            found = self._answers.to(address, kind, port)
            _Tell(tell)(0 if found else UNRESOLVED, token, found or self._answers.none)

        kind, port = UDP, 5060
        try:
            wanted = target.contents
            name = ctypes.string_at(wanted.host, wanted.length).decode("ascii", "replace")
            kind = _kind(wanted.type, wanted.flag)
            port = wanted.port or PORTS.get(kind, 5060)
            if literal := _literal(name):
                answer(literal)
            else:
                self.find(one_line(name).lower(), answer)
        except Exception:
            logger.exception("a destination could not be read")
            if not said:
                answer("")


class _Answers:
    """What the stack is told: made of what it tells itself of an address (pjsip_server_addresses).

    So their layout need not be known.  Raises `Unusable`.
    """

    def __init__(self, resolve: Callable[..., None], endpoint: int) -> None:
        text = ctypes.create_string_buffer(EXAMPLE.encode())
        target = _Target(0, UDP, ctypes.addressof(text), len(EXAMPLE), 5055)
        tell = _Tell(self._told)
        self._sample = b""
        resolve(endpoint, None, byref(target), None, tell)
        self._at = self._sample.find(_socket_name(EXAMPLE, 5055))
        head = struct.unpack_from("=iII", self._sample, max(0, self._at - HEAD))
        if self._at < HEAD or head != (UDP, 0, 0):
            raise Unusable("the stack tells of addresses in a way that is not known")
        self.none = bytes(SAMPLE)

    def _told(self, status: int, token: int, found: int) -> None:
        if not status and found:
            self._sample = ctypes.string_at(found, SAMPLE)

    def to(self, address: str, kind: int, port: int) -> bytes:
        """Of one address; empty where there is none, or it is of IPv6, by which the line has no
        way."""
        if not address or ":" in address:
            return b""
        found, at = bytearray(self._sample), self._at
        struct.pack_into("=i", found, at - HEAD, kind)
        found[at : at + 8] = _socket_name(address, port)
        return bytes(found)


def _socket_name(address: str, port: int) -> bytes:
    """The begin of a sockaddr_in."""
    return struct.pack("=H", socket.AF_INET) + struct.pack("!H", port) + socket.inet_aton(address)


def _kind(kind: int, flag: int) -> int:
    """The transport; RFC 3263 4.1 leaves it to us where an address gives none."""
    if kind != UNSPECIFIED:
        return kind
    if flag & SECURE:
        return TLS
    return TCP if flag & RELIABLE else UDP


def _literal(name: str) -> str:
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        return ""
