"""What the engine uses of piper 1.8, where the real one is not installed: it hums."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np


@dataclass
class SynthesisConfig:
    length_scale: float | None = None


@dataclass
class AudioChunk:
    sample_rate: int
    audio_int16_bytes: bytes


class PiperVoice:
    def __init__(self, config: SimpleNamespace) -> None:
        self.config = config

    @staticmethod
    def load(model_path: str) -> PiperVoice:
        given = json.loads(Path(f"{model_path}.json").read_text())
        Path(model_path).read_bytes()
        rate = given["audio"]["sample_rate"]
        return PiperVoice(SimpleNamespace(sample_rate=rate, length_scale=1.0))

    def synthesize(self, text: str, syn_config: SynthesisConfig) -> Iterator[AudioChunk]:
        for sentence in text.split("."):
            if sentence.strip():
                many = int(len(sentence) * 512 * (syn_config.length_scale or 1.0))
                hum = 16000 * np.sin(np.arange(many) / 4)
                yield AudioChunk(self.config.sample_rate, hum.astype(np.int16).tobytes())
