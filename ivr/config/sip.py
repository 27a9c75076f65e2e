"""sip: the line."""

from __future__ import annotations

from pydantic import Field

from .sections import Ipv4, Port, Section


class Sip(Section):
    """Where the line listens."""

    address: Ipv4 = Field(
        default="127.0.0.1", description="IPv4 address that SIP and RTP are bound to"
    )
    port: Port = Field(default=5060, description="UDP and TCP port for SIP")
    public_address: str = Field(
        default="", description="address that callers are told; empty: `address`"
    )
    tcp: bool = Field(default=True, description="also take SIP over TCP")
    rtp_port: Port = Field(default=10000, description="first UDP port for RTP")
    rtp_ports: int = Field(
        default=200, ge=24, le=20000, description="how many ports for RTP, from there on"
    )
    media_timeout: float = Field(
        default=60.0,
        ge=0,
        le=86400,
        description="seconds without a packet from a caller, after which he is gone; 0: for ever",
    )
    retry_after: int = Field(
        default=5, ge=1, le=3600, description="seconds that a refused caller is told"
    )
    allow_refer: bool = Field(
        default=False,
        description="let a caller's phone refer us to somebody whom `calls_out` allows (REFER)",
    )
    log_level: int = Field(default=1, ge=0, le=3, description="how much the SIP stack logs, 0 to 3")
    shim: bool = Field(
        default=True,
        description="refuse calls beyond the limit inside the SIP stack, before they cost anything",
    )
