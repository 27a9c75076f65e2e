"""Does the recogniser work here?"""

from __future__ import annotations

from .check import Verdict
from .ear import Ear

LIMIT = 30.0  # seconds to load the models


def check(ear: Ear, limit: float = LIMIT) -> Verdict:
    """Have the models loaded, and let go of them; where all is well, nothing is found."""
    remedy = "see docs/speech.md; until then callers press keys"
    try:
        ear.start()
        if not ear.process.wait(limit):
            return Verdict(False, ear.process.trouble or f"not ready within {limit:g} s", remedy)
        failures = [f"{language}: {why}" for language, why in ear.process.failures.items()]
        return Verdict(not failures, "; ".join(failures), remedy if failures else "")
    finally:
        ear.close()
