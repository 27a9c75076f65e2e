"""speech: how callers who speak are understood."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .sections import Location, Section


class Activity(Section):
    """What is taken for a voice."""

    mode: int = Field(
        default=2,
        ge=0,
        le=3,
        description="how much is needed to be a voice: 0 takes noise for one sooner, 3 misses a"
        " quiet one sooner",
    )
    floor: float = Field(
        default=-50.0, ge=-90, le=0, description="level below which nothing is a voice, in dBFS"
    )


class Speech(Section):
    """How callers who speak are understood."""

    engine: Literal["vosk", "pocketsphinx", "scripted", "none"] = Field(
        default="vosk",
        description="the recogniser; none: callers press keys. scripted is for tests",
    )
    models: dict[str, Location] = Field(
        default={},
        description="folder of the model of a language, such as de: models/vosk-de; a small one for"
        " en comes along",
    )
    activity: Activity = Field(default_factory=Activity, description="what is taken for a voice")
