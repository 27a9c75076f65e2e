"""A project: its settings, the prompts and flows they name, and what serving them takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from . import outside
from .config import Settings, load_settings
from .config.calls_out import allowed
from .config.routing import Callers
from .config.voice import EngineName, Voice
from .engine import saying, spoken
from .engine.codes import Code
from .engine.effects import Prompt, Text, Url
from .engine.errors import Fault, LoadError
from .engine.flow import Flow, Place
from .engine.house import House
from .engine.sentences import to_accept
from .engine.statuses import CODES
from .engine.targets import Allowed, remedy
from .flowfile import load_flow, read_house, static_addresses, static_places, static_prompts
from .routes import CallerList, Routes, Split, flows_of, refusing
from .speech import wav
from .speech.catalogue import Catalogue, read_catalogue
from .speech.espeak_voice import EspeakEngine
from .speech.piper_voice import PiperEngine
from .speech.prompts import PromptStore
from .speech.pyttsx3_voice import Pyttsx3Engine
from .speech.recorded_voice import RecordedEngine
from .speech.speaker import Speaker

SAID = (str, Text, Url)
"""What is no file and no tone."""


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

    def _heard_in(self, flow: Flow) -> set[str]:
        """The languages of its callers, as far as they are known; empty: that of the settings."""
        given = {flow.language} if flow.language else {"", *spoken_languages(self.settings)}
        return given.union(flow.languages)

    def said(self) -> Iterator[tuple[str, Prompt, Place]]:
        """All that flows play the same in every call, in each language of their callers.

        With the place that says so.  An empty language is that of the settings.
        """
        for flow in self.every_flow:
            for language in self._heard_in(flow):
                own = language or self.settings.language
                for prompt, place in static_places(flow, own).items():
                    yield language, prompt, place
                if flow in self.further:
                    yield language, to_accept("1", own), flow.place

    def prompts(self, rate: int = wav.RATE, limit: float = 3.0) -> PromptStore:
        """The prompts of the project, with all that its flows always play.

        *rate* is in hertz, *limit* in seconds that a caller may wait for one.
        """
        said = list(self.said())
        settings = self.settings
        standard = wav.Standard(rate, settings.voice.loudness)
        voice, *stand_ins = voices(settings, standard)
        return PromptStore(
            settings.prompts,
            settings.cache,
            settings.language,
            voice,
            others=stand_ins,
            texts=((language, each.words) for language, each, _ in said if isinstance(each, Text)),
            urls={each.url for _, each, _ in said if isinstance(each, Url)},
            sounds=((language, each) for language, each, _ in said if not isinstance(each, SAID)),
            fetch=outside.fetch(settings),
            messages=settings.messages,
            limit=limit,
            standard=standard,
            more_voices=lambda: voices(settings, standard),
        )


@dataclass(frozen=True, slots=True)
class Ground:
    """What flows are read with and stand on, the same for every command.

    Where there are no settings there is none of it, and less of a flow is checked.
    """

    settings: Settings | None = None
    catalogue: Catalogue | None = None
    house: House | None = None
    callers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The numbers of each caller list."""

    @classmethod
    def read(cls, file: Path) -> Ground:
        """That of the settings *file*, if it exists.  Raises `LoadError` and `SettingsError`."""
        faults: list[Fault] = []
        ground = cls.of(load_settings(file), file, faults) if file.exists() else cls()
        if faults:
            raise LoadError(faults)
        return ground

    @classmethod
    def of(cls, settings: Settings, file: Path, faults: list[Fault]) -> Ground:
        """That of *settings*, read from *file*; what is wrong with it is added to *faults*."""
        catalogue = house = None
        try:
            catalogue = read_catalogue(settings.prompts, settings.language)
        except LoadError as error:
            faults += error.faults
        callers = _callers(settings, file, faults)
        try:
            house = _house(settings, file, callers)
        except LoadError as error:
            faults += error.faults
        return cls(settings, catalogue, house, callers)

    @property
    def prompts(self) -> set[str] | None:
        """The names of the prompts there are; None: nobody knows."""
        return self.catalogue.everywhere() if self.catalogue else None

    def load(self, files: Iterable[Path], faults: list[Fault]) -> dict[Path, Flow]:
        """Read flow files; what is wrong with them is added to *faults*."""
        flows: dict[Path, Flow] = {}
        called = targets(self.settings) if self.settings else None
        for path in sorted(files):
            try:
                flows[path] = load_flow(path, self.prompts, house=self.house)
            except LoadError as error:
                faults += [fault for fault in error.faults if fault not in faults]
                continue
            if self.catalogue:
                faults += _foreign_prompts(flows[path], self.catalogue, self.house)
            if called:
                faults += _forbidden(flows[path], called)
        return flows

    def load_one(self, file: Path) -> Flow:
        """Read one flow file.  Raises `LoadError`."""
        faults: list[Fault] = []
        flows = self.load([file], faults)
        if faults:
            raise LoadError(faults)
        return flows[file]

    def equip(self, *flows: Flow) -> None:
        """Give *flows* what they have while they are served, and not while they are tested."""
        if self.settings is not None:
            secrets = outside.secrets(self.settings)
            for flow in flows:
                flow.secrets, flow.house = secrets, self.house or flow.house


