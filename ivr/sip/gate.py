"""What is kept from the stack, because it would come to harm.

The shim asks about each INVITE and INFO before the stack sees it; nothing in here acts on a call.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping

from . import message, sdp
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
        return self._invite(request) if method == "INVITE" else self._info(request)

    def _invite(self, request: bytes) -> int:
        now = time.monotonic()
        streams = message.audio_streams(request)
        if streams > message.MOST_STREAMS or sdp.unservable(request):
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
        call, tag = message.dialog_id(headers)
        for leg in self._legs.values():
            if leg.dialog in ((call, tag), (call, "")):
                self._press(leg, text, headers.get("cseq", ""))
                return 200
        return 0

    def _press(self, leg: Leg, text: str, cseq: str) -> None:
        number = int(cseq.split()[0]) if cseq.split()[:1] and cseq.split()[0].isdecimal() else 0
        if number > leg.info_cseq and leg.owner:  # else our answer was lost, and this is a repeat
            leg.info_cseq = number
            self._defer(functools.partial(leg.owner.pressed, text, "info"))
