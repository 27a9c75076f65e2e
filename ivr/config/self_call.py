"""self_call: the server as its own caller."""

from __future__ import annotations

from pydantic import Field

from .sections import Section


class SelfCall(Section):
    """How the server calls itself, to see whether callers are served."""

    every: float = Field(
        default=0, ge=0, le=1440, description="minutes between two self-calls; 0: none"
    )
    number: str = Field(
        default="",
        description="number that is called; empty: the first route without a *, or 100",
    )
    keys: str = Field(
        default="",
        pattern=r"^[0-9*#A-D]*$",
        description="keys to press, each after a prompt and followed by another one",
    )
    patience: float = Field(
        default=10.0, ge=0.1, le=60, description="seconds for each step: answer, sound, BYE"
    )
