"""A recogniser that hears what it is told: for tests of what goes on around recognition.

Its model is a JSON file with an answer for each phrase; the first phrase of what is listened for
that has one gets it, and where none has, the phrase itself is heard.  An answer is such as
``{"text": "sales", "confidence": 0.4, "alternatives": [["cells", 0.3]], "does": "crash"}``; it does
``crash``, ``hang`` or ``raise`` when the turn is over, ``slow`` half a second after that.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from .recogniser import Grammar, Recognised, RecogniserError

HANGS = 3600.0
SLOW = 0.5


def load(model: str) -> ScriptedRecogniser:
    """Raises `RecogniserError`."""
    try:
        return ScriptedRecogniser(json.loads(Path(model).read_text("utf-8")) if model else {})
    except (OSError, ValueError) as error:
        raise RecogniserError(f"{model}: {error}") from error


class ScriptedRecogniser:
    """See `Recogniser`."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self._answers = answers

    def knows(self, word: str) -> bool:
        """See `Recogniser`.  One that begins with an x is unknown."""
        return not word.startswith("x")

    def open(self, grammar: Grammar, rate: int) -> _Turn:
        """See `Recogniser`."""
        phrases = (*grammar.phrases, *grammar.loop)
        known = (each for each in phrases if each in self._answers)
        first = next(known, "")
        return _Turn(self._answers[first] if first else {"text": phrases[0]})


class _Turn:
    """See `Recognition`."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self._answer = {"text": "", "confidence": 1.0, "alternatives": (), "does": "", **answer}
        self._fed = 0

    def feed(self, sound: bytes) -> str:
        self._fed += len(sound)
        return str(self._answer["text"])

    def finish(self) -> Recognised:
        match self._answer["does"]:
            case "crash":
                os.abort()
            case "hang":
                time.sleep(HANGS)
            case "slow":
                time.sleep(SLOW)
            case "raise":
                raise ValueError("as it was told")
        text, confidence = str(self._answer["text"]), float(self._answer["confidence"])
        words = tuple((word, confidence) for word in text.split())
        others = tuple((str(other), float(share)) for other, share in self._answer["alternatives"])
        return Recognised(text, confidence, words, others)
