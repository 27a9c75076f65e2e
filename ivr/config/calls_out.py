"""calls_out: whom the line may call, how often, and with what room."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, Field

from ..engine.call_out import target
from ..engine.digits import KEYS
from ..engine.targets import Allowed
from .sections import Section

if TYPE_CHECKING:
    from .settings import Settings

_NUMBER = re.compile(r"\+?[0-9XNZ*#.]+!?")
_ADDRESS = re.compile(r"\d+(\.\d+){3}")


def _readable(entry: str) -> str:
    Allowed([entry])
    if _NUMBER.fullmatch(entry) and not _ADDRESS.fullmatch(entry):
        raise ValueError(
            f"{entry!r} would be a host; for numbers, write {entry}@pbx.example with their host,"
            f" or tel:{entry}"
        )
    return entry


Entry = Annotated[str, AfterValidator(_readable)]


class CallsOut(Section):
    """Calls that we make: second legs of transfers, and calls out."""

    allow: list[Entry] = Field(
        default=[],
        description="who may be called: pbx.example for any number there, 6XX@pbx.example,"
        " +49.@carrier.example, tel:+49.; empty: the domains and addresses in these settings",
    )
    calls_per_hour: int = Field(
        default=1000, ge=0, le=1_000_000, description="calls out in an hour, of the whole machine"
    )
    minutes_per_hour: int = Field(
        default=10_000,
        ge=0,
        le=1_000_000,
        description="minutes talked on them in an hour, of the whole machine",
    )
    kept: int = Field(
        default=0,
        ge=0,
        le=3,
        description="slots of each worker that callers cannot have, only calls out",
    )


def named_domains(settings: Settings) -> list[str]:
    """The domains and addresses that the settings name: who may be called unless they say who."""
    named = [settings.sip.address, settings.sip.public_address, settings.front.domain]
    for account in settings.accounts.values():
        named += [account.domain, account.host]
    return list(dict.fromkeys(name for name in named if name and name != "0.0.0.0"))


def addressed(settings: Settings, order: Mapping[str, str]) -> dict[str, str]:
    """*order* with a URI in `to`: a bare number is one of its `account`, or of the only one.

    Raises `ValueError`, also for what nobody could press to `accept`.
    """
    accept = order.get("accept", "none")
    if accept not in ("", "none", *KEYS):
        raise ValueError(f"accept: {accept!r} is no key; expected one of {KEYS}, or none")
    accounts, to, name = settings.accounts, order.get("to", ""), order.get("account", "")
    if not name and len(accounts) == 1 and ":" not in to:
        name = next(iter(accounts))
    account = accounts.get(name)
    if name and account is None:
        raise ValueError(
            f"there is no account {name!r}; there are: {', '.join(accounts) or 'none'}"
        )
    domain = (account.domain or account.host) if account else ""
    return {**order, "to": target(to, domain), **({"account": name} if name else {})}


def allowed(settings: Settings) -> list[str]:
    """Who may be called, whether the settings say so or not."""
    return settings.calls_out.allow or named_domains(settings)
