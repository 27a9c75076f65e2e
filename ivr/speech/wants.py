"""What may be wanted of the prompts: a name, a text or a sound, in a language."""

from __future__ import annotations

from collections.abc import Iterable

from ..engine.effects import File, Given, Prompt, Recorded, Signal, Silence, Text, Tone, Url
from .catalogue import BUILT_IN, Catalogue, canonical, clean

Want = tuple[str, Prompt]
"""A canonical language tag, and what is to be heard in that language."""


class Lasting:
    """What flows play the same in every call: texts, addresses of the web, files and tones.

    `texts` and `sounds` are with the language of who hears them.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        texts: Iterable[tuple[str, str]],
        urls: Iterable[str],
        sounds: Iterable[Want],
    ) -> None:
        default = catalogue.default
        self._catalogue = catalogue
        self.texts = frozenset((canonical(each) or default, clean(text)) for each, text in texts)
        self.urls = frozenset(urls)
        # Only what a network plays differs from one language to another.
        self._sounds = dict.fromkeys(
            ((canonical(each) or default) if isinstance(sound, Signal) else default, sound)
            for each, sound in sounds
        )

    def wants(self) -> list[Want]:
        """All that is known before the first call, each once: these, and the whole catalogue."""
        catalogue = self._catalogue
        languages = {*catalogue.entries, *(language for language, _ in self.texts)}
        heard = [catalogue.default, *sorted(languages - {catalogue.default})]
        wants: dict[Want, None] = {(each, name): None for each in heard for name in BUILT_IN}
        for language, entries in sorted(catalogue.entries.items()):
            wants.update(((language, name), None) for name in sorted(entries))
        wants.update(((language, Text(words)), None) for language, words in sorted(self.texts))
        wants.update(((catalogue.default, Url(url)), None) for url in sorted(self.urls))
        wants.update(self._sounds)
        return list(wants)

    def title(self, want: Want) -> str:
        """What `want` is called in logs and reports."""
        language, prompt = want
        match prompt:
            case Text(words):
                if (language, clean(words)) in self.texts:
                    return f'"{words[:60]}"'
                # It may hold what concerns one caller alone: such words stay out of logs.
                return f"text of {len(words)} characters"
            case Tone(frequency):
                return f"tone of {frequency} Hz"
            case Signal(name):
                return f"{name} tone"
            case Silence():
                return "silence"
            case File(path) | Recorded(path):
                return path
            case Url(url):
                return url if url in self.urls else "a sound of the web"
            case str() | Given():
                return str(prompt)
