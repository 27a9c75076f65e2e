"""SDP (RFC 4566): what strangers offer, and what of ours they are answered with.  Pure."""

from __future__ import annotations

import base64
import ipaddress
import re
from collections.abc import Sequence

CODECS = {"PCMU/8000": "PCMU", "PCMA/8000": "PCMA", "G722/8000": "G722"}
_FIXED = {"0": "PCMU", "8": "PCMA", "9": "G722"}  # RFC 3551 6: known without a rtpmap
_DTLS = re.compile(rb"[\r\n]m=[^\r\n]*UDP/TLS", re.IGNORECASE)
_IPV6 = re.compile(rb"[\r\n]c=IN[ \t]+IP6", re.IGNORECASE)
_IPV4 = re.compile(rb"[\r\n]c=IN[ \t]+IP4", re.IGNORECASE)
# Where sound is to go: a line's words, of which the fourth is a host, and what follows it.
_SOUND_TO = re.compile(
    rb"([\r\n](?:c=|a=rtcp:[ \t]*\d+[ \t]+)[ \t]*\S+[ \t]+\S+[ \t]+)([^\s/]+)", re.IGNORECASE
)
_LINE = re.compile(r"o=\S")
_CRYPTO = re.compile(r"^a=crypto:(.*)", re.IGNORECASE | re.MULTILINE)
_KEY = re.compile(r"\d{1,9}[ \t]+\S+[ \t]+inline:([^\s|]+).*", re.IGNORECASE)
# The suites that the stack has, and the bytes of a key with its salt (RFC 4568 6.2, RFC 6188).
_SUITES = {
    "AES_CM_128_HMAC_SHA1_80": 30, "AES_CM_128_HMAC_SHA1_32": 30,
    "AES_256_CM_HMAC_SHA1_80": 46, "AES_256_CM_HMAC_SHA1_32": 46,
}  # fmt: skip
_RTPMAP = re.compile(r"^a=rtpmap:(\d+)[ \t]+([^\s/]+/\d+)", re.MULTILINE)


def unservable(message: bytes) -> bool:
    """Whether a message or an SDP offers what the stack cannot do.

    That is DTLS-SRTP, on which it crashes where it may use SRTP, sound over IPv6 alone, and sound
    to a host by name: while the stack asks for its address, all calls stand still.
    """
    if _DTLS.search(message) or named(message):
        return True
    return _IPV6.search(message) is not None and not _IPV4.search(message)


def garbage(body: str) -> bool:
    """Whether a body is none of SDP at all, whatever it says that it is."""
    lines = body.strip().splitlines()
    return not lines or lines[0].strip() != "v=0" or not any(map(_LINE.match, lines[1:]))


def named(message: bytes) -> bool:
    """Whether a message or an SDP has sound sent to a host by name."""
    return any(not _is_literal(host) for _, host in _SOUND_TO.findall(message))


def unnamed(message: bytes) -> bytes:
    """`message` with sound to nobody where it was to go to a name; its length is the same."""

    def nobody(found: re.Match[bytes]) -> bytes:
        host = found[2]
        return found[1] + (host if _is_literal(host) else b"0".ljust(len(host)))

    return _SOUND_TO.sub(nobody, message)


def _is_literal(host: bytes) -> bool:
    try:
        ipaddress.ip_address(host.decode("ascii"))
    except ValueError:
        return False
    return True


def unkeyed(message: bytes) -> bool:
    """Whether a message or an SDP offers encrypted sound without a key that we can use.

    A key that cannot be read spoils the others: so it does for the stack.
    """
    return any(_unkeyed(media) for media in _media(message.decode("latin-1")))


def _unkeyed(media: str) -> bool:
    words = media.split("\n", 1)[0].split()
    if len(words) < 3 or words[0].lower() != "m=audio" or words[1] == "0":
        return False
    keys = [line for line in _CRYPTO.findall(media) if _suite(line) in _SUITES]
    encrypted = words[2].upper().startswith("RTP/SAVP")
    return (encrypted and not keys) or not all(map(_readable, keys))


def _suite(crypto: str) -> str:
    return "".join(crypto.split()[1:2]).upper()


def _readable(crypto: str) -> bool:
    if not (found := _KEY.match(crypto)):
        return False
    try:
        return len(base64.b64decode(found[1])) == _SUITES[_suite(crypto)]
    except ValueError:
        return False


def preferring(codecs: Sequence[str], answer: str, offer: str) -> str:
    """Our `answer` to `offer` with no codec but the first of `codecs` that both have.

    Left to the stack, the order of the far end's offer would decide.
    """
    head, *ours = _media(answer)
    _, *theirs = _media(offer)
    theirs += [""] * (len(ours) - len(theirs))
    return head + "".join(_narrowed(codecs, *pair) for pair in zip(ours, theirs, strict=False))


def codec(codecs: Sequence[str], offer: str) -> str:
    """The first of `codecs` that `offer` has; empty: none of them."""
    offered = {name for media in _media(offer)[1:] for name in _formats(media).values()}
    return next((name for name in codecs if name in offered), "")


def _media(sdp: str) -> list[str]:
    return re.split(r"^(?=m=)", sdp, flags=re.MULTILINE)


def _narrowed(codecs: Sequence[str], ours: str, theirs: str) -> str:
    mine, offered = _formats(ours), set(_formats(theirs).values())
    best = next((name for name in codecs if name in offered and name in mine.values()), "")
    for number, name in mine.items():
        if best and name != best:
            ours = re.sub(rf"^(m=.*?) {number}(?=[ \r\n])", r"\1", ours, count=1)
            ours = re.sub(rf"^a=(?:rtpmap|fmtp):{number} .*\n", "", ours, flags=re.MULTILINE)
    return ours


def _formats(media: str) -> dict[str, str]:
    """The numbers of the codecs that we know, as a stream's description has them."""
    line = media.split("\n", 1)[0].split()
    named = {number: name.upper() for number, name in _RTPMAP.findall(media)}
    known = {
        number: CODECS.get(named[number], "") if number in named else _FIXED.get(number, "")
        for number in line[3:]
        if line[0] == "m=audio"
    }
    return {number: name for number, name in known.items() if name}
