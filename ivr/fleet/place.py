"""Where a worker listens."""

from __future__ import annotations

from dataclasses import dataclass

from ..config import Settings
from ..config.calls_out import allowed
from ..sip.check import call_limit
from ..sip.settings import LineSettings


@dataclass(frozen=True, slots=True)
class Place:
    """Where a worker listens.  `front` empty: it stands alone, and callers reach it directly."""

    address: str
    port: int
    rtp_port: int
    rtp_ports: int
    front: str = ""


def line_settings(settings: Settings, place: Place | None = None) -> LineSettings:
    """The part of the settings that a line reads, at its place in the fleet."""
    sip = settings.sip.model_dump()
    if place:
        sip |= {"port": place.port, "rtp_port": place.rtp_port, "rtp_ports": place.rtp_ports}
    if place and place.front:
        sip |= {"front": place.front, "sip_address": place.address, "tcp": False}
    out = settings.calls_out.model_dump() | {"allow": tuple(allowed(settings))}
    return LineSettings(recordings=settings.messages, ledger=settings.ledger, **sip, **out)


def callers_each(settings: Settings) -> int:
    """How many callers one worker holds: the slots that are kept for calls out are not theirs."""
    return max(1, call_limit() - settings.calls_out.kept)
