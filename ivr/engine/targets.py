"""Who may be called: addresses read strictly, and the list of those that are allowed.

A call costs money, and where it goes is decided by the whole of an address: a parameter (`maddr`),
a header (`?Route=`) or a second `@` may send it elsewhere than its host says.  So an address with
anything but a number, a host, a port and a harmless parameter is nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .digits import pattern

# RFC 3261 19.1.1, without passwords, IPv6, most parameters, and escapes but that of a hash.
# `alias`, `maddr`, `received`, `route` and their like some stack reads as another destination.
_SIP = re.compile(
    r"sips?:(?:((?:[A-Za-z0-9*#+_.!~'()&=$,/-]|%23)+)@)?([A-Za-z0-9._-]+)(?::[0-9]{1,5})?"
    r"(?:;(?:user=(?:phone|ip)|transport=(?:udp|tcp|tls)))*",
    re.IGNORECASE,
)
_TEL = re.compile(r"tel:(\+?[0-9*#.()-]+)", re.IGNORECASE)  # RFC 3966, without parameters
_SEPARATORS = re.compile(r"[-.()]")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NUMBER = re.compile(r"\+?[0-9*#]+")


@dataclass(frozen=True, slots=True)
class Target:
    """Whom an address means: `number` at `host`; a telephone number (``tel:``) has no host."""

    number: str
    host: str = ""

    @property
    def entry(self) -> str:
        """What to write into `calls_out.allow` to have it allowed, and little else."""
        if not self.host:
            return f"tel:{self.number}"
        return f"{self.number}@{self.host}" if _NUMBER.fullmatch(self.number) else self.host


def target_of(uri: str) -> Target | None:
    """Whom *uri* means; None where that is not plain to see."""
    if found := _TEL.fullmatch(uri):
        number = _SEPARATORS.sub("", found[1])
        return Target(number) if _NUMBER.fullmatch(number) else None
    found = _SIP.fullmatch(uri)
    host = _host(found[2]) if found else ""
    return Target((found[1] or "").replace("%23", "#"), host) if found and host else None


def _host(text: str) -> str:
    """One spelling of each host; empty for what is none."""
    host = text.lower().removesuffix(".")
    return host if _HOST.fullmatch(host) else ""


class Allowed:
    """A list of those who may be called.

    An entry is a host (``pbx.example``: any number there, at any port), a dial pattern at a host
    (``6XX@pbx.example``, ``+49.@carrier.example``) or one of telephone numbers (``tel:+49.``).
    Raises ValueError for anything else.
    """

    def __init__(self, entries: Iterable[str]) -> None:
        self._hosts: set[str] = set()
        self._patterns: dict[str, list[re.Pattern[str]]] = {}
        for entry in entries:
            self._add(entry)

    def _add(self, entry: str) -> None:
        if entry.lower().startswith("tel:"):
            self._patterns.setdefault("", []).append(pattern(entry[len("tel:") :]))
            return
        numbers, at, at_host = entry.rpartition("@")
        host = _host(at_host)
        if not host:
            raise ValueError(
                f"{entry!r} names nobody who may be called; expected a host (pbx.example), a dial"
                " pattern at a host (6XX@pbx.example) or of telephone numbers (tel:+49.)"
            )
        if at:
            self._patterns.setdefault(host, []).append(pattern(numbers))
        else:
            self._hosts.add(host)

    def permits(self, uri: str) -> bool:
        """Whether *uri* may be called."""
        target = target_of(uri)
        if target is None:
            return False
        patterns = self._patterns.get(target.host, ())
        return target.host in self._hosts or any(p.fullmatch(target.number) for p in patterns)


def remedy(uri: str) -> str:
    """What to do about *uri* not being allowed, as half a sentence."""
    target = target_of(uri)
    if target is None:
        return "write it as sip:NUMBER@HOST, without passwords, % and parameters such as maddr"
    wider = f" ({target.host}: any number there)" if target.entry != target.host != "" else ""
    return f"if it is to be called, add {target.entry}{wider} to calls_out.allow in ivr.yaml"
