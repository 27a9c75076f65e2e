"""How a simulated call says that it went otherwise."""

from __future__ import annotations

from collections.abc import Iterable


class StoryError(AssertionError):
    """The call went otherwise than its story: the `sentence` says how, the `transcript` the rest.

    `events` are the last that went into and came out of the flow.
    """

    def __init__(self, sentence: str, transcript: Iterable[str], events: Iterable[str]) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.transcript = tuple(transcript)
        self.events = tuple(events)

    def __str__(self) -> str:
        return report(self.sentence, self.transcript, self.events)


def report(sentence: str, transcript: Iterable[str], events: Iterable[str]) -> str:
    """The sentence, and below it all that helps to see why."""
    parts = {"what the caller heard and did:": transcript, "last events:": events}
    lines = [sentence]
    for title, part in parts.items():
        shown = [f"  {line}" for line in part]
        lines += ["", title, *shown] if shown else []
    return "\n".join(lines)
