"""piper (the extra `piper`): neural voices, each a model that its owner has downloaded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .catalogue import canonical
from .child_engine import ChildEngine, installed
from .voice import NoVoice, Offer, Utterance

_START = 60.0  # seconds: a library of 70 MB, and models of as much


class PiperEngine(ChildEngine):
    """Speaks with `models`: by language the file of a voice, beside which its ``.onnx.json`` is."""

    def __init__(self, models: Mapping[str, Path]) -> None:
        self._models = {canonical(language): file for language, file in models.items()}
        files = sorted({str(file) for file in models.values()})
        super().__init__("ivr.speech.piper_child", *files, start_limit=_START)

    def version(self, language: str) -> str:
        """See `VoiceEngine`."""
        file = self._models.get(canonical(language))
        try:
            at = file.stat() if file else None
        except OSError:
            at = None
        model = f"{file} of {at.st_size} bytes, {at.st_mtime_ns}" if at else f"{file}"
        return f"piper {installed('piper-tts')}, {model}"

    def speaks(self, language: str) -> bool:
        """See `VoiceEngine`."""
        return canonical(language) in self._models

    def voices(self) -> list[Offer]:
        """See `VoiceEngine`."""
        return [Offer(str(file), (language,)) for language, file in sorted(self._models.items())]

    def synthesize(self, utterance: Utterance, file: Path, limit: float) -> None:
        """See `VoiceEngine`."""
        model = self._models.get(canonical(utterance.language))
        if model is None:
            raise NoVoice(f"no voice speaks {utterance.language!r}")
        self._synthesize(utterance, file, limit, voice=str(model))
