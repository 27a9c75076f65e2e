"""ivr dial: call somebody, and tell how it went."""

from __future__ import annotations

import signal
from dataclasses import asdict
from pathlib import Path
from types import FrameType

from ..dialling import call, way_of
from ..dialling.server import Server
from ..engine.errors import IvrError
from ..engine.targets import remedy
from ..store.record import parsed
from .calls import print_told
from .output import as_json, complain
from .story import story


def run(settings: Path, flow: str, order: dict[str, str], json: bool) -> int:
    """Call once.  Returns the exit code."""
    way, name = way_of(flow, settings)

    def hang_up(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a second time, it is at once
        try:
            way.hang_up()
        except (IvrError, OSError) as error:
            complain(f"the call is not ended: {error}")

    before = signal.signal(signal.SIGINT, hang_up)
    given = {"flow": name, **{key: text for key, text in order.items() if text}}
    try:
        ended = call(way, given, lambda line: None if json else print_told(story([parsed(line)])))
    finally:
        signal.signal(signal.SIGINT, before)
    if json:
        as_json(asdict(ended))
    else:
        print(" ".join(filter(None, (ended.outcome, str(ended.code or ""), ended.reason))))
        if ended.reason == "not_allowed" and isinstance(way, Server):
            complain(remedy(order["to"]))  # which is in the log of the server
    return 0 if ended.outcome == "answered" else 1
