"""What there is to be seen of a simulated call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..engine.effects import Effect, Prompt, Record
from ..engine.events import Event


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
    fate: Literal["heard", "recorded", "lost"]


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


Entry = tuple[float, Event | Effect | Said, bool]
"""When, what, and whether a key may be shown: no step keeps it secret."""
