"""front: the SIP proxy before the workers."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, model_validator

from .sections import Location, Network, Port, Section


class Front(Section):
    """Whom the front lets in, and how much."""

    external: str = Field(
        default="",
        pattern=r"^$|^[A-Za-z0-9.-]+:[0-9]{1,5}$",
        description="address and port of an own SIP proxy to use instead of Kamailio"
        " (`ivr front config`); empty: Kamailio is started",
    )
    allow: list[Network] = Field(
        default=[],
        description="networks that are answered, such as 192.0.2.0/24; all others hear nothing;"
        " empty: all",
    )
    calls_per_second: int = Field(
        default=50, ge=1, le=10000, description="new calls a second, from all; others get 503"
    )
    requests_per_second: int = Field(
        default=100,
        ge=1,
        le=10000,
        description="requests outside of calls a second, from one address; beyond, it is not heard",
    )
    offerless: bool = Field(default=False, description="take INVITEs without SDP; else 488")
    tls_certificate: Location | None = Field(
        default=None, description="PEM file; with `tls_key`, SIP is also taken over TLS 1.2 and 1.3"
    )
    tls_key: Location | None = Field(default=None, description="PEM file of the certificate's key")
    tls_port: Port = Field(default=5061, description="TCP port for TLS")
    tls_authorities: Location = Field(
        default=Path("/etc/ssl/certs/ca-certificates.crt"),
        description="PEM file of those who vouch for registrars with ;transport=tls",
    )
    users: Location | None = Field(
        default=None, description="file of `name: password`: phones that may register"
    )
    domain: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9.-]*$",
        description="domain of registered phones; empty: the address that callers are told",
    )
    program: str = Field(default="kamailio", description="the program, if it is not in the PATH")

    @model_validator(mode="after")
    def _both(self) -> Front:
        if bool(self.tls_certificate) != bool(self.tls_key):
            raise ValueError("TLS needs both, tls_certificate and tls_key")
        return self
