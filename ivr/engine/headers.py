"""Headers that a flow adds to a response: which may be its own."""

from __future__ import annotations

import re

# They belong to the transaction or the body; a second one would corrupt the message.
RESERVED = {"call-id", "contact", "content-length", "content-type", "cseq", "from"} | {
    "max-forwards", "record-route", "route", "to", "via",
    "c", "f", "i", "l", "m", "t", "v",  # RFC 3261 7.3.3: the same, in short
}  # fmt: skip

_TOKEN = re.compile(r"[A-Za-z0-9!%*_+`'~.-]+")  # RFC 3261 25.1


def check_header(name: str) -> None:
    """Raises `ValueError`: *name* is none, or not the flow's."""
    if not _TOKEN.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a header; expected such as Warning")
    if name.lower() in RESERVED:
        raise ValueError(f"the line makes {name} by itself; leave it out")


def may_be_sent(name: str) -> bool:
    """Whether a flow may add the header *name*."""
    try:
        check_header(name)
    except ValueError:
        return False
    return True
