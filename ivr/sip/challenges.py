"""What asks for a password (RFC 3261 22), before the stack deals with it.  Pure."""

from __future__ import annotations

import re

from .message import read_headers

MOST = 2  # for one request: a proxy's and a registrar's
KEPT = 100  # requests that are remembered

STATUSES = ("401", "407")
HEADERS = (b"WWW-Authenticate", b"Proxy-Authenticate")
_HEADER = re.compile(
    rb"(?:%b)[ \t]*:[ \t]*(?:\r?\n[ \t]+)*(\S*)[^\r\n]*(?:\r?\n[ \t]+[^\r\n]*)*\r?\n"
    % b"|".join(HEADERS),
    re.IGNORECASE,
)
_HEAD = re.compile(rb"\A.*?\r?\n\r?\n", re.DOTALL)


class Challenges:
    """Counts them: whoever asks again and again, each time in another realm, gets no more."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], list[str]] = {}

    def too_many(self, response: bytes) -> bool:
        """Whether this is a challenge more than any request is to meet."""
        text = response.decode("utf-8", "replace")
        status = text[8:11]
        if not text.startswith("SIP/2.0 ") or status < "200":
            return False
        headers = read_headers(text)
        number, _, method = headers.get("cseq", "").partition(" ")
        request = headers.get("call-id", ""), method.strip()
        if status not in STATUSES:
            self._seen.pop(request, None)
            return False
        while len(self._seen) >= KEPT and request not in self._seen:
            del self._seen[next(iter(self._seen))]
        numbers = self._seen.setdefault(request, [])
        if number not in numbers:  # else it is a repetition
            numbers.append(number)
        if len(numbers) <= MOST:
            return False
        del self._seen[request]
        return True


def readable(response: bytes) -> bytes:
    """`response` without challenges of a scheme other than Digest, for which the stack would throw
    it away whole."""
    head = _HEAD.match(response)
    if not head or not response.startswith(b"SIP/2.0 "):
        return response
    first, *lines = re.split(rb"(?<=\n)(?![ \t])", head[0])
    kept = [line for line in lines if not (f := _HEADER.match(line)) or f[1].lower() == b"digest"]
    return b"".join([first, *kept]) + response[head.end() :]
