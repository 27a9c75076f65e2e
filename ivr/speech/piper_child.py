"""The child that speaks with piper: requests and answers as in `synthesis`.

Its arguments are the files of the models, which it loads before it is asked for anything.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from .child import Json
from .synthesis import NotHere, Voices, finish, serve

_USUAL = 165  # words per minute, about, of a voice whose length scale is 1


class Engine:
    """The models of this process, by their files; of those that cannot be loaded, why."""

    def __init__(self, files: list[str]) -> None:
        self._models: dict[str, Any] = {}
        try:
            from piper import PiperVoice, SynthesisConfig
        except ImportError:
            return
        self._configured = SynthesisConfig
        for file in files:
            try:
                self._models[file] = PiperVoice.load(file)
            except Exception as error:  # those of a library of its own are among them
                self._models[file] = f"{file} cannot be loaded: {error}"

    def say(self, request: Json) -> None:
        """Say something into a file."""
        if not self._models:
            raise NotHere("piper is not installed here; try: pip install 'ivr[piper]'")
        model = self._models[request["voice"]]
        if isinstance(model, str):
            raise ValueError(model)
        # What a voice sounds like at another pitch is part of its model.
        settings = self._configured(length_scale=self._scale(model) * _USUAL / request["rate"])
        # To piper, [[ begins phonemes; to whoever wrote the text, it does not.
        text = request["text"].replace("[[", "[ [")
        pieces = list(model.synthesize(text, settings))  # one a sentence
        if not pieces:
            raise ValueError("the voice said nothing")
        samples = b"".join(piece.audio_int16_bytes for piece in pieces)
        sound = np.frombuffer(samples, "<i2").astype(np.float32) / np.float32(2**15)
        finish(sound, pieces[0].sample_rate, request)

    def voices(self) -> Voices:
        """Nothing that the parent does not know better."""
        return []

    @staticmethod
    def _scale(model: Any) -> float:
        return float(model.config.length_scale)


if __name__ == "__main__":
    engine = Engine(sys.argv[1:])
    serve(engine.voices, engine.say)
