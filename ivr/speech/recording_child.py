"""The child that converts recordings: ``{"source": path, "file": path}`` in, ``{}`` out."""

from __future__ import annotations

from pathlib import Path

from . import audio
from .child import Json, answer_requests


def convert(request: Json) -> Json:
    sound, rate = audio.read(Path(request["source"]))
    # Loudness and pauses of a recording are its author's choice.
    audio.write(Path(request["file"]), audio.to_phone_rate(sound, rate))
    return {}


if __name__ == "__main__":
    answer_requests(convert)
