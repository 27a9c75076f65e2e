"""The prompts of a project as they should sound, rendered as its server does."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from ..config import Settings
from ..engine.effects import Play
from ..project import voices
from ..speech import wav
from ..speech.prompts import PromptStore
from .ear import Samples, of_pcm, trimmed
from .rehearsal import Cue

LIMIT = 60.0  # seconds to render a prompt


class Sounds:
    """What a cue sounds like; each is rendered once."""

    def __init__(self, settings: Settings) -> None:
        voice, *others = voices(settings)
        self._store = PromptStore(
            settings.prompts,
            settings.cache,
            settings.language,
            voice,
            others=others,
            limit=LIMIT,
            standard=wav.Standard(loudness=settings.voice.loudness),
        )
        self._known: dict[tuple[object, str], Samples | None] = {}

    def of(self, cue: Cue) -> Samples | None:
        """Its sound without silence at its ends; None: it cannot be rendered here."""
        key = cue.prompt, cue.language
        if key not in self._known:
            self._known[key] = self._render(cue)
        return self._known[key]

    def named(self, language: str) -> list[Cue]:
        """The prompts of the project, which another flow may have."""
        return [Cue(-1, name, language) for name in sorted(self._store.names(language))]

    def close(self) -> None:
        self._store.close()

    def _render(self, cue: Cue) -> Samples | None:
        files: list[Path] = []
        done = threading.Event()

        def ready(found: Sequence[Path]) -> None:
            files.extend(found)
            done.set()

        replaced = self._store.replaced
        self._store.resolve(Play(0, (cue.prompt,), cue.language), ready)
        done.wait()
        if self._store.replaced > replaced:
            return None
        sound = trimmed(of_pcm(b"".join(map(wav.read, files))))
        return sound if len(sound) else None
