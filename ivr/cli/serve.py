"""ivr serve: open the line and answer."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from ..config import Settings, load_settings
from ..fleet.privileges import drop
from ..fleet.server import Server
from ..logs import setup


def run(file: Path, calls: int | None) -> int:
    """Serve until told to end.  Returns the exit code."""
    if calls is not None:
        os.environ["IVR_CALLS"] = str(calls)  # for all the processes of the fleet
    settings = load_settings(file)
    setup(settings.log_format)
    drop(settings.user, settings.var)
    server = Server(file, settings)
    return asyncio.run(server.run(lambda capacity: _announce(settings, capacity)))


def _announce(settings: Settings, capacity: int) -> None:
    sip = settings.sip
    where = f"{sip.public_address or sip.address}:{sip.port}"
    kinds = "UDP and TCP" if sip.tcp else "UDP"
    print(f"Answering sip:{where} ({kinds}), up to {capacity} calls at once.")
    number = next((n for n in settings.routes if not n.endswith("*")), "100")
    print(f"Call sip:{number}@{where} with any SIP phone. Ctrl-C ends.", flush=True)
