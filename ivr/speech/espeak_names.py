"""How espeak-ng names its voices, and counts what they can do."""

from __future__ import annotations

from collections.abc import Iterable
from math import log


class Names:
    """Finds the voice of a language among `voices`: names (``gmw/en-us``) and their languages."""

    def __init__(self, voices: Iterable[tuple[str, Iterable[str]]]) -> None:
        self.voices = [(name, tuple(languages)) for name, languages in voices]
        self._by_language: dict[str, str] = {}
        for name, languages in self.voices:
            for tag in languages:
                self._by_language.setdefault(tag.lower(), name)
        # espeak-ng names its voices after languages too: gmw/en, whose language is en-gb.
        self._by_language.update((name.rpartition("/")[2], name) for name, _ in self.voices)

    def of(self, language: str) -> str:
        """The voice for exactly this language tag, "" where there is none."""
        return self._by_language.get(language.lower(), "")


def pitch(times: float) -> int:
    """The pitch, of 0 to 99, that sounds so many times as high as the usual one (measured)."""
    return min(max(round(50 + 50 * log(times) / log(1.6)), 0), 99)
