"""A re-INVITE or UPDATE of ours that crossed one of the far end's, which says 491 (RFC 3261 14.1).

The stack forgets it then.  It was to refresh the session, which would end for want of that.
"""

from __future__ import annotations

import logging
import random
from typing import Any, Protocol

import pjsua2 as pj

logger = logging.getLogger(__name__)

METHODS = ("INVITE", "UPDATE")


class Timer(Protocol):
    def cancel(self) -> None: ...


class Later(Protocol):
    def __call__(self, seconds: float, action: Any) -> Timer: ...


class Glare:
    """What `leg` asks for again; `ours`: its Call-ID is."""

    def __init__(self, later: Later, ours: bool) -> None:
        self._later = later
        self._ours = ours
        self._timer: Timer | None = None

    def met(self, leg: Any, method: str) -> None:
        """`leg` was answered 491.  Has it wait, for another time than the far end, and ask again.

        An initial INVITE is not repeated: its leg is over, and that is told to `over`.
        """
        self.over()
        self._timer = self._later(pause(self._ours, random.random()), lambda: again(leg, method))

    def over(self) -> None:
        """Lets go of the leg."""
        if self._timer:
            self._timer.cancel()
        self._timer = None


def pause(ours: bool, chance: float) -> float:
    """Seconds, by a `chance` from 0 to 1: whose Call-ID it is waits longer."""
    return round(2.1 + 1.9 * chance if ours else 2.0 * chance, 2)


def again(leg: Any, method: str) -> None:
    """Asks once more."""
    request = pj.CallOpParam(True)
    try:
        if method == "UPDATE":
            request.opt.flag = pj.PJSUA_CALL_NO_SDP_OFFER
            leg.update(request)
        else:
            leg.reinvite(request)
    except pj.Error as error:  # the far end's came first, and refreshes the session as well
        logger.info("a session is not refreshed: %s", error.reason)
