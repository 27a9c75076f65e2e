"""What a project's settings make of the ear: its engine and models, and what flows ask of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from pathlib import Path

from .config import Settings
from .engine.codes import Code
from .engine.errors import Fault
from .engine.flow import Flow
from .engine.state import Place
from .flowfile import static_words
from .inspect.lint import sets_language
from .speech import vosk_model
from .speech.attention import Activity
from .speech.ear import Ear, model_for


def models(settings: Settings) -> dict[str, str]:
    """The model of each language; empty: the engine brings it along."""
    along: dict[str, str] = {}
    match settings.speech.engine:
        case "none":
            return {}
        case "vosk":
            along = {language: str(path) for language, path in vosk_model.EMBEDDED.items()}
        case "pocketsphinx" | "scripted":
            along = {"en": ""}
    return along | {language: str(path) for language, path in settings.speech.models.items()}


def ear(settings: Settings) -> Ear:
    """The ear of one worker; it starts nothing by itself."""
    speech = settings.speech
    activity = Activity(speech.activity.mode, speech.activity.floor)
    return Ear(speech.engine, models(settings), settings.language, activity)


def listens(flows: Iterable[Flow]) -> bool:
    """Whether callers of *flows* may speak, as far as their files say so."""
    return any(static_words(flow) for flow in flows)


def lacking(flows: Iterable[Flow], settings: Settings) -> Iterator[str]:
    """The languages in which *flows* listen and that no model is for: each with a place in a file.

    Nothing is loaded for that.
    """
    there = _there(settings)
    told: set[tuple[str, str]] = set()
    for place, language, _ in _asked(flows, settings.language) if there is not None else ():
        if not model_for(language, frozenset(there or ())) and (place.file, language) not in told:
            told.add((place.file, language))
            yield (
                f"{place}:{place.column}: speech in {language!r} is not understood: there is no"
                " model for it; name one in speech.models"
            )


def unheard(flows: Iterable[Flow], settings: Settings) -> Iterator[Fault]:
    """The words that *flows* listen for and the models do not know.

    Where a flow sets the language itself, nobody can tell in which one a word is said.  Nothing is
    loaded for that.
    """
    there = _there(settings) or {}
    certain = [flow for flow in flows if not any(map(sets_language, flow.family()))]
    for place, language, phrases in _asked(certain, settings.language):
        if model := model_for(language, frozenset(there)):
            known = vocabulary(settings.speech.engine, there[model])
            words = {word for phrase in phrases for word in phrase.split()}
            if known is not None and (unknown := sorted(words - known)):
                wrong = (
                    f"the model of {model!r} does not know {', '.join(unknown)}: who says that is"
                    " not understood; use other words, or a larger model"
                )
                yield place.fault(wrong, Code.UNHEARD_WORDS)


def _there(settings: Settings) -> dict[str, str] | None:
    """The model of each language; None where nobody listens."""
    return None if settings.speech.engine == "none" else models(settings)


def _asked(flows: Iterable[Flow], language: str) -> Iterator[tuple[Place, str, list[str]]]:
    """The phrases of each place, and the language that they are in."""
    every = sorted(
        {
            (place, spoken, word)
            for flow in flows
            for word, place, spoken in static_words(flow, language)
        }
    )
    for (place, spoken), group in groupby(every, key=lambda each: each[:2]):
        yield place, spoken, [word for _, _, word in group]


@cache
def vocabulary(engine: str, model: str) -> frozenset[str] | None:
    """The words that a model knows; None: that cannot be told."""
    try:
        match engine:
            case "vosk":
                return vosk_model.words(Path(model))
            case "pocketsphinx":
                from .speech.pocketsphinx_recogniser import parts_of, read_dictionary

                return frozenset(read_dictionary(parts_of(model)[1]))
    except (OSError, ValueError):  # gone, or damaged: whoever loads it says so
        pass
    return None
