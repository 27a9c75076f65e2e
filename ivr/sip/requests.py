"""What a request is answered with before it costs anything: RFC 3261 8.2 as functions.  Pure.

`fault` finds what is wrong with a request, `outside` and `inside` say what its method gets without
and within a call of ours.  None means that the request is the stack's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from .message import (
    DTMF_KINDS,
    SHORTEST_SESSION,
    header_lines,
    short_session,
    split,
    tag_of,
    unquoted,
)

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A final answer; an empty reason is the one of the RFC.  Code 0 is none: silence."""

    code: int
    reason: str = ""
    headers: Headers = ()


SILENCE = Answer(0)

OPTIONS = ("100rel", "norefersub", "replaces", "timer")  # extensions that the stack has
METHODS = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, NOTIFY"
ALLOW = ("Allow", METHODS)
ALLOW_IN_CALL = ("Allow", f"{METHODS}, REFER")
ALLOW_EVENTS = ("Allow-Events", "refer")
SUPPORTED = ("Supported", ", ".join(OPTIONS))
ACCEPT_SDP = ("Accept", "application/sdp")
ACCEPT_ENCODING = ("Accept-Encoding", "identity")
CAPABILITIES = (ACCEPT_SDP, ACCEPT_ENCODING, SUPPORTED, ALLOW_EVENTS)  # RFC 3261 11.2

SCHEMES = ("sip", "sips", "tel")
MANDATORY = ("via", "from", "to", "call-id", "cseq")
SINGLE = ("from", "to", "call-id", "cseq", "max-forwards", "content-length", "content-type")
# What is beyond these is no call: the stack's buffer is one of 4000 bytes, and proxies add lines.
URI_LIMIT = 1024
BODY_LIMIT = 3000
LINES_LIMIT = 150

NO_CALL = Answer(481)
TOO_LARGE = Answer(513)
NOT_ALLOWED = Answer(405, "", (ALLOW,))
NOT_ALLOWED_IN_CALL = Answer(405, "", (ALLOW_IN_CALL,))
UNKNOWN = Answer(501, "", (ALLOW,))
UNKNOWN_IN_CALL = Answer(501, "", (ALLOW_IN_CALL,))
BAD_EVENT = Answer(489, "", (ALLOW_EVENTS,))
BAD_PACKAGE = Answer(469, "Bad Info Package", (("Recv-Info", "nil"),))  # RFC 6086 4.2.2
INFO_KIND = Answer(415, "", (("Accept", ", ".join(sorted(DTMF_KINDS))),))
NO_SDP = Answer(415, "", (ACCEPT_SDP,))
NO_CODING = Answer(415, "", (ACCEPT_ENCODING,))
ENCRYPTED = Answer(493)
SHORT_SESSION = Answer(422, "", (("Min-SE", str(SHORTEST_SESSION)),))
NOT_ACCEPTABLE = Answer(406, "", (ACCEPT_SDP,))

OUTSIDE: Mapping[str, Answer | None] = {
    **dict.fromkeys(("INVITE", "ACK", "CANCEL"), None),
    "OPTIONS": Answer(200, "", (ALLOW, *CAPABILITIES)),
    **dict.fromkeys(("BYE", "INFO", "UPDATE", "PRACK", "NOTIFY"), NO_CALL),
    # 200 to a MESSAGE would say that somebody has read it (RFC 3428 7).
    **dict.fromkeys(("REFER", "REGISTER", "PUBLISH", "MESSAGE"), NOT_ALLOWED),
    "SUBSCRIBE": BAD_EVENT,
}
INSIDE: Mapping[str, Answer | None] = {
    **dict.fromkeys(("INVITE", "ACK", "CANCEL", "BYE", "UPDATE", "PRACK", "REFER"), None),
    "OPTIONS": Answer(200, "", (ALLOW_IN_CALL, *CAPABILITIES)),
    **dict.fromkeys(("REGISTER", "PUBLISH", "MESSAGE"), NOT_ALLOWED_IN_CALL),
    "SUBSCRIBE": BAD_EVENT,
}
# A call that we have forgotten is still the stack's while BYEs are on their way, and may cross.
# Anything else might end the process: the stack has let go of half of that call.
STACKS = ("ACK", "CANCEL", "BYE")

