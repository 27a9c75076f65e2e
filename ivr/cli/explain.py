"""ivr explain: what the code of a fault means, and what to do."""

from __future__ import annotations

from textwrap import fill, indent

from ..engine.errors import SettingsError
from ..flowfile.codes import Entry, Example, catalogue, entries
from ..flowfile.errors_page import meant, said
from ..flowfile.source import suggest
from .output import print_columns


def run(code: str | None) -> None:
    if code is None:
        return _list()
    known = {str(entry.code): entry for entry in entries()}
    name = code.strip("[]")
    if name not in known:
        raise SettingsError(f"no code {name!r}; {_hint(name, known)}")
    print(explained(known[name]))


def _hint(name: str, known: dict[str, Entry]) -> str:
    hint = suggest(name, known)
    return hint if hint.startswith("did") else "`ivr explain` lists them all"


def explained(entry: Entry) -> str:
    """All that is known about it, for a terminal."""
    parts = [entry.code, meant(entry), _shown(entry.bad), said(entry), entry.remedy]
    return "\n\n".join(part if "\n" in part else fill(part, 88) for part in parts if part) + (
        "\n\n" + _shown(entry.good)
    )


def _shown(example: Example) -> str:
    titled = len(example.shown) > 1
    texts = [f"{n}:\n{text}" if titled else text for n, text in example.shown.items()]
    return indent("\n".join(texts).rstrip(), "    ")


def _list() -> None:
    for title, found in catalogue().items():
        print(f"{title}:")
        print_columns([(f"  {entry.code}", entry.meaning) for entry in found])
