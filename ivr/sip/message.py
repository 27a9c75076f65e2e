"""SIP text: read from strangers, and made fit to be sent.  Pure; needs no SIP stack."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote

from ..engine.headers import may_be_sent

# RFC 3261 7.3.3 and its extensions: the short form of a header's name.
COMPACT = {
    "a": "accept-contact",
    "b": "referred-by",
    "c": "content-type",
    "d": "request-disposition",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "j": "reject-contact",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "o": "event",
    "r": "refer-to",
    "s": "subject",
    "t": "to",
    "u": "allow-events",
    "v": "via",
    "x": "session-expires",
}

# The stack prints a message into 4000 bytes; what a flow adds must leave room for the rest.
REASON_LIMIT = 120
VALUE_LIMIT = 500
HEADERS_LIMIT = 2000

# Phones offer two, one plain and one encrypted; the stack would open sockets for sixteen.
MOST_STREAMS = 4

SHORTEST_SESSION = 90  # seconds

_AUDIO = re.compile(rb"[\r\n]m=audio", re.IGNORECASE)
# On a host name of 254 characters in there the stack aborts the process.
_LONG_HOST = re.compile(rb"[\r\n](?:c=|a=rtcp:)[^\r\n]{254}", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')
_TAG = re.compile(r";\s*tag\s*=\s*([^;,\s]+)", re.IGNORECASE)
# As the stack ends a line: whoever reads a message in another way can be told another story.
_NEWLINE = r"(?:\r\n|\r(?!\n)|\n)"
_END_OF_LINE = re.compile(_NEWLINE)
_END_OF_HEAD = re.compile(_NEWLINE * 2)
_FOLD = re.compile(_NEWLINE + r"[ \t]+")  # RFC 3261 7.3.1
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_CONTACT = re.compile(r"<([^<>]*)>((?:;q=[01](?:\.[0-9]{0,3})?)?)")
_URI_SCHEME = re.compile(r"(?:sips?|tel):", re.IGNORECASE)
_DTMF_SIGNAL = re.compile(r"^\s*Signal\s*=\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_DTMF_CODES = {"10": "*", "11": "#", "12": "A", "13": "B", "14": "C", "15": "D"}
_DTMF_BARE = re.compile(
    r"^\s*(?:(?:signal|event|d)\s*=)?\s*(\d{1,2}|[*#A-D])\s*(?:[,;]|$)",
    re.IGNORECASE | re.MULTILINE,
)
KEYS = frozenset("0123456789*#ABCD")

# What an INFO may carry a key in.
DTMF_KINDS = ("application/dtmf-relay", "application/dtmf", "audio/telephone-event")


def safe_text(text: str) -> str:
    """`text` as UTF-8 can carry it: bytes that were none of it become U+FFFD."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def one_line(text: str, limit: int = VALUE_LIMIT) -> str:
    """`text` fit for a header: no control character, hence one line; at most `limit` bytes."""
    flat = _CONTROL.sub(" ", safe_text(text)).strip()
    return flat.encode("utf-8", "replace")[:limit].decode("utf-8", "ignore")


def extra_headers(headers: Mapping[str, str]) -> tuple[list[tuple[str, str]], list[str]]:
    """What of `headers` may be sent, and the names of those that may not."""
    kept: list[tuple[str, str]] = []
    dropped: list[str] = []
    room = HEADERS_LIMIT
    for name, value in headers.items():
        flat = one_line(str(value))
        room -= len(name) + len(flat.encode()) + 4
        if not may_be_sent(name) or room < 0:
            dropped.append(one_line(name, 60))
        else:
            kept.append((name, flat))
    return kept, dropped


def contact_values(uris: Iterable[str]) -> list[str]:
    """Contact header values, best first: q falls from 1.0 by tenths (RFC 3261 20.10).

    Where one has a q of its own, as in ``<sip:a@b>;q=0.7``, the others get none.
    """
    clean: list[tuple[str, str]] = []
    for contact in uris:
        given = _CONTACT.fullmatch(one_line(contact))
        uri, q = (given[1], given[2]) if given else (one_line(contact), "")
        flat = re.sub(r"[<>\"\s]", "", uri)
        if _URI_SCHEME.match(flat) and len(flat) > len("tel:"):
            clean.append((flat, q))
    clean = clean[:10]  # more would leave the space of a q-value, and of a datagram
    if len(clean) == 1 or any(q for _, q in clean):
        return [f"<{uri}>{q}" for uri, q in clean]
    return [f"<{uri}>;q={(10 - place) / 10:.1f}" for place, (uri, _) in enumerate(clean)]


