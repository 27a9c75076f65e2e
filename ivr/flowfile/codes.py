"""What each code of a fault means: a bad example, the good one, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import indent
from types import MappingProxyType

import yaml

from ..engine.codes import Code

FOLDER = Path(__file__).with_name("errors")
TOPICS = ("yaml", "keys", "map", "verbs", "values", "files", "python", "project")  # as on the page
FLOW = "menu.yaml"
_HEAD = "ivr: 1\nflow: menu\nstart: {}\nstates:\n"


@dataclass(frozen=True, slots=True)
class Example:
    """Files by name; the first is the one that is looked at.

    `shown` is what a reader is shown of them: where that is the states of a flow only, its head is
    left out.
    """

    files: Mapping[str, str]
    shown: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One code: `bad` has exactly this fault, with the message `says`, and `good` has none."""

    code: Code
    meaning: str
    bad: Example
    says: str
    remedy: str
    good: Example


@cache
def catalogue() -> Mapping[str, tuple[Entry, ...]]:
    """All of them, by topic."""
    read = [yaml.safe_load((FOLDER / f"{topic}.yaml").read_text("utf-8")) for topic in TOPICS]
    return MappingProxyType({each.pop("title"): tuple(_entries(each)) for each in read})


def entries() -> list[Entry]:
    """All of them, in the order of the page."""
    return [entry for each in catalogue().values() for entry in each]


def _entries(topic: Mapping[str, Mapping[str, str]]) -> Iterator[Entry]:
    for name, said in topic.items():
        rest = {key: said[key] for key in ("meaning", "says", "remedy")}
        yield Entry(code=Code(name), bad=_example(said["bad"]), good=_example(said["good"]), **rest)


def _example(said: str | Mapping[str, str]) -> Example:
    if not isinstance(said, str):
        return Example(said, said)
    head = _HEAD.format(said.partition(":")[0])
    return Example({FLOW: head + indent(said, "  ")}, {"": said})
