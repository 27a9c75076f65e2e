"""The child's end of an engine: what all of them do with a request."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from . import audio
from .child import Json, answer_requests
from .loudness import levelled
from .wav import Standard

Voices = Sequence[tuple[str, Sequence[str]]]
"""Names of voices, and their languages."""


class NoSuchVoice(Exception):
    """The engine does not speak this language."""


class NotHere(Exception):
    """What the engine is made of is not installed."""


def serve(voices: Callable[[], Voices], say: Callable[[Json], None]) -> None:
    """Answer requests: what voices there are, and utterances, which `say` says into a file."""

    def handle(request: Json) -> Json:
        try:
            if "voices" in request:
                return {"voices": [(name, list(languages)) for name, languages in voices()]}
            say(request)
        except NoSuchVoice:
            return {"error": f"no voice speaks {request['language']!r}", "no_voice": True}
        except NotHere as error:
            return {"error": str(error), "not_here": True}
        return {}

    answer_requests(handle)


def finish(sound: audio.Sound, rate: int, request: Json) -> None:
    """Write what was said as the phone plays it."""
    standard = Standard(**request["standard"])
    said = audio.polish(audio.to_phone_rate(sound, rate, standard.rate), standard.rate)
    audio.write(Path(request["file"]), levelled(said, standard, request["volume"]), standard.rate)