PHRASES = {
    200: "OK", 400: "Bad Request", 405: "Method Not Allowed", 406: "Not Acceptable",
    413: "Request Entity Too Large", 414: "Request-URI Too Long", 415: "Unsupported Media Type",
    416: "Unsupported URI Scheme", 420: "Bad Extension", 481: "Call/Transaction Does Not Exist",
    483: "Too Many Hops", 489: "Bad Event", 493: "Undecipherable", 501: "Not Implemented",
    503: "Service Unavailable", 505: "Version Not Supported", 513: "Message Too Large",
}  # fmt: skip

_VERSION = re.compile(r"SIP/\d+\.\d+", re.IGNORECASE)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_CSEQ = re.compile(r"(\d{1,10})\s+(\S+)")


class Request:
    """A request as text, taken apart no further than need be."""

    def __init__(self, text: str) -> None:
        head, self.body = split(text)
        self.line = re.split(r"[\r\n]", head, maxsplit=1)[0].split()
        self.method = self.line[0] if self.line else ""
        self.headers: dict[str, list[str]] = {}
        for name, value in header_lines(text):
            self.headers.setdefault(name, []).append(value)

    @classmethod
    def of(cls, raw: bytes) -> Request:
        return cls(raw.decode("utf-8", "surrogateescape"))

    def first(self, name: str) -> str:
        """The first header of that name, or an empty string."""
        return self.headers.get(name, [""])[0]

    def tokens(self, name: str) -> list[str]:
        """What the headers of that name list, in lower case and without parameters."""
        listed = ",".join(self.headers.get(name, [])).lower().split(",")
        return [token for item in listed if (token := item.partition(";")[0].strip())]

    @cached_property
    def tags(self) -> tuple[str, str]:
        """The tags in From and To; an empty one is none."""
        return tag_of(self.first("from")), tag_of(self.first("to"))

    @cached_property
    def in_dialog(self) -> bool:
        """Whether it claims to belong to a call (RFC 3261 12.2): it has a tag in To."""
        return bool(self.tags[1])

    @cached_property
    def cseq(self) -> int:
        """The number in CSeq; -1 if there is none."""
        found = _CSEQ.fullmatch(self.first("cseq"))
        return int(found[1]) if found else -1

    @cached_property
    def kind(self) -> str:
        """The media type of its body; empty without a body."""
        if not self.body.strip():
            return ""
        return self.first("content-type").partition(";")[0].strip().lower() or "unknown"


def fault(request: Request) -> Answer | None:
    """What is wrong with a request, in the order of RFC 3261 8.2."""
    if malformed := _malformed(request):
        return Answer(400, malformed)
    uri = request.line[1]
    if len(uri) > URI_LIMIT:
        return Answer(414)
    scheme = _SCHEME.match(uri)
    if not scheme or scheme[1].lower() not in SCHEMES:
        return Answer(416)
    if request.line[2].upper() != "SIP/2.0":
        return Answer(505)
    if len(request.body) > BODY_LIMIT:
        return Answer(413)
    if request.method == "CANCEL":  # RFC 3261 9.2: it is for the INVITE, whatever it requires
        return None
    unknown = [tag for tag in request.tokens("require") if tag not in OPTIONS]
    if unknown:
        return Answer(420, "", (("Unsupported", ", ".join(unknown)), SUPPORTED))
    return _content(request) if request.method == "INVITE" else None


def outside(request: Request) -> Answer | None:
    """The answer by method to a request that belongs to no call of ours."""
    if request.in_dialog:
        return None if request.method in STACKS else NO_CALL
    return OUTSIDE.get(request.method, UNKNOWN)


def inside(request: Request, refers: bool) -> Answer | None:
    """The answer by method to a request within a call; `refers`: we have sent a REFER in it."""
    match request.method:
        case "INFO":
            if request.first("info-package"):
                return BAD_PACKAGE
            return Answer(200) if request.kind in ("", *DTMF_KINDS) else INFO_KIND
        case "REFER" if len(request.headers.get("refer-to", ())) != 1:
            return Answer(400, "One Refer-To Please")  # RFC 3515 2.4.2
        case "NOTIFY":
            if request.tokens("event") != ["refer"]:
                return BAD_EVENT
            return None if refers else NO_CALL
        case method:
            return INSIDE.get(method, UNKNOWN_IN_CALL)


