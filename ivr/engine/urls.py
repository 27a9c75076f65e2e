"""URLs that a flow has something fetched from: where they lead is fixed, what is asked is not."""

from __future__ import annotations

import re

_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_URL = re.compile(r"https?://[A-Za-z0-9.\-]+(:[0-9]{1,5})?([/?]\S*)?")
_SLOT = re.compile(r"\{\{.*?\}\}", re.DOTALL)


def percent_encoded(text: str) -> str:
    """*text* as it may stand in any part of a URL (RFC 3986 2.1)."""
    return "".join(
        chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in text.encode(errors="replace")
    )


def check_url(text: str) -> None:
    """Raise `ValueError` unless *text* is a URL whose host is written out."""
    host = text.partition("://")[2].replace("?", "/").partition("/")[0]
    if "{" in host:
        raise ValueError(
            f"{text!r}: the host must be written out; {{{{ … }}}} may come behind it,"
            " as in https://crm.example/customers/{{ caller }}"
        )
    if "@" in host:
        raise ValueError("no password in a URL; expected basic_auth beside it")
    if not _URL.fullmatch(_SLOT.sub("x", text)):
        raise ValueError(f"{text!r} is no URL; expected such as https://crm.example/customers")
