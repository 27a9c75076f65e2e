"""Whether a caller can be reached where his INVITE says (RFC 3261 8.1.1.8, 12.1.1).  Pure."""

from __future__ import annotations

import re
from collections.abc import Collection

from .message import unquoted
from .requests import Answer, Request

_URI = re.compile(r"<([^<>]*)>|([^<>;,]*)")
_SIP = re.compile(r"(sips?):(?:[^@]*@)?(\[[^\]]*\]|[^:;?]+)[^;?]*([^?]*)", re.IGNORECASE)
_TRANSPORT = re.compile(r";\s*transport\s*=\s*([^;\s]*)", re.IGNORECASE)

NO_SIP = Answer(400, "Contact Is No SIP URI")
NO_WAY = Answer(480, "No Way To That Contact")


def fault(request: Request, transports: Collection[str]) -> Answer | None:
    """What is wrong with the Contact of an INVITE where requests go out by these `transports`;
    none: they go to a proxy, whatever it says."""
    header = unquoted(request.first("contact"))
    found = _URI.search(header)
    uri = (found[1] or found[2] or "").strip() if found else ""
    if not uri:
        return None  # the stack says so
    parts = _SIP.fullmatch(uri)
    if not parts:
        return NO_SIP
    if not transports or "record-route" in request.headers:
        return None
    given = _TRANSPORT.search(parts[3])
    transport = given[1].lower() if given else "udp"
    if parts[1].lower() == "sips":
        transport = "tls"
    return None if transport in transports and not parts[2].startswith("[") else NO_WAY
