"""What has changed, for a terminal and for a pull request."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import groupby

from ..draw.picture import counted
from .changes import TITLES, Change, Kind, What

_SIGNS: Mapping[What, str] = {"added": "+", "removed": "-", "changed": "~", "renamed": "~"}
_ORDER = list(TITLES)
_MARKUP = {
    **{sign: f"\\{sign}" for sign in "\\`*_[]|~"},
    **{"<": "&lt;", ">": "&gt;", "&": "&amp;", "@": "&#64;"},
}
_LONGEST = 60  # characters of a value
_BEFORE = 12  # of them before the first that differs, about


def as_text(changes: Collection[Change]) -> str:
    """A line each, below the kind of thing that it is."""
    lines = []
    for kind, some in _by_kind(changes):
        lines += ["", TITLES[kind]]
        for each in some:
            place = f"  ({each.place})" if each.place else ""
            lines.append(f"  {_SIGNS[each.what]} {_sentence(each)}{place}")
    return "\n".join([*lines[1:], ""])


def as_markdown(title: str, changes: Collection[Change], drawing: str) -> str:
    """A table, and the *drawing* (Mermaid) below it."""
    if not changes:
        return f"### {_cell(title)}: nothing changes for callers\n"
    lines = [
        f"### {_cell(title)}: {counted(len(changes), 'change')} for callers",
        "",
        "| | where | what | before | now |",
        "|---|---|---|---|---|",
    ]
    for kind, some in _by_kind(changes):
        for each in some:
            cells = (TITLES[kind], each.state, each.name or each.what, *_sides(each))
            lines.append(f"| {' | '.join(map(_cell, cells))} |")
    drawn = ["", "<details><summary>The map</summary>", "", "```mermaid", drawing.rstrip(), "```"]
    return "\n".join([*lines, *drawn, "", "</details>", ""])


def _by_kind(changes: Collection[Change]) -> Iterator[tuple[Kind, Iterator[Change]]]:
    ordered = sorted(changes, key=lambda each: _ORDER.index(each.kind))
    yield from groupby(ordered, key=lambda each: each.kind)


def _sentence(change: Change) -> str:
    if change.what == "renamed":
        return f"{change.old} is called {change.new} now"
    about = ", ".join(filter(None, (change.state, change.name)))
    values = [side for side in _sides(change) if side]
    return f"{about}: {' → '.join(values)}" if values else about


def _sides(change: Change) -> tuple[str, str]:
    """What was, and what is, around the place where they begin to differ."""
    old, new = (" ".join(side.split()) for side in (change.old, change.new))
    begin = 0
    if max(len(old), len(new)) > _LONGEST and old and new:
        pairs = enumerate(zip(old, new, strict=False))
        same = next((at for at, (a, b) in pairs if a != b), min(len(old), len(new)))
        begin = max(0, old.rfind(" ", 0, max(0, same - _BEFORE)) + 1)
    return _cut(old, begin), _cut(new, begin)


def _cut(text: str, begin: int) -> str:
    whole = f"…{text[begin:]}" if begin else text
    return whole if len(whole) <= _LONGEST else f"{whole[: _LONGEST - 1].rstrip()}…"


def _cell(text: str) -> str:
    """*text* in a table of Markdown, where it is no markup, and calls nobody."""
    return "".join(_MARKUP.get(sign, sign) for sign in text)
