"""When to register again: before a registration ends, or after a failure.  Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from .message import read_headers

FIRST, LONGEST = 2.0, 300.0  # seconds of the back-off, doubled with each failure
RARELY = 600.0  # seconds: what is refused will be so again, but an operator may mend it
LONGEST_ASKED = 86400.0  # seconds that a registrar may have us wait
REFUSALS = (401, 403, 404, 407)  # RFC 3261 21.4: not to be repeated as it was


class Retry:
    """How long one account waits; it remembers failures in a row.

    `jitter` gives numbers from 0 to 1: with it, many clients of a registrar do not come back to it
    all at the same moment.
    """

    def __init__(self, jitter: Callable[[], float]) -> None:
        self._jitter = jitter
        self._failures = 0

    def granted(self, seconds: float) -> float:
        """Seconds until the renewal of what was granted for `seconds`: with time for failures."""
        self._failures = 0
        return max(1.0, seconds) * (0.7 + 0.1 * self._jitter())

    def failed(self, code: int, asked: float = 0.0) -> float:
        """Seconds until the next try, after the final answer `code` (0: none); `asked` is what it
        said in Retry-After."""
        self._failures += 1
        if code in REFUSALS:
            return RARELY * (1 + 0.1 * self._jitter())
        if asked > 0:  # RFC 3261 20.33: not before
            return min(asked, LONGEST_ASKED) * (1 + 0.1 * self._jitter())
        doubled = min(LONGEST, FIRST * 2.0 ** min(self._failures - 1, 16))
        return doubled * (0.5 + 0.5 * self._jitter())


def retry_after(response: str) -> float:
    """The seconds of a Retry-After; 0: it has none that can be read."""
    seconds = re.match(r"\s*(\d{1,9})\b", read_headers(response).get("retry-after", ""))
    return float(seconds[1]) if seconds else 0.0