def split(message: str) -> tuple[str, str]:
    """A message's first line and headers, and its body."""
    head, *body = _END_OF_HEAD.split(message, maxsplit=1)
    return head, body[0] if body else ""


def header_lines(message: str) -> Iterator[tuple[str, str]]:
    """Every header of a message, in order: its name in lower case and in full, and its value."""
    head = _FOLD.sub(" ", split(message)[0])
    for line in _END_OF_LINE.split(head)[1:]:
        name, colon, value = line.partition(":")
        if colon:
            name = name.strip().lower()
            yield COMPACT.get(name, name), one_line(value, 4000)


def read_headers(message: str) -> dict[str, str]:
    """The headers of a message, names in lower case and in full, the first of each."""
    headers: dict[str, str] = {}
    for name, value in header_lines(message):
        headers.setdefault(name, value)
    return headers


def uri_user(text: str) -> str:
    """The user part of the URI in a header value or request line; its host where it has none."""
    # A display name in quotes may hold anything, `<sip:...>` included.
    bare = re.sub(r'^\s*"(?:\\.|[^"\\])*"', "", text)
    inner = re.search(r"<([^>]*)", bare)
    uri = (inner.group(1) if inner else bare).strip()
    scheme, colon, rest = uri.partition(":")
    if not colon:
        rest = scheme
    elif scheme.lower() == "tel":
        return _plain(rest.split(";")[0])
    rest = re.split(r"[?]", rest, maxsplit=1)[0] if "@" not in rest else rest
    user, at, host = rest.rpartition("@")
    if at and user:
        return _plain(re.split(r"[:;]", user, maxsplit=1)[0])
    return _plain(
        re.split(r"[;?]", host, maxsplit=1)[0].rpartition(":")[0]
        or re.split(r"[;?:]", host, maxsplit=1)[0]
    )


def _plain(escaped: str) -> str:
    return one_line(unquote(escaped, errors="replace"))


def audio_streams(message: bytes) -> int:
    """How many audio streams a message or an SDP offers."""
    return len(_AUDIO.findall(message))


def harmful(message: bytes) -> bool:
    """Whether the stack must not read the SDP of a message."""
    return _LONG_HOST.search(message) is not None


def unquoted(header: str) -> str:
    """A header's value without the quoted strings in it, which may hold anything."""
    return _QUOTED.sub("", header)


def tag_of(header: str) -> str:
    """The tag in a From or To, or an empty string."""
    found = _TAG.search(unquoted(header).rpartition(">")[2])
    return found[1] if found else ""


def dialog_id(headers: Mapping[str, str]) -> tuple[str, str]:
    """What a peer's requests in one dialog have in common: Call-ID, and the tag in From."""
    return headers.get("call-id", ""), tag_of(headers.get("from", ""))


def short_session(expires: str) -> bool:
    """Whether a session (Session-Expires) is to be shorter than any may be (RFC 4028 5)."""
    seconds = expires.partition(";")[0].strip()
    return seconds.isdecimal() and int(seconds.lstrip("0")[:10] or 0) < SHORTEST_SESSION


def request_uri(message: str) -> str:
    """The request URI of a request."""
    parts = message.split("\n", 1)[0].split()
    return parts[1] if len(parts) > 1 else ""


def dtmf_info_key(message: str) -> str:
    """The key of a SIP INFO of one of the `DTMF_KINDS`, or an empty string."""
    kind = read_headers(message).get("content-type", "").split(";")[0].strip().lower()
    if kind not in DTMF_KINDS:
        return ""
    pattern = _DTMF_SIGNAL if kind == "application/dtmf-relay" else _DTMF_BARE
    found = pattern.search(split(message)[1])
    signal = found.group(1).upper() if found else ""
    key = _DTMF_CODES.get(signal, signal)
    return key if key in KEYS else ""
