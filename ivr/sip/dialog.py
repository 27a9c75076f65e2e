"""A call of ours, in words: what we say in it, and how we answer (RFC 3261).  No sockets."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import quote

from .message import extra_headers, header_lines, read_headers

NONE: Mapping[str, str] = MappingProxyType({})
SAFE = "+-_.!~*"  # RFC 3261 25.1: unreserved, and the plus of a number
_ROUTE = re.compile(r"<[^>]+>(?:;[^,]*)?")
_CONTACT = re.compile(r'(?:"[^"]*"|[^"<])*<([^>]+)>|([^<;]+)')
_KEPT = ("via", "from", "to", "call-id", "cseq")  # RFC 3261 8.2.6.2


class Dialog:
    """One call over UDP: `user` at `here` (host:port) calls `number` at `there`, offering *sdp*.

    *headers* of the INVITE: those that are not the dialog's own.
    """

    def __init__(
        self, number: str, there: str, user: str, here: str, sdp: str,
        headers: Mapping[str, str] = NONE,
    ) -> None:  # fmt: skip
        self.uri = f"sip:{quote(number, safe=SAFE)}@{there}"
        self.id = secrets.token_hex(16)
        self._contact = f"sip:{quote(user, safe=SAFE)}@{here}"
        self._from = f"<{self._contact}>;tag={secrets.token_hex(8)}"
        self._to = f"<{self.uri}>"
        self._here = here
        self._sdp = sdp
        self._extra = [f"{name}: {value}" for name, value in extra_headers(headers)[0]]
        self._branch = _branch()
        self._remote = self.uri
        self._route: list[str] = []

    def invite(self) -> str:
        return self._request("INVITE", 1, self._branch, self._sdp)

    def cancel(self) -> str:
        """For an INVITE that got a provisional response, and no other (RFC 3261 9.1)."""
        return self._request("CANCEL", 1, self._branch)

    def ack(self, response: str) -> str:
        """For a final *response* to the INVITE.  A 2xx tells where what comes next is to go."""
        headers = read_headers(response)
        self._to = headers.get("to", self._to)
        if status_of(response) >= 300:
            return self._request("ACK", 1, self._branch)  # RFC 3261 17.1.1.3
        if contact := _CONTACT.match(headers.get("contact", "")):
            self._remote = contact[1] or contact[2]
        routes = [value for name, value in header_lines(response) if name == "record-route"]
        self._route = _ROUTE.findall(", ".join(routes))[::-1]
        return self._request("ACK", 1, _branch())

    def bye(self) -> str:
        return self._request("BYE", 2, _branch())

    def _request(self, method: str, number: int, branch: str, body: str = "") -> str:
        lines = [
            f"{method} {self._remote} SIP/2.0",
            f"Via: SIP/2.0/UDP {self._here};rport;branch={branch}",
            "Max-Forwards: 70",
            *(f"Route: {route}" for route in self._route),
            f"From: {self._from}",
            f"To: {self._to}",
            f"Call-ID: {self.id}",
            f"CSeq: {number} {method}",
            f"Contact: <{self._contact}>",
            *(self._extra if method == "INVITE" else []),
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join([*lines, "", body])


def _branch() -> str:
    return "z9hG4bK" + secrets.token_hex(8)


def reply(request: str, status: str) -> str:
    """The answer to a *request* within a call, such as `200 OK`."""
    kept = [f"{name}: {value}" for name, value in header_lines(request) if name in _KEPT]
    return "\r\n".join([f"SIP/2.0 {status}", *kept, "Content-Length: 0", "", ""])


def status_of(message: str) -> int:
    """The status code of a response; 0: it is a request."""
    found = re.match(r"SIP/2\.0 (\d{3})\b", message)
    return int(found[1]) if found else 0


def method_of(message: str) -> str:
    """The method of a request, or of the one that a response answers."""
    return read_headers(message).get("cseq", "").rpartition(" ")[2]
