"""control: the API of operators, and what Prometheus reads."""

from __future__ import annotations

from pydantic import Field, SecretStr

from .sections import Ipv4, Location, Port, Section


class Control(Section):
    """Where operators and Prometheus ask."""

    address: Ipv4 = Field(default="127.0.0.1", description="IPv4 address of the control API")
    port: Port = Field(default=8080, description="TCP port of the control API")
    token: SecretStr = Field(
        default=SecretStr(""), description="what a client must send; empty: what is in token_file"
    )
    token_file: Location | None = Field(
        default=None,
        description="file with the token, made at the first start; empty: control.token in `var`",
    )
    failures: int = Field(
        default=10, ge=1, le=100_000, description="wrong tokens a minute from one address, then 429"
    )
    guard_metrics: bool = Field(default=False, description="ask for the token for /metrics, too")
