"""fleet: the workers behind the front."""

from __future__ import annotations

from pydantic import Field

from .sections import Ipv4, Port, Section


class Fleet(Section):
    """Where workers listen.  Nobody but the front talks SIP to them."""

    address: Ipv4 = Field(
        default="127.0.0.1", description="IPv4 address that workers take SIP from the front on"
    )
    first_port: Port = Field(
        default=6000, description="first UDP port for workers, each of which takes one"
    )
    hung_after: float = Field(
        default=5.0, ge=1, le=60, description="seconds without a sign of life: killed and replaced"
    )