def load_project(file: Path, untranslated: list[Fault] | None = None) -> Project:
    """Read settings, prompts and flows.  Raises `LoadError` with the faults of all the files.

    Where *untranslated* is given, prompts that a language lacks are added to it, and are no fault.
    """
    settings = load_settings(file)
    faults: list[Fault] = []
    ground = Ground.of(settings, file, faults)
    flows = ground.load(settings.flow_files, faults)
    faults += [fault for flow in flows.values() for fault in unfit(flow)]
    if untranslated is not None:
        untranslated += [each for each in faults if each.code == Code.UNTRANSLATED_PROMPT]
        faults = [each for each in faults if each not in untranslated]
    if faults:
        raise LoadError(faults)
    callers = tuple(
        CallerList(
            name,
            ground.callers[name],
            _flow_of(name, each, flows),
            each.allow,
        )
        for name, each in settings.callers.items()
    )
    for flow in flows.values():
        faults += _unfetched(flow, settings)
    if faults:
        raise LoadError(faults)
    ground.equip(*flows.values(), *(each.flow for each in callers if each.flow))
    named = {each for flow in flows.values() for each in (flow.language, *flow.languages)}
    for data in (saying, spoken):
        if data.in_use():
            data.prepare(settings.language, *sorted(named - {""}), *spoken_languages(settings))
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
        tuple(warnings_of(flows.values(), ground.catalogue)),
    )


def _flow_of(name: str, callers: Callers, flows: Mapping[Path, Flow]) -> Flow | None:
    """The flow that takes the calls of a caller list, if one does."""
    if callers.reject:
        return refusing(f"caller list {name}", callers.reject)
    return flows[callers.flow] if callers.flow else None


def _callers(settings: Settings, file: Path, faults: list[Fault]) -> dict[str, tuple[str, ...]]:
    """The numbers of each caller list; what is wrong with them is added to *faults*."""
    found = {}
    for name, each in settings.callers.items():
        try:
            found[name] = each.read(file.parent)
        except ValueError as error:
            faults.append(Fault(str(file), 0, 0, f"callers.{name}: {error}", Code.BAD_SETTING))
    return found


def spoken_languages(settings: Settings) -> list[str]:
    """The languages that callers may have besides the one of the settings."""
    languages = settings.languages
    return sorted({*languages.callers.values(), *languages.dialled.values(), *languages.spoken})


def _house(settings: Settings, file: Path, callers: Mapping[str, tuple[str, ...]]) -> House:
    """What the settings, read from *file*, give to flows.  Raises `LoadError`."""
    numbers = Routes(
        {},
        country=settings.country,
        callers=[CallerList(name, listed) for name, listed in callers.items()],
        languages=settings.languages.callers,
        dialled_languages=settings.languages.dialled,
    )
    return replace(
        read_house(file),
        language=settings.language,
        statuses={**CODES, **{str(name): code for name, code in settings.statuses.items()}},
        shared=str(settings.shared or ""),
        languages=tuple(settings.languages.spoken),
        known=lambda offer: numbers.take(offer).offer,
    )


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


def _foreign_prompts(flow: Flow, catalogue: Catalogue, house: House | None) -> Iterator[Fault]:
    """Prompts that exist, but not in a language that callers of *flow* would hear."""
    declared = flow.languages or (house.languages if house and not flow.language else ())
    places = static_places(flow)
    names = sorted(prompt for prompt in places if isinstance(prompt, str))
    for language in declared or (flow.language or catalogue.default,):
        heard = catalogue.own_names(language) if declared else catalogue.names(language)
        for name in names:
            if name not in heard:
                wrong = f"the prompt {name!r} does not exist in {language!r}; add it there"
                yield places[name].fault(wrong, Code.UNTRANSLATED_PROMPT)


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


def voices(settings: Settings, standard: wav.Standard | None = None) -> list[Speaker]:
    """The voice of the project, and those that stand in for it, in this order."""
    voice = settings.voice
    standard = standard or wav.Standard(loudness=voice.loudness)
    engines = dict.fromkeys((voice.engine, *voice.fallback))
    return [_speaker(engine, voice, standard) for engine in engines]


def _speaker(engine: EngineName, voice: Voice, standard: wav.Standard) -> Speaker:
    how = voice.rate, voice.pitch, voice.volume, standard
    match engine:
        case "pyttsx3":
            return Speaker(Pyttsx3Engine(), voice.names, *how)
        case "espeak-ng":
            return Speaker(EspeakEngine(), voice.names, *how)
        case "piper":
            return Speaker(PiperEngine(voice.piper), None, *how)
        case "recorded":
            return Speaker(RecordedEngine(voice.recorded or Path()), standard=standard)
