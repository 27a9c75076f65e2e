"""What a flow has listened for, as far as its file says so."""

from __future__ import annotations

from collections.abc import Iterator

from ..engine.flow import Flow, Place


def static_words(flow: Flow, language: str = "") -> list[tuple[str, Place, str]]:
    """The words and phrases that *flow*, or one that it calls, listens for, the same in every call;
    where it says so, and in which language: *language*, unless it has one of its own."""
    found = {each for one in flow.family() for each in _words(one, flow.language or language)}
    return sorted(found, key=lambda each: (each[1], each[0]))


def _words(flow: Flow, language: str) -> Iterator[tuple[str, Place, str]]:
    spoken = flow.language or language
    for state in flow.states.values():
        for act in state.does:
            for word in act.listens(spoken):
                yield word, act.word_places.get(word, act.place), spoken
    for word in flow.universal.words:
        yield word, flow.word_places.get(word, flow.place), spoken
