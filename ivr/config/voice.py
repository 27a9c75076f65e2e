"""voice: how texts are spoken."""

from __future__ import annotations

from pydantic import Field

from .sections import Section


class Voice(Section):
    """How texts are spoken."""

    names: dict[str, str] = Field(
        default={}, description="voice of a language, such as en: gmw/en-us+f3"
    )
    rate: int = Field(default=165, ge=80, le=450, description="words per minute")
