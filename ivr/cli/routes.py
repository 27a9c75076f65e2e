"""ivr routes: which flow takes a call, and why."""

from __future__ import annotations

import time
from pathlib import Path

from ..engine.events import Offered
from ..project import load_project
from .output import as_json


def run(number: str, caller: str, settings_file: Path, json: bool) -> int:
    if number.startswith(("sip:", "sips:")):
        number = number.partition(":")[2].partition("@")[0]
    route = load_project(settings_file).routes.take(Offered(caller, number, time.time()))
    flow, offer = route.flow, route.offer
    if json:
        as_json(
            {
                "flow": flow.name if flow else None,
                "file": flow.place.file if flow else None,
                "language": offer.language,
                "caller_lists": list(offer.caller_lists),
                "why": list(route.why),
            }
        )
    else:
        for reason in route.why:
            print(reason)
        where = f" ({flow.place.file})" if flow and flow.place.file else ""
        print(f"-> {flow.name}{where}" if flow else "-> nobody: 404")
    return 0 if flow else 1
