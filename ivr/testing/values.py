"""What there is to be seen of a simulated call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from ..engine.effects import Effect, Prompt, Record, RecordCall
from ..engine.events import Event

NOTHING: Mapping[str, Any] = MappingProxyType({})
Fate = Literal["heard", "noticed", "recorded", "lost"]
"""What became of what a caller said; `noticed`: that he spoke, and nothing more."""


@dataclass(slots=True, eq=False)
class Sound:
    """One prompt as the caller hears it; `cut`: not to its end."""

    play: int
    prompt: Prompt
    begin: float
    end: float
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What the caller said, and what became of it."""

    text: str
    confidence: float
    fate: Fate


@dataclass(frozen=True, slots=True)
class Message:
    """A recording that was kept, with the label that the flow gave it."""

    name: str
    file: str
    seconds: float


@dataclass(slots=True)
class Recording:
    """A recording that runs, and until when there is something to be heard on it."""

    effect: Record
    began: float
    sound_until: float


@dataclass(slots=True)
class CallRecording:
    """A recording of the whole call; times are those of the call.

    `masked`: from when to when it is silent on purpose; the last may have no end yet.  `ended` is
    None while it runs.
    """

    effect: RecordCall
    file: str
    began: float
    masked: list[tuple[float, float | None]] = field(default_factory=list)
    ended: float | None = None

    @property
    def is_masked(self) -> bool:
        return bool(self.masked) and self.masked[-1][1] is None


Entry = tuple[float, Event | Effect | Said, bool]
"""When, what, and whether a key may be shown: no step keeps it secret."""
