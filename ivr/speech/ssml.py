"""Parts of a text, for voices: as well-formed SSML, or without what only SSML can say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..engine.ssml import Manner, Part, Pause, Words, escaped

_EMPHASIS: Mapping[str, tuple[float, float]] = {
    "": (1.0, 1.0),
    "strong": (0.85, 1.25),
    "moderate": (0.9, 1.12),
    "reduced": (1.1, 0.7),
}
"""Rate and volume of a level, for a voice that has no other way."""


def without_emphasis(manner: Manner) -> Manner:
    """`manner` with its emphasis put into rate and volume."""
    rate, volume = _EMPHASIS[manner.emphasis]
    return replace(manner, rate=manner.rate * rate, volume=manner.volume * volume, emphasis="")


def written(parts: Sequence[Part], language: str) -> tuple[str, float]:
    """The SSML 1.1 of `parts`, and the volume of the loudest of them: in the SSML, it is 100 %.

    What a voice has said is brought to one loudness, and that would undo a volume for all of it.
    """
    loudest = max(each.manner.volume for each in parts if isinstance(each, Words)) or 1.0
    inside = "".join(_written(part, loudest) for part in parts)
    return f'<speak version="1.1" xml:lang="{escaped(language)}">{inside}</speak>', loudest


def _written(part: Part, loudest: float) -> str:
    if isinstance(part, Pause):
        return f'<break time="{round(part.seconds * 1000)}ms"/>'
    said, manner = escaped(part.words), part.manner
    if manner.emphasis:
        said = f'<emphasis level="{manner.emphasis}">{said}</emphasis>'
    volume = manner.volume / loudest
    times = {"rate": (manner.rate, "%"), "pitch": (manner.pitch, "%"), "volume": (volume, "")}
    changed = [
        f' {name}="{round(value * 100)}{unit}"'
        for name, (value, unit) in times.items()
        if value != 1
    ]
    if changed:
        said = f"<prosody{''.join(changed)}>{said}</prosody>"
    if manner.language:
        said = f'<lang xml:lang="{escaped(manner.language)}">{said}</lang>'
    return said
