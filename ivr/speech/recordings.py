"""Recordings in any WAV format, brought to the phone's own in a child process."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from ..engine.errors import IvrError
from .child import Child
from .wav import USUAL, Standard


class BrokenRecording(IvrError):
    """This file cannot be played; the message says why."""


class Converter:
    """Starts its child with the first conversion."""

    def __init__(self) -> None:
        self._child = Child("ivr.speech.recording_child")

    def convert(self, source: Path, file: Path, limit: float, standard: Standard = USUAL) -> None:
        """Write `source` to `file` as PCM 16 bit, mono, as `standard` says.

        `limit` in seconds, for one attempt.  Raises `BrokenRecording` where `source` is at fault,
        `ChildError` where the conversion is.
        """
        answer = self._child.ask(
            {"source": str(source), "file": str(file), "standard": asdict(standard)}, limit
        )
        if "error" in answer:
            raise BrokenRecording(str(answer["error"]))

    def close(self) -> None:
        """End the child.  The next conversion starts another one."""
        self._child.close()
