"""What a simulated call has to show as it goes: a line for each thing that happens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ..engine.effects import Note, Play, Prompt, Work
from ..engine.far_end import OUTCOMES
from .line import SimulatedLine
from .transcript import named, told
from .values import Entry

_STYLES = {
    "state": "bold cyan",
    "hears": "green",
    "does": "bold",
    "line": "yellow",
    "fault": "bold red",
}
# Notes that other lines say as well.
_TOLD = ("state", "outcome", "failed", "end", "transfer", "recorded")


class Shown(NamedTuple):
    """One line; `style` as rich has them."""

    time: float
    text: str
    style: str


def shown(log: Iterable[Entry], texts: Mapping[str, str]) -> Iterator[Shown]:
    """What is in *log*; *texts*: what prompts say, by name."""
    for time, thing, _ in log:
        if isinstance(thing, Play):
            for prompt in thing.prompts:
                yield Shown(time, _spoken(prompt, texts), "green")
        elif isinstance(thing, Note) and thing.kind not in _TOLD:
            yield Shown(time, f"{thing.kind}: {thing.detail}".rstrip(": "), "dim")
        elif (line := told(time, thing)) is not None:
            yield Shown(time, line.text, _STYLES[line.kind])


def hint(line: SimulatedLine) -> str:
    """What would happen by itself, where the caller has a say in it; else empty."""
    if line.far_ends.undecided:
        return f"… it rings; decide it: transfer {'|'.join(OUTCOMES)}"
    if line.jobs:
        work = line.jobs[0]
        return f"… {work.job} {_asked(work)}; decide it: work ok {{…}}|failed why|timeout"
    if line.session.call.asking and line.playing is None and line.session.deadline:
        return f"… waits {line.session.deadline - line.now:.1f} s for an answer"
    return ""


def _spoken(prompt: Prompt, texts: Mapping[str, str]) -> str:
    text = texts.get(prompt, "") if isinstance(prompt, str) else ""
    return f'♪ {named(prompt)}: "{text}"' if text else f"♪ {named(prompt)}"


def _asked(work: Work) -> str:
    """What is being done, in short."""
    for key in ("url", "webhook", "function", "query"):
        if key in work.order:
            return str(work.order[key])[:60]
    return ""
