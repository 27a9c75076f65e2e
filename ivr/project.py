"""A project: its settings, the prompts and flows they name, and what serving them takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from . import outside
from .config import Settings, load_settings
from .config.calls_out import allowed
from .config.routing import Callers
from .config.voice import EngineName, Voice
from .engine import saying
from .engine.call_out import ACCEPT
from .engine.codes import Code
from .engine.effects import Text, Url
from .engine.errors import Fault, LoadError
from .engine.flow import Flow
from .engine.house import House
from .engine.statuses import CODES
from .engine.targets import Allowed, remedy
from .flowfile import load_flow, read_house, static_addresses, static_prompts
from .routes import CallerList, Routes, Split, flows_of, refusing
from .speech.catalogue import Catalogue, read_catalogue
from .speech.espeak_voice import EspeakEngine
from .speech.piper_voice import PiperEngine
from .speech.prompts import PromptStore
from .speech.pyttsx3_voice import Pyttsx3Engine
from .speech.recorded_voice import RecordedEngine
from .speech.speaker import Speaker


@dataclass(frozen=True, slots=True)
class Project:
    """What an ``ivr.yaml`` describes, read and checked."""

    settings: Settings
    flows: dict[str, Flow | Split]
    """What each route leads to."""
    further: tuple[Flow, ...] = ()
    """The flows of calls out that no route leads to."""
    callers: tuple[CallerList, ...] = ()
    warnings: tuple[Fault, ...] = ()
    """What in flows and prompts is not as its author meant it."""

    @property
    def routes(self) -> Routes:
        settings = self.settings
        return Routes(
            self.flows,
            self.further,
            country=settings.country,
            callers=self.callers,
            languages=settings.languages.callers,
            dialled_languages=settings.languages.dialled,
        )

    @property
    def every_flow(self) -> list[Flow]:
        """Each flow once."""
        split = map(flows_of, self.flows.values())
        listed = (each.flow for each in self.callers if each.flow)
        return list(dict.fromkeys([*chain(*split), *listed, *self.further]))

    def beside(self, flow: Flow) -> Project:
        """The same, with one flow more."""
        return replace(self, further=(*self.further, flow))

    def prompts(self) -> PromptStore:
        """The prompts of the project, with the words that its flows always say."""
        others = spoken_languages(self.settings)
        texts = [
            (language, prompt.words)
            for flow in self.every_flow
            for prompt in static_prompts(flow)
            if isinstance(prompt, Text)
            for language in ([flow.language] if flow.language else ["", *others])
        ]
        texts += [(flow.language, ACCEPT.words) for flow in self.further]
        settings = self.settings
        voice, *stand_ins = voices(settings)
        return PromptStore(
            settings.prompts,
            settings.cache,
            settings.language,
            voice,
            others=stand_ins,
            texts=texts,
            urls={url for flow in self.every_flow for url in _urls(flow)},
            fetch=outside.fetch(settings),
            messages=settings.messages,
        )


def load_project(file: Path) -> Project:
    """Read settings, prompts and flows.  Raises `LoadError` with the faults of all the files."""
    settings = load_settings(file)
    faults: list[Fault] = []
    catalogue = None
    try:
        catalogue = read_catalogue(settings.prompts, settings.language)
    except LoadError as error:
        faults += error.faults
    house = None
    try:
        house = house_of(settings, file)
    except LoadError as error:
        faults += error.faults
    called, shared = targets(settings), settings.shared
    flows = load_flows(settings.flow_files, catalogue, called, faults, house, shared)
    faults += [fault for flow in flows.values() for fault in unfit(flow)]
    numbers = read_callers(settings, file, faults)
    if faults:
        raise LoadError(faults)
    callers = tuple(
        CallerList(
            name,
            numbers[name],
            _flow_of(name, each, flows),
            each.allow,
        )
        for name, each in settings.callers.items()
    )
    secrets = outside.secrets(settings)
    for flow in flows.values():
        faults += _unfetched(flow, settings)
    if faults:
        raise LoadError(faults)
    codes = {**CODES, **{str(name): code for name, code in settings.statuses.items()}}
    for flow in (*flows.values(), *(each.flow for each in callers if each.flow)):
        flow.statuses, flow.secrets = codes, secrets
    if saying.in_use():
        named = {flow.language for flow in flows.values() if flow.language}
        saying.prepare(settings.language, *sorted(named), *spoken_languages(settings))
    return Project(
        settings,
        {
            number: Split({flows[path]: share for path, share in route.items()})
            if isinstance(route, dict)
            else flows[route]
            for number, route in settings.routes.items()
        },
        tuple(flows[path] for path in settings.flows),
        callers,
        tuple(warnings_of(flows.values(), catalogue)),
    )


def _flow_of(name: str, callers: Callers, flows: Mapping[Path, Flow]) -> Flow | None:
    """The flow that takes the calls of a caller list, if one does."""
    if callers.reject:
        return refusing(f"caller list {name}", callers.reject)
    return flows[callers.flow] if callers.flow else None


def read_callers(settings: Settings, file: Path, faults: list[Fault]) -> dict[str, tuple[str, ...]]:
    """The numbers of each caller list; what is wrong with them is added to *faults*."""
    found = {}
    for name, each in settings.callers.items():
        try:
            found[name] = each.read(file.parent)
        except ValueError as error:
            faults.append(Fault(str(file), 0, 0, f"callers.{name}: {error}", Code.BAD_SETTING))
    return found


def read_prompts(settings_file: Path) -> Catalogue | None:
    """The prompts of a project; None where there are no settings to say where they are."""
    if not settings_file.exists():
        return None
    settings = load_settings(settings_file)
    return read_catalogue(settings.prompts, settings.language)


def load_flows(
    files: Iterable[Path],
    catalogue: Catalogue | None,
    targets: Allowed | None,
    faults: list[Fault],
    house: House | None = None,
    shared: Path | None = None,
) -> dict[Path, Flow]:
    """Read flow files; what is wrong with them is added to *faults*.

    *shared* is what all flows have.  Without *catalogue* prompts are not checked, without *targets*
    the addresses that are called, without *house* the schedules of the settings.
    """
    flows: dict[Path, Flow] = {}
    for path in sorted(files):
        try:
            names = catalogue.everywhere() if catalogue else None
            flows[path] = load_flow(path, names, house=house, shared=shared)
        except LoadError as error:
            faults += [fault for fault in error.faults if fault not in faults]
            continue
        if catalogue:
            faults += _foreign_prompts(flows[path], catalogue)
        if targets:
            faults += _forbidden(flows[path], targets)
    return flows


def spoken_languages(settings: Settings) -> list[str]:
    """The languages that callers get by number."""
    languages = settings.languages
    return sorted({*languages.callers.values(), *languages.dialled.values()})


def house_of(settings: Settings, file: Path) -> House:
    """What the settings, read from *file*, give to flows.  Raises `LoadError`."""
    return replace(read_house(file), language=settings.language)


def unfit(flow: Flow) -> Iterator[Fault]:
    """Why no call can begin with *flow*: nobody gives it what it needs."""
    needed = [name for name, each in flow.arguments.items() if each.default is None]
    if needed:
        yield flow.place.fault(
            f"no call can begin with {flow.name}: it needs {', '.join(needed)}; give each a"
            " default, or lead the number to a flow that calls it",
            Code.MISSING_PARAMETER,
        )


def warnings_of(flows: Iterable[Flow], catalogue: Catalogue | None) -> list[Fault]:
    """What in flows and prompts is not as its author meant it, and can be used."""
    found = {each for flow in flows for part in flow.family() for each in part.warnings}
    return sorted(found.union(catalogue.warnings if catalogue else ()))


def _foreign_prompts(flow: Flow, catalogue: Catalogue) -> Iterator[Fault]:
    """Prompts that exist, but not in a language that callers of *flow* would hear."""
    heard = catalogue.names(flow.language)
    for name in sorted(p for p in static_prompts(flow) if isinstance(p, str) and p not in heard):
        language = flow.language or catalogue.default
        wrong = f"the prompt {name!r} does not exist in {language!r}; add it there"
        yield flow.place.fault(wrong, Code.UNTRANSLATED_PROMPT)


def _urls(flow: Flow) -> Iterator[str]:
    """The sounds of the web that *flow* plays, whoever calls."""
    for prompt in static_prompts(flow):
        if isinstance(prompt, Url):
            yield prompt.url


def _unfetched(flow: Flow, settings: Settings) -> Iterator[Fault]:
    """The sounds of the web that *flow* wants, and the settings do not let us fetch."""
    for url in sorted(_urls(flow)):
        if wrong := outside.forbidden(settings, url):
            yield flow.place.fault(f"{url}: {wrong}", Code.FORBIDDEN_ADDRESS)


def _forbidden(flow: Flow, targets: Allowed) -> Iterator[Fault]:
    """Whom *flow* has us call, and the settings do not let us."""
    for address, place in static_addresses(flow):
        if not targets.permits(address):
            wrong = f"{address} may not be called; {remedy(address)}"
            yield place.fault(wrong, Code.FORBIDDEN_ADDRESS)


def targets(settings: Settings) -> Allowed:
    """Whom the line may call."""
    return Allowed(allowed(settings))


def voices(settings: Settings) -> list[Speaker]:
    """The voice of the project, and those that stand in for it, in this order."""
    voice = settings.voice
    return [_speaker(engine, voice) for engine in dict.fromkeys((voice.engine, *voice.fallback))]


def _speaker(engine: EngineName, voice: Voice) -> Speaker:
    match engine:
        case "pyttsx3":
            return Speaker(Pyttsx3Engine(), voice.names, voice.rate, voice.pitch, voice.volume)
        case "espeak-ng":
            return Speaker(EspeakEngine(), voice.names, voice.rate, voice.pitch, voice.volume)
        case "piper":
            return Speaker(PiperEngine(voice.piper), None, voice.rate, voice.pitch, voice.volume)
        case "recorded":
            return Speaker(RecordedEngine(voice.recorded or Path()))
