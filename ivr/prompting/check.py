"""What is wrong with the prompts of a project, before a caller finds out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..engine.effects import File, Text
from ..engine.errors import Fault
from ..engine.flow import Flow, Place
from ..engine.state import NOWHERE
from ..project import Project
from ..speech.catalogue import BUILT_IN, Entry, canonical, clean, widened
from ..speech.prompts import PromptStore
from ..speech.review import review
from ..speech.wants import Want
from ..speech.wav import Standard

Kind = Literal["missing", "not rendered", "unused", "sound"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about one prompt that its author would want to know."""

    kind: Kind
    language: str
    name: str
    message: str
    place: Place = NOWHERE

    @property
    def is_wrong(self) -> bool:
        """Whether a caller would notice."""
        return self.kind != "unused"

    def __str__(self) -> str:
        place = self.place
        at = f"{place.file}:{place.line}:{place.column}" if place.line else place.file
        return f"{at + ': ' if at else ''}{self.language} {self.name}: {self.message}"


def findings(
    project: Project, store: PromptStore, untranslated: Iterable[Fault]
) -> Iterator[Finding]:
    """All there are.  *untranslated* as `load_project` tells it."""
    entries = store.catalogue.entries
    yield from _missing(store, untranslated)
    for language, name in unused(project.every_flow, entries):
        yield Finding("unused", language, name, "no flow plays it", entries[language][name].place)
    yield from _sounds(project, store)


def _missing(store: PromptStore, untranslated: Iterable[Fault]) -> Iterator[Finding]:
    """What a language lacks that callers have."""
    told = set()
    for fault in untranslated:
        place, (language, name) = Place(fault.file, fault.line, fault.column), _lacking(fault)
        told.add((language, name))
        yield Finding("missing", language, name, "is played here, and is not there", place)
    for language, name in store.catalogue.untranslated():
        if (language, name) not in told and name not in store.catalogue.own_names(language):
            place = store.catalogue.entries[store.catalogue.default][name].place
            yield Finding("missing", language, name, "is not translated", place)


def _sounds(project: Project, store: PromptStore) -> Iterator[Finding]:
    """What has not been rendered, and what does not sound as it should."""
    entries, rendered, places = store.catalogue.entries, store.rendered(), _places(project, store)
    voice = project.settings.voice
    for want in store.lasting():
        language, prompt = want
        entry = entries.get(language, {}).get(prompt) if isinstance(prompt, str) else None
        place = entry.place if entry else places.get(want, NOWHERE)
        title = store.title(want)
        if want not in rendered:
            message = "not rendered; `ivr prompts build` does that"
            yield Finding("not rendered", language, title, message, place)
            continue
        recording = entry.recording if entry else None
        if isinstance(prompt, File):
            recording = Path(prompt.path)
        standard = Standard(loudness=voice.loudness)
        for message in review(rendered[want], recording, standard, voice.longest):
            at = Place(str(recording)) if recording else place
            yield Finding("sound", language, title, message, at)


def _places(project: Project, store: PromptStore) -> dict[Want, Place]:
    """Where flows say first what they always say."""
    default = store.catalogue.default
    places: dict[Want, Place] = {}
    for language, prompt, place in project.said():
        if isinstance(prompt, Text):
            own = canonical(language) or default
            places.setdefault((own, Text(clean(prompt.words))), place)
        else:
            places.setdefault((default, prompt), place)
    return places


def unused(
    flows: Iterable[Flow], entries: Mapping[str, Mapping[str, Entry]]
) -> Iterator[tuple[str, str]]:
    """(language, name) of what no flow plays.

    A name that stands in a flow of Python counts as played: it may be put together with others.
    """
    family = {each for flow in flows for each in flow.family()}
    played: set[object] = {p for flow in family for p in flow.prompts}
    played |= {p for flow in family for state in flow.states.values() for p in state.prompts}
    for flow in family:
        for argument in flow.arguments.values():
            given = argument.default
            played |= set(given) if isinstance(given, tuple) else set()
    sources = {flow.place.file for flow in family if flow.place.file.endswith(".py")}
    written = "".join(Path(file).read_text("utf-8", "replace") for file in sorted(sources))
    for language, named in sorted(entries.items()):
        for name in sorted(named):
            quoted = f'"{name}"' in written or f"'{name}'" in written
            if name not in played and name not in BUILT_IN and not quoted:
                yield language, name


def _lacking(fault: Fault) -> tuple[str, str]:
    """The language and the name that *fault* is about."""
    _, name, _, language, *_ = fault.message.split("'")
    return widened(canonical(language))[0], name
