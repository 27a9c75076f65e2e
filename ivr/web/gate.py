"""Who may come in: whoever has the token (RFC 6750), and no guessing."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from math import ceil

from .problem import Problem

WINDOW = 60.0  # seconds in which failures are counted, and for which an address is then refused
REMEMBERED = 1000  # addresses

log = logging.getLogger("ivr.control")


class Gate:
    """Lets requests with `token` pass.

    After `failures` wrong ones within `WINDOW` an address is refused until the window is over,
    whatever it sends: else it could go on guessing.  `clock` counts seconds and never goes back.
    """

    def __init__(self, token: str, failures: int, clock: Callable[[], float]) -> None:
        self._expected = f"bearer {token}".encode()
        self._failures = failures
        self._clock = clock
        self._failed: dict[str, tuple[int, float]] = {}  # address: how often, since when

    def check(self, address: str, authorization: str) -> None:
        """Raise `Problem` unless *authorization*, from *address*, is the right one."""
        now = self._clock()
        count, since = self._failed.get(address, (0, now))
        if now - since >= WINDOW:
            del self._failed[address]
            count, since = 0, now
        if count >= self._failures:
            wait = str(ceil(since + WINDOW - now))
            raise Problem(429, f"too many wrong tokens; wait {wait} s", {"Retry-After": wait})
        scheme, _, token = authorization.partition(" ")
        given = f"{scheme.lower()} {token.strip()}".encode()
        if hmac.compare_digest(given, self._expected):
            return
        self._remember(address, count + 1, since)
        what = "wrong token" if authorization else "no token"
        log.warning("%s from %s (%d of %d)", what, address, count + 1, self._failures)
        # RFC 6750, section 3.1: no error code for a request without credentials.
        error = ', error="invalid_token"' if authorization else ""
        challenge = {"WWW-Authenticate": f'Bearer realm="ivr"{error}'}
        raise Problem(401, f"{what}; send Authorization: Bearer TOKEN", challenge)

    def _remember(self, address: str, count: int, since: float) -> None:
        if address not in self._failed and len(self._failed) >= REMEMBERED:
            del self._failed[next(iter(self._failed))]  # the oldest
        self._failed[address] = count, since
