"""The child that converts recordings: ``{"source": path, "file": path}`` in, ``{}`` out."""

from __future__ import annotations

from pathlib import Path

from . import audio
from .child import Json, answer_requests
from .loudness import levelled
from .wav import Standard


def convert(request: Json) -> Json:
    sound, rate = audio.read(Path(request["source"]))
    standard = Standard(**request["standard"])
    # The pauses of a recording are its author's choice.
    made = levelled(audio.to_phone_rate(sound, rate, standard.rate), standard)
    audio.write(Path(request["file"]), made, standard.rate)
    return {}


if __name__ == "__main__":
    answer_requests(convert)
