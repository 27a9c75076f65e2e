"""Where a 3xx leads: read before the stack follows it.  Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..engine.targets import target_of
from .message import header_lines

MOST = 5  # redirects that one leg follows

_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')
_CONTACT = re.compile(r"[^,<]*<([^<>]*)>[^,]*|([^,<>]+)")  # RFC 3261 20.10


def may_follow(response: str, target: str, permits: Callable[[str], bool]) -> bool:
    """Whether the Contact of *response* that the stack wants to call may be called.

    It names that one by *target*, without its port and parameters, of which `maddr` may be one.  So
    every SIP address in the response has to be a plain one, and all that could be meant allowed.
    """
    meant = target_of("".join(_uris(target)))
    contacts = [uri for uri in _contacts(response) if uri.lower().startswith(("sip:", "sips:"))]
    targets = {uri: target_of(uri) for uri in contacts}
    if meant is None or None in targets.values():
        return False
    candidates = [uri for uri, found in targets.items() if found == meant]
    return bool(candidates) and all(map(permits, candidates))


def _contacts(response: str) -> list[str]:
    found = []
    for name, value in header_lines(response):
        if name == "contact":
            found += _uris(value)
    return found


def _uris(value: str) -> list[str]:
    """The addresses in the value of a Contact."""
    found = _CONTACT.findall(_QUOTED.sub("", value))
    return [bracketed.strip() or bare.split(";")[0].strip() for bracketed, bare in found]
