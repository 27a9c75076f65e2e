"""control: the API of operators, and what Prometheus reads."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from .sections import Ipv4, Location, Port, Section

# RFC 6750, section 2.1: what a bearer token may consist of.
TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{16,}=*")
USABLE = (
    "a token has 16 or more letters, digits or signs of -._~+/ and no spaces;"
    " `openssl rand -hex 32` makes one"
)


def _usable(token: SecretStr) -> SecretStr:
    given = token.get_secret_value()
    if given and not TOKEN.fullmatch(given):
        raise ValueError(USABLE)
    return token


class Control(Section):
    """Where operators and Prometheus ask."""

    address: Ipv4 = Field(default="127.0.0.1", description="IPv4 address of the control API")
    port: Port = Field(default=8080, description="TCP port of the control API")
    token: Annotated[SecretStr, AfterValidator(_usable)] = Field(
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
