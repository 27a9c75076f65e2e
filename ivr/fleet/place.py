"""Where a worker listens."""

from __future__ import annotations

from dataclasses import dataclass

from ..config import Settings
from ..config.calls_out import allowed
from ..sip.accounts import LineAccount
from ..sip.check import call_limit
from ..sip.settings import LineSettings

RTP_PORTS = 40  # of each worker: two for each call, and as many again that linger


@dataclass(frozen=True, slots=True)
class Place:
    """Where a worker listens.  `front` empty: it stands alone, and callers reach it directly."""

    address: str
    port: int
    rtp_port: int
    rtp_ports: int
    front: str = ""


def worker_place(settings: Settings, slot: int | None) -> Place:
    """Where the worker in *slot* behind the front listens; None: callers reach it directly."""
    sip, fleet = settings.sip, settings.fleet
    if slot is None:
        return Place(sip.address, sip.port, sip.rtp_port, sip.rtp_ports)
    return Place(
        fleet.address, fleet.first_port + slot, sip.rtp_port + slot * RTP_PORTS, RTP_PORTS,
        front=settings.front.external or f"{fleet.address}:{sip.port}",
    )  # fmt: skip


def accounts(settings: Settings) -> tuple[LineAccount, ...]:
    """The accounts of the settings, with their secrets.  Raises `SettingsError`."""
    return tuple(
        LineAccount(
            name,
            account.registrar,
            account.user,
            account.domain or account.host,
            account.secret(name),
            register=account.registers,
            **account.model_dump(include={"auth_user", "expires", "proxy", "caller_id"}),
        )
        for name, account in settings.accounts.items()
    )


def line_settings(settings: Settings, place: Place | None = None) -> LineSettings:
    """The part of the settings that a line reads, at its place in the fleet.

    Raises `SettingsError`: the secret of an account cannot be had.
    """
    sip = settings.sip.model_dump()
    if place:
        sip |= {"port": place.port, "rtp_port": place.rtp_port, "rtp_ports": place.rtp_ports}
    if place and place.front:
        sip |= {"front": place.front, "sip_address": place.address, "tcp": False}
        sip |= {"tls_certificate": None, "tls_key": None}  # TLS ends in the front
    out = settings.calls_out.model_dump(exclude={"allow"})
    return LineSettings(
        recordings=settings.messages,
        accounts=accounts(settings),
        ledger=settings.ledger,
        may_call=tuple(allowed(settings)),
        **sip,
        **out,
    )


def callers_each(settings: Settings) -> int:
    """How many callers one worker holds: the slots that are kept for calls out are not theirs."""
    return max(1, call_limit() - settings.calls_out.kept)
