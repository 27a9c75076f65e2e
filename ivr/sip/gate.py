"""What is kept from the stack, because it would come to harm.

The shim asks about each INVITE, INFO and REFER before the stack sees it; nothing in here acts on a
call.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping

from . import message
from .leg import Leg
from .sockets import Sockets


class Gate:
    """`admits` says whether there is room for a new call, `defer` has something done later."""

    def __init__(
        self, legs: Mapping[int, Leg], sockets: Sockets, admits: Callable[[], bool],
        defer: Callable[[Callable[[], None]], None],
    ) -> None:  # fmt: skip
        self._legs = legs
        self._sockets = sockets
        self._admits = admits
        self._defer = defer

    def status(self, method: str, request: bytes) -> int:
        """The status with which a request is to be answered, or 0 to let it pass."""
        match method:
            case "INVITE":
                return self._invite(request)
            case "REFER":
                return self._refer(request)
        return self._info(request)

    def _invite(self, request: bytes) -> int:
        now = time.monotonic()
        streams = message.audio_streams(request)
        if streams > message.MOST_STREAMS:
            return 488
        if message.in_dialog(request):
            # Nothing else stops one without an offer, for which the stack may take new sockets.
            return 491 if self._sockets.short(now) else 0
        if not self._admits():
            return 503
        self._sockets.admitted(now, streams)
        return 0

    def _info(self, request: bytes) -> int:
        """Keys: on a `Signal=1` that no line end follows, the stack aborts the process."""
        text = request.decode("utf-8", "surrogateescape")
        headers = message.read_headers(text)
        leg = self._leg_of(headers)
        if leg is None:
            return 481  # see `_refer`: it would be a key of another caller's
        self._press(leg, text, _number(headers))
        return 200

    def _refer(self, request: bytes) -> int:
        """Whom a phone refers us to.

        None of these may reach the stack: in a dialog that is over, but not yet forgotten, it takes
        one for a request in the call that has the slot now, and aborts the process.
        """
        headers = message.read_headers(request.decode("utf-8", "surrogateescape"))
        leg, number = self._leg_of(headers), _number(headers)
        if leg is None:
            return 481
        if leg.on_refer is None:
            return 603
        if leg.refer[0] < number:  # else our answer was lost, and this is a repeat
            taken = leg.on_refer(headers.get("refer-to", ""), number)
            leg.refer = number, 202 if taken else 603
        return leg.refer[1]

    def _leg_of(self, headers: Mapping[str, str]) -> Leg | None:
        call, tag = message.dialog_id(headers)
        legs = (leg for leg in self._legs.values() if leg.dialog in ((call, tag), (call, "")))
        return next(legs, None)

    def _press(self, leg: Leg, text: str, number: int) -> None:
        if number > leg.info_cseq and leg.owner:  # else our answer was lost, and this is a repeat
            leg.info_cseq = number
            self._defer(functools.partial(leg.owner.pressed, text, "info"))


def _number(headers: Mapping[str, str]) -> int:
    """That of CSeq; 0 where there is none."""
    first = headers.get("cseq", "").partition(" ")[0]
    return int(first) if first.isdecimal() and first.isascii() else 0
