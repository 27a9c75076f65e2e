"""espeak-ng without pyttsx3: its library, from the wheel, in a process of its own."""

from __future__ import annotations

from .child_engine import ChildEngine, installed


class EspeakEngine(ChildEngine):
    """Speaks every language that espeak-ng knows, and SSML."""

    knows_ssml = True

    def __init__(self) -> None:
        super().__init__("ivr.speech.espeak_child")

    def version(self, language: str) -> str:
        """See `VoiceEngine`."""
        return f"espeak-ng {installed('espeakng-loader')}"
