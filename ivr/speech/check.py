"""Does the voice work here?"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from ..engine.errors import IvrError
from . import wav
from .voice import NoVoice, Voice


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found, and what to do about it (empty when all is well)."""

    ok: bool
    finding: str
    remedy: str = ""


def check(voice: Voice, language: str, limit: float = 10.0) -> Verdict:
    """Let `voice` say a few words in `language`; takes `limit` seconds per attempt at most."""
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
            file = Path(folder) / "check.wav"
            voice.speak("One, two, three.", language, file, limit)
            seconds = len(wav.read(file)) / 2 / wav.RATE
    except NoVoice as error:
        return Verdict(False, str(error), "choose a language or a voice that the engine has")
    except (IvrError, OSError, ValueError) as error:
        return Verdict(
            False,
            str(error),
            "reinstall the packages pyttsx3, espeakng-loader, numpy and soxr; without a voice, "
            "only recorded prompts are heard",
        )
    finally:
        voice.close()
    took = time.monotonic() - began
    return Verdict(True, f"{voice.identity(language)}: {seconds:.1f} s of speech in {took:.2f} s")
