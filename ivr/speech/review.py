"""What is wrong with prompts that are rendered: too long, too quiet, clipped.

For commands: it needs numpy, as the children do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import audio
from .loudness import SILENT, is_clipped, loudness
from .wav import Standard

TOO_QUIET = 6.0  # decibels below what all are brought to


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds, and dBFS without pauses."""

    seconds: float
    loudness: float
    clipped: bool


def measured(file: Path) -> Measured:
    """What `file` sounds like.  Raises `OSError` and `ValueError`."""
    sound, rate = audio.read(file)
    return Measured(len(sound) / rate, loudness(sound, rate), is_clipped(sound))


def review(file: Path, recording: Path | None, standard: Standard, longest: float) -> Iterator[str]:
    """What is wrong with `file`, which was made of `recording`, if of one; `longest` in seconds."""
    try:
        found = measured(file)
        source = measured(recording) if recording else found
    except (OSError, ValueError) as error:
        yield f"cannot be read: {error}"
        return
    if found.seconds > longest:
        yield f"too long: {found.seconds:.1f} s, more than {longest:g} s"
    if found.loudness == SILENT:
        yield "too quiet: nothing can be heard"
    elif found.loudness < standard.loudness - TOO_QUIET:
        yield f"too quiet: {source.loudness:.0f} dBFS, and {found.loudness:.0f} when made louder"
    if source.clipped:
        yield "clipped: its loudest parts are cut off; record it again, less loud"