def response(request: Request, answer: Answer, source: tuple[str, int]) -> bytes:
    """The text of an answer to a request that the stack could not read."""
    lines = [f"SIP/2.0 {answer.code} {answer.reason or PHRASES.get(answer.code, 'No')}"]
    vias = request.headers.get("via", [])
    lines += [f"Via: {_received(via, source) if not n else via}" for n, via in enumerate(vias)]
    for name in ("From", "To", "Call-ID", "CSeq"):
        value = request.first(name.lower())
        if name == "To" and not request.in_dialog:
            value += ";tag=none"  # RFC 3261 8.2.6.2, and always the same (8.2.7)
        lines.append(f"{name}: {value}")
    lines += [f"{name}: {value}" for name, value in answer.headers]
    text = "\r\n".join([*lines, "Content-Length: 0", "", ""])
    return text.encode("utf-8", "replace")


def _received(via: str, source: tuple[str, int]) -> str:
    """RFC 3261 18.2.1 and RFC 3581 4."""
    host, port = source
    top, comma, others = via.partition(",")
    top = re.sub(r";\s*rport(?=[;\s]|$)", f";rport={port}", top)
    return f"{top};received={host}{comma}{others}"


def _malformed(request: Request) -> str:
    """The reason phrase of a 400, or an empty string."""
    if len(request.line) != 3 or not _VERSION.fullmatch(request.line[2]):
        return "Bad Request-Line"
    if request.line[1].startswith("<"):
        return "Bad Request-URI"
    headers = request.headers
    for name in MANDATORY:
        if not request.first(name):
            return f"Missing {_name(name)}"
    for name in SINGLE:
        if len(headers.get(name, ())) > 1:
            return f"Repeated {_name(name)}"
    if sum(map(len, headers.values())) > LINES_LIMIT:
        return "Too Many Headers"
    return _bad_value(request)


def _bad_value(request: Request) -> str:
    """The same, for values that have to be right."""
    for name in ("from", "to"):
        address = unquoted(request.first(name))
        if '"' in address or address.count("<") != address.count(">"):
            return f"Bad {_name(name)}"
    cseq = _CSEQ.fullmatch(request.first("cseq"))
    if not cseq or int(cseq[1]) >= 1 << 31 or cseq[2] != request.method:
        return "Bad CSeq"
    for name in ("session-expires", "min-se"):
        seconds = request.first(name).partition(";")[0].strip()
        if seconds and not (seconds.isascii() and seconds.isdecimal() and len(seconds) < 10):
            return f"Bad {_name(name)}"
    if not _number(request, "max-forwards", 255):
        return "Bad Max-Forwards"
    if not _number(request, "content-length", len(request.body.encode("utf-8", "surrogateescape"))):
        return "Bad Content-Length"
    return ""


def _content(request: Request) -> Answer | None:
    """RFC 3261 8.2.3, for an INVITE; and 8.1.1.6 for one that would go on from here."""
    if request.first("max-forwards") == "0" and not request.in_dialog:
        return Answer(483)  # we may bridge the call, and hence count as a hop (RFC 7332 4)
    # The stack would say so, too, but only after it has told us of the call.
    if short_session(request.first("session-expires")):
        return SHORT_SESSION
    accepted = request.tokens("accept")
    if "accept" in request.headers and not {"application/sdp", "application/*", "*/*"} & {
        *accepted
    }:
        return NOT_ACCEPTABLE
    if not request.kind:
        return None
    if any(coding != "identity" for coding in request.tokens("content-encoding")):
        return NO_CODING
    if request.kind == "application/pkcs7-mime":
        return ENCRYPTED
    parts = request.kind.startswith("multipart/") and "application/sdp" in request.body.lower()
    disposition = request.first("content-disposition").lower()
    use = disposition.partition(";")[0].strip()
    if not (parts or request.kind == "application/sdp"):
        return NO_SDP
    if use not in ("", "session") and "handling=optional" not in disposition.replace(" ", ""):
        return NO_SDP
    return None


def _number(request: Request, name: str, most: int) -> bool:
    """Whether a header is absent, or a number up to `most`."""
    return all(
        value.isascii() and value.isdecimal() and len(value) < 10 and int(value) <= most
        for value in request.headers.get(name, ())
    )


def _name(header: str) -> str:
    return {"call-id": "Call-ID", "cseq": "CSeq", "min-se": "Min-SE"}.get(header, header.title())
