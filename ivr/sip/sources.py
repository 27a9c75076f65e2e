"""Who is heard: networks, scanners, and how much one address may ask for.  Pure.

The proxy before a fleet does the same for its workers (`sip.allow` is its `front.allow`).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, ip_address

logger = logging.getLogger(__name__)

# What tools that look for open lines call themselves.  They are told nothing: an answer of any kind
# says that there is somebody here.  The front knows the same ones.
SCANNERS = (
    "friendly-(scanner|request)|sipvicious|sip-?scan|sipcli|sundayddr|siparmyknife|sivus|iwar"
    "|pplsip"
)
REMEMBERED = 4096  # addresses, since their number is a stranger's choice
BURST = 2.0  # seconds' worth of requests that may come at once
TELL = 10.0  # seconds between two lines in the log

_scanner = re.compile(SCANNERS, re.IGNORECASE)


def is_scanner(user_agent: str) -> bool:
    return bool(_scanner.search(user_agent))


class Sources:
    """`allow` and `deny` are networks; none allowed means all.  `deny` wins over `allow`, and what
    comes from `own` addresses is allowed.  `requests_per_second` is for each address."""

    def __init__(
        self, allow: Iterable[str], deny: Iterable[str], requests_per_second: float,
        own: Iterable[str] = (),
    ) -> None:  # fmt: skip
        self._allow = [IPv4Network(text) for text in allow]
        if self._allow:
            self._allow += [IPv4Network(text) for text in own]
        self._deny = [IPv4Network(text) for text in deny]
        self._rate = requests_per_second
        self._heard: dict[str, bool] = {}
        self._buckets: dict[str, tuple[float, float]] = {}  # requests left, and when that was so
        self._told = float("-inf")

    def hears(self, address: str) -> bool:
        """Whether who is there is answered at all."""
        if not (self._allow or self._deny):
            return True
        if address not in self._heard:
            _bound(self._heard)
            self._heard[address] = self._listed(address)
        return self._heard[address]

    def spares(self, address: str, now: float) -> bool:
        """Whether one more request of that address is looked at."""
        most = BURST * self._rate
        left, since = self._buckets.pop(address, (most, now))
        left = min(most, left + (now - since) * self._rate)
        _bound(self._buckets)
        self._buckets[address] = (max(0.0, left - 1.0), now)
        if left >= 1.0:
            return True
        if now - self._told >= TELL:
            self._told = now
            logger.warning(
                "%s: more than %g requests a second; not all are heard", address, self._rate
            )
        return False

    def _listed(self, text: str) -> bool:
        try:
            address = ip_address(text)
        except ValueError:
            return False
        if not isinstance(address, IPv4Address):
            mapped = address.ipv4_mapped
            if mapped is None:
                return not self._allow
            address = mapped
        if any(address in network for network in self._deny):
            return False
        return not self._allow or any(address in network for network in self._allow)


def _bound(entries: dict[str, bool] | dict[str, tuple[float, float]]) -> None:
    """Makes room for one more: the entry that was written longest ago goes."""
    if len(entries) >= REMEMBERED:
        del entries[next(iter(entries))]
