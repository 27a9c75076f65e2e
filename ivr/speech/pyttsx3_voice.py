"""The engine that comes with the product: pyttsx3 and espeak-ng, in a process of their own.

Alone, pyttsx3 returns before it has spoken, loses utterances and can hang; and espeak-ng may end
its process.  The child bears that, and keeps a GPL-3.0 library out of the serving process.
"""

from __future__ import annotations

from .child_engine import ChildEngine, installed


class Pyttsx3Engine(ChildEngine):
    """Speaks every language that espeak-ng knows; knows no SSML: it would read the tags out."""

    def __init__(self) -> None:
        super().__init__("ivr.speech.pyttsx3_child")

    def version(self, language: str) -> str:
        """See `VoiceEngine`."""
        return f"pyttsx3 {installed('pyttsx3')}, espeak-ng {installed('espeakng-loader')}"
