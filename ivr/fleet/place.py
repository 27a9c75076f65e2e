"""Where a worker listens."""

from __future__ import annotations

from dataclasses import dataclass

from ..config import Settings
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
        sip |= {"tls_certificate": None, "tls_key": None}  # TLS ends in the front
    return LineSettings(recordings=settings.messages, **sip)
