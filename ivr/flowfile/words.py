"""What a flow has listened for, as far as its file says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..engine.choices import Choices
from ..engine.flow import Flow, Place


def words_in(arguments: Mapping[str, Any]) -> tuple[str, ...]:
    """The words of the choices that a verb is given, unless it listens for none of them."""
    if arguments.get("speech") is False:
        return ()
    choices = (each for each in arguments.values() if isinstance(each, Choices))
    return tuple(word for each in choices for word in each.words)


def static_words(flow: Flow) -> list[tuple[str, Place, str]]:
    """The words and phrases that *flow*, or one that it calls, listens for, the same in every call;
    where it says so, and in which language; empty: in that of the call."""
    found = {each for one in flow.family() for each in _words(one)}
    return sorted(found, key=lambda each: (each[1], each[0]))


def _words(flow: Flow) -> Iterator[tuple[str, Place, str]]:
    for state in flow.states.values():
        for word, place in state.words:
            yield word, place, flow.language
    for word in flow.universal.words:
        yield word, flow.place, flow.language
