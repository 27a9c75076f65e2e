"""A project: its settings, the prompts and flows they name, and what serving them takes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from .config import Settings, load_settings
from .engine.effects import Text
from .engine.errors import Fault, LoadError
from .engine.flow import Flow
from .flowfile import load_flow, static_prompts
from .routes import Routes
from .speech.catalogue import read_catalogue
from .speech.prompts import PromptStore
from .speech.pyttsx3_voice import Pyttsx3Voice


@dataclass(frozen=True, slots=True)
class Project:
    """What an ``ivr.yaml`` describes, read and checked."""

    settings: Settings
    flows: dict[str, Flow]
    """Flow of each route."""

    @property
    def routes(self) -> Routes:
        return Routes(self.flows)

    def prompts(self) -> PromptStore:
        """The prompts of the project, with the words that its flows always say."""
        texts = [
            (flow.language, prompt.words)
            for flow in self.flows.values()
            for prompt in static_prompts(flow)
            if isinstance(prompt, Text)
        ]
        settings = self.settings
        return PromptStore(
            settings.prompts, settings.cache, settings.language, voice(settings), texts=texts
        )


def load_project(file: Path) -> Project:
    """Read settings, prompts and flows.  Raises `LoadError` with the faults of all the files."""
    settings = load_settings(file)
    faults: list[Fault] = []
    names = None
    try:
        names = read_catalogue(settings.prompts, settings.language).names("")
    except LoadError as error:
        faults += error.faults
    flows = load_flows(set(settings.routes.values()), names, faults)
    if faults:
        raise LoadError(faults)
    return Project(settings, {number: flows[path] for number, path in settings.routes.items()})


def prompt_names(settings_file: Path) -> set[str] | None:
    """The prompts of a project; None where there are no settings to say where they are."""
    if not settings_file.exists():
        return None
    settings = load_settings(settings_file)
    return read_catalogue(settings.prompts, settings.language).names()


def load_flows(
    files: Iterable[Path], names: Collection[str] | None, faults: list[Fault]
) -> dict[Path, Flow]:
    """Read flow files; what is wrong with them is added to *faults*."""
    flows: dict[Path, Flow] = {}
    for path in sorted(files):
        try:
            flows[path] = load_flow(path, names)
        except LoadError as error:
            faults += error.faults
    return flows


def voice(settings: Settings) -> Pyttsx3Voice:
    return Pyttsx3Voice(settings.voice.names, settings.voice.rate)
