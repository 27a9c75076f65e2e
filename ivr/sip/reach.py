"""Whether registrars and proxies can be reached from here: for `ivr doctor`, without the stack."""

from __future__ import annotations

import re
import secrets
import socket
import time
from collections.abc import Iterable, Iterator

from .accounts import LineAccount
from .check import Finding
from .dialog import status_of

TRIES = (0.5, 1.0, 1.5)  # seconds for an answer, after each of the requests (RFC 3261 17.1.2.2)
_URI = re.compile(r"sip:(?P<host>[^:;]+)(?::(?P<port>\d+))?(?P<parameters>.*)", re.IGNORECASE)


def check(accounts: Iterable[LineAccount], tries: Iterable[float] = TRIES) -> Iterator[Finding]:
    """Asks each registrar and each proxy once whether it is there: what comes first on the way to
    the registrar matters most, and a registrar behind a proxy need not be reached from here."""
    waits = tuple(tries)
    for uri, names in _first_hops(accounts).items():
        what = f"account {', '.join(names)}"
        if trouble := unreachable(uri, waits):
            yield Finding(
                what,
                False,
                f"{uri}: {trouble}",
                "see the name, the port, and whether a firewall lets SIP pass both ways",
            )
        else:
            yield Finding(what, True, f"{uri} answers")


def _first_hops(accounts: Iterable[LineAccount]) -> dict[str, list[str]]:
    hops: dict[str, list[str]] = {}
    for account in accounts:
        if account.proxy or account.register:
            hops.setdefault(account.proxy or account.registrar, []).append(account.name)
    return hops


def unreachable(uri: str, tries: Iterable[float] = TRIES) -> str:
    """Why nobody is reached at `uri`; empty: somebody is.  Any answer to OPTIONS will do, such as
    404, and so will a TCP connection."""
    parts = _URI.fullmatch(uri)
    if not parts:
        return "not a SIP URI"
    tls = "transport=tls" in parts["parameters"].lower()
    address = parts["host"], int(parts["port"] or (5061 if tls else 5060))
    tcp = tls or "transport=tcp" in parts["parameters"].lower()
    kind = socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM
    try:
        [*_, there] = socket.getaddrinfo(*address, socket.AF_INET, kind)[0]
        with socket.socket(socket.AF_INET, kind) as link:
            if tcp:
                link.settimeout(sum(tries))
                link.connect(there)
                return ""
            link.connect(there)
            return "" if _answers(link, uri, tries) else "no answer to OPTIONS over UDP"
    except socket.gaierror as error:
        return f"the name is not found: {error.strerror}"
    except OSError as error:
        return error.strerror or str(error)


def _answers(link: socket.socket, uri: str, tries: Iterable[float]) -> bool:
    host, port = link.getsockname()
    token = secrets.token_hex(8)
    request = "\r\n".join([
        f"OPTIONS {uri.partition(';')[0]} SIP/2.0",
        f"Via: SIP/2.0/UDP {host}:{port};rport;branch=z9hG4bK{token}",
        "Max-Forwards: 70",
        f"From: <sip:doctor@{host}>;tag={token}",
        f"To: <{uri.partition(';')[0]}>",
        f"Call-ID: {token}",
        "CSeq: 1 OPTIONS",
        f"Contact: <sip:doctor@{host}:{port}>",
        "Content-Length: 0", "", "",
    ])  # fmt: skip
    for patience in tries:
        link.send(request.encode())
        end = time.monotonic() + patience
        while (left := end - time.monotonic()) > 0:
            link.settimeout(left)
            try:
                answer = link.recv(65535).decode("latin-1")
            except TimeoutError:
                break
            if status_of(answer) and token in answer:
                return True
    return False
