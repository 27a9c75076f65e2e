"""ivr front config: what a SIP proxy needs that is used instead of the own Kamailio."""

from __future__ import annotations

from math import ceil
from pathlib import Path

from ..config import load_settings
from ..engine.errors import SettingsError
from ..fleet.front import (
    Destination,
    FrontPlan,
    configuration,
    dispatcher_list,
    requirements,
    tls_configuration,
)
from ..fleet.place import callers_each
from ..fleet.supervisor import SPARE

PROXIES = ("kamailio", "dispatcher", "tls", "opensips", "sbc")


def run(settings_file: Path, proxy: str) -> None:
    if proxy not in PROXIES:
        raise SettingsError(f"--for {proxy}: expected one of {', '.join(PROXIES)}")
    settings = load_settings(settings_file)
    limit = callers_each(settings)
    plan = FrontPlan.of(settings, max(1, ceil(settings.calls / limit)) * SPARE)
    match proxy:
        case "kamailio":
            print(configuration(plan), end="")
        case "dispatcher":
            print(dispatcher_list(_everywhere(plan), plan), end="")
        case "tls":
            print(tls_configuration(plan), end="")
        case _:
            print(requirements(plan, limit), end="")


def _everywhere(plan: FrontPlan) -> list[Destination]:
    """A worker on each port where one may be.

    Nobody tells a foreign proxy of lives: its counts choose among workers, but close none.
    """
    return [
        Destination(f"sip:{each.address}:{port}", f"port{port}", 0, uncertain=True)
        for each in plan.workers
        for port in range(each.first, each.last + 1)
    ]
