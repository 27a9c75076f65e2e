"""Words that go with numbers have the forms that the language of their flow has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..engine import mentions
from ..engine.codes import Code
from ..engine.effects import Text
from ..engine.errors import Fault, FlowError
from ..engine.flow import Flow
from ..engine.house import NO_HOUSE, House
from ..engine.saying.plurals import lacking


def languages_of(flow: Flow, house: House | None) -> tuple[str, ...]:
    """The languages that *flow* is heard in, as far as it or its project says so."""
    own = flow.languages or ((flow.language,) if flow.language else ())
    house = house or NO_HOUSE
    return own or house.languages or (house.language,)


def missing_plurals(text: str, languages: Iterable[str]) -> str:
    """What the plurals of *text*, a well-formed one, lack in all of *languages*; empty: nothing."""
    found = (lacking(given, languages) for given in mentions.plurals_in(text))
    return next(filter(None, found), "")


def faults(flow: Flow, house: House | None) -> Iterator[Fault]:
    """Those of a flow in Python, each at the state that says it."""
    languages = languages_of(flow, house)
    for state in flow.states.values():
        for prompt in state.prompts:
            if isinstance(prompt, Text) and (wrong := _told(prompt.words, languages)):
                yield state.place.fault(f"{state.name}: {wrong}", Code.MISSING_PLURAL)


def _told(words: str, languages: tuple[str, ...]) -> str:
    try:
        return missing_plurals(words, languages)
    except FlowError:
        return ""
