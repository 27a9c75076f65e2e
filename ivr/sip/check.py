"""Whether this machine can carry the line.  For `Phone.start` and for `ivr doctor`."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
import ssl
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..engine.errors import SettingsError
from .accounts import MOST
from .settings import LineSettings

FEWEST_RTP_PORTS = 24  # two for each of a handful of calls, and as many again that linger


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: `remedy` is what to do about it when it is not `ok`."""

    what: str
    ok: bool
    detail: str
    remedy: str = ""


def require_usable(settings: LineSettings) -> None:
    """Raises `SettingsError` for the first thing that keeps the line from opening."""
    _require(_machine(settings))


def require_free(settings: LineSettings) -> None:
    """Raises `SettingsError` where SIP cannot be listened for: told before anything that takes
    time."""
    _require(_sip(settings))


def _require(findings: Iterable[Finding]) -> None:
    for finding in findings:
        if not finding.ok:
            raise SettingsError(f"{finding.detail}; {finding.remedy}")


def check(settings: LineSettings) -> list[Finding]:
    """Looks at everything the line needs, without opening it."""
    return [*_stack(settings), *_machine(settings), *_sound(settings)]


def call_limit() -> int:
    """The calls that one process can hold."""
    import pjsua2
    from pjsua2 import _pjsua2

    from .native import Library

    return Library(_pjsua2.__file__).call_limit() or int(pjsua2.EpConfig().uaConfig.maxCalls)


def _stack(settings: LineSettings) -> Iterator[Finding]:
    try:
        limit = call_limit()
    except ImportError as error:
        yield Finding(
            "SIP stack",
            False,
            f"pjsua2 cannot be imported: {error}",
            "install pjsua2-python==2.15.1.post1 with Python 3.11 or 3.12 on Linux",
        )
        return
    from .native import Unusable, usable

    yield Finding("SIP stack", True, f"pjsua2 holds {limit} calls in a process")
    try:
        if not settings.shim:
            raise Unusable("switched off in the settings")
        usable()
    except Unusable as reason:
        yield Finding(
            "overload",
            False,
            f"the shim is not used: {reason}",
            f"{limit - 1} calls are served and a burst may hear 486 for 503; let trusted peers only"
            " reach the line: hostile ones can end the process",
        )
    else:
        yield Finding("overload", True, "a call beyond the limit gets 503 with Retry-After")


def _sip(settings: LineSettings) -> Iterator[Finding]:
    key = "fleet.first_port" if settings.front else "sip.port"
    yield _address(settings)
    yield _port(settings, socket.SOCK_DGRAM, "UDP", key, settings.port)
    if settings.tcp:
        yield _port(settings, socket.SOCK_STREAM, "TCP", key, settings.port)
    if settings.tls:
        yield _port(settings, socket.SOCK_STREAM, "TLS", "sip.tls_port", settings.tls_port)


def _machine(settings: LineSettings) -> Iterator[Finding]:
    yield from _sip(settings)
    if settings.tls:
        yield _tls(settings)
    yield _rtp(settings)
    yield _recordings(settings)
    if len(settings.accounts) > MOST:  # one more, and the stack aborts the process
        found = f"accounts: {len(settings.accounts)} are set; at most {MOST} can be held"
        yield Finding("accounts", False, found, "drop those that are not needed")


def _address(settings: LineSettings) -> Finding:
    what = "address"
    for name, text in (("address", settings.address), ("public_address", settings.advertised)):
        try:
            ipaddress.IPv4Address(text)
        except ValueError:
            return Finding(
                what,
                False,
                f"{name}: {text!r} is not an IPv4 address",
                "write it as four numbers, such as 192.0.2.10",
            )
    if settings.advertised == "0.0.0.0":
        return Finding(
            what,
            False,
            "address: 0.0.0.0 is everywhere, and no peer can send there",
            "set public_address to the address that peers use",
        )
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((settings.address, 0))
    except OSError:
        return Finding(
            what,
            False,
            f"address: {settings.address} is none of this machine's",
            "use one that `ip -4 addr` lists, or 0.0.0.0 with public_address",
        )
    return Finding(what, True, f"{settings.address}, peers are told {settings.advertised}")


def _port(
    settings: LineSettings, kind: socket.SocketKind, name: str, key: str, number: int
) -> Finding:
    what = f"{name} port"
    if not 1 <= number <= 65535:
        return Finding(
            what,
            False,
            f"{key}: {number} is out of range",
            "use a number from 1 to 65535; 5060 is usual",
        )
    place = f"{key}: {name} port {number} of {settings.sip_bound}"
    other = number + 10 if number < 65520 else number - 10
    another = f"set another {key}, such as IVR_{key.upper().replace('.', '__')}={other}"
    try:
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind is socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((settings.sip_bound, number))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return Finding(
                what,
                False,
                f"{place} is in use by another program",
                f"end it (perhaps a second ivr), or {another}",
            )
        return Finding(what, False, f"{place} cannot be used: {error.strerror}", another)
    return Finding(what, True, f"{number} is free")


def _tls(settings: LineSettings) -> Finding:
    what = "TLS"
    try:
        pair = str(settings.tls_certificate), str(settings.tls_key)
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(*pair)
    except OSError as error:  # an SSLError is one
        why = error.strerror or str(error)
        return Finding(
            what,
            False,
            f"tls_certificate: {pair[0]} with {pair[1]} cannot be used: {why}",
            "give two PEM files that belong together, and that the user who serves can read",
        )
    return Finding(
        what,
        True,
        f"1.2 alone, on port {settings.tls_port}, by OpenSSL 1.0.2k, which gets no more updates",
        "let the front take TLS: front.tls_certificate and front.tls_key",
    )


def _sound(settings: LineSettings) -> Iterator[Finding]:
    last = settings.rtp_port + settings.rtp_ports - 1
    yield Finding(
        "SDP",
        True,
        f"says {settings.advertised}, ports {settings.rtp_port} to {last};"
        f" {', '.join(settings.codecs)}; keys as telephone-event (RFC 4733), INFO or tones",
    )
    yield Finding("SRTP", True, f"{settings.srtp}, with keys in SDP; DTLS-SRTP is refused")
    yield Finding("IPv6", True, "none: the SIP stack is built for sound over IPv4 alone")


def _rtp(settings: LineSettings) -> Finding:
    first, count = settings.rtp_port, settings.rtp_ports
    last = first + count - 1
    if count < FEWEST_RTP_PORTS:
        return Finding(
            "RTP ports",
            False,
            f"rtp_ports: {count} ports are too few",
            f"give at least {FEWEST_RTP_PORTS}",
        )
    if first < 1024 or last > 65535 or first % 2:
        return Finding(
            "RTP ports",
            False,
            f"rtp_port: ports {first} to {last} cannot be used",
            "start at an even port from 1024 on and end below 65536",
        )
    if first <= settings.port <= last:
        return Finding(
            "RTP ports",
            False,
            f"rtp_port: {first} to {last} include the SIP port",
            "move one of the two",
        )
    return Finding("RTP ports", True, f"{first} to {last}")


def _recordings(settings: LineSettings) -> Finding:
    folder = settings.recordings
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder, prefix=".check"):
            pass
        os.scandir(folder).close()
    except OSError as error:
        return Finding(
            "recordings",
            False,
            f"recordings: {folder} cannot be written: {error.strerror}",
            "make the folder writable, or name another",
        )
    return Finding("recordings", True, f"{folder} can be written")
