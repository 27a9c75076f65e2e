"""sip: the line."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator, model_validator

from .sections import Ipv4, Ipv4OrNone, Location, Network, Port, Section

LAST_PORT = 65535
Codec = Literal["PCMU", "PCMA", "G722"]


class Sip(Section):
    """Where the line listens."""

    address: Ipv4 = Field(
        default="127.0.0.1", description="IPv4 address that SIP and RTP are bound to"
    )
    port: Port = Field(default=5060, description="UDP and TCP port for SIP")
    public_address: Ipv4OrNone = Field(
        default="", description="address that callers are told; empty: `address`"
    )
    tcp: bool = Field(default=True, description="also take SIP over TCP")
    rtp_port: Port = Field(default=10000, description="first UDP port for RTP")
    rtp_ports: int = Field(
        default=200, ge=24, le=20000, description="how many ports for RTP, from there on"
    )
    codecs: list[Codec] = Field(
        default=["PCMU", "PCMA", "G722"],
        min_length=1,
        description="what sound is coded with, best first: PCMU, PCMA, G722",
    )
    srtp: Literal["off", "optional", "required"] = Field(
        default="off", description="encryption of sound, with keys in SDP (SDES)"
    )
    tls_certificate: Location | None = Field(
        default=None,
        description="PEM file; with `tls_key`, a line without a front also takes SIP over TLS 1.2;"
        " better: `front.tls_certificate`",
    )
    tls_key: Location | None = Field(default=None, description="PEM file of the certificate's key")
    tls_port: Port = Field(default=5061, description="TCP port for TLS")
    media_timeout: float = Field(
        default=60.0,
        ge=0,
        le=86400,
        description="seconds without a packet from a caller, after which he is gone; 0: for ever",
    )
    retry_after: int = Field(
        default=5, ge=1, le=3600, description="seconds that a refused caller is told"
    )
    allow: list[Network] = Field(
        default=[],
        description="networks that are answered, such as 192.0.2.0/24; all others hear nothing;"
        " empty: all (behind a front: front.allow)",
    )
    deny: list[Network] = Field(
        default=[], description="networks that hear nothing, even where `allow` has them"
    )
    requests_per_second: int = Field(
        default=100,
        ge=1,
        le=10000,
        description="requests outside of calls a second, from one address; beyond, it is not heard"
        " (behind a front: front.requests_per_second)",
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

    @field_validator("codecs")
    @classmethod
    def _once(cls, codecs: list[Codec]) -> list[Codec]:
        if len(set(codecs)) < len(codecs):
            raise ValueError("expected each codec once")
        return codecs

    @model_validator(mode="after")
    def _both(self) -> Sip:
        if bool(self.tls_certificate) != bool(self.tls_key):
            raise ValueError("TLS needs both, tls_certificate and tls_key")
        return self

    @model_validator(mode="after")
    def _room(self) -> Sip:
        last = self.rtp_port + self.rtp_ports - 1
        if last > LAST_PORT:
            raise ValueError(
                f"rtp_port: RTP would take ports {self.rtp_port} to {last}, and {LAST_PORT} is the"
                f" last; set rtp_port to {LAST_PORT + 1 - self.rtp_ports} or less"
            )
        if self.rtp_port < 1024 or self.rtp_port % 2:
            raise ValueError(f"rtp_port: expected an even port from 1024 on, not {self.rtp_port}")
        if self.rtp_port <= self.port <= last:
            raise ValueError(
                f"rtp_port: RTP takes ports {self.rtp_port} to {last}, and {self.port} is port;"
                " move one of the two"
            )
        return self
