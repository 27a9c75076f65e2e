"""A picture in the language of graphviz."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from .colours import LOOKS
from .picture import Box, Group, Line, Picture, plain

_GAP = '<br/><font point-size="4"> </font>'
_FONT = "Helvetica,Arial,sans-serif"


def as_dot(picture: Picture) -> str:
    """*picture* as a digraph, laid out downwards; to the right if it is large."""
    return "\n".join(["digraph {", *_indented(_body(picture)), "}", ""])


def _body(picture: Picture) -> Iterator[str]:
    caption = "".join(f"{_text(line)}\\l" for line in picture.caption)
    yield f'graph [fontname="{_FONT}", fontsize=10, compound=true, newrank=true,'
    yield f"  rankdir={'LR' if picture.is_large else 'TB'}, nodesep=0.25, ranksep=0.5,"
    yield f'  labelloc=b, labeljust=l, label="{caption}", tooltip={_quoted(picture.title)}]'
    yield f'node [fontname="{_FONT}", fontsize=12, shape=box, style="rounded,filled"]'
    yield f'edge [fontname="{_FONT}", fontsize=10, arrowsize=0.7]'
    for number, group in enumerate(picture.groups):
        yield from _group(group, number) if group.title else _boxes(group)
    yield from map(_line, picture.lines)
    yield from _calls(picture)


def _calls(picture: Picture) -> Iterator[str]:
    starts = {group.title: (number, group.start) for number, group in enumerate(picture.groups)}
    for box, title in picture.calls:
        number, start = starts[title]
        yield (
            f"{_quoted(box)} -> {_quoted(start)} [lhead=cluster_{number}, dir=both,"
            f' arrowhead=empty, arrowtail=odot, color="{LOOKS["rare"].edge}", style=dotted]'
        )


def _group(group: Group, number: int) -> Iterator[str]:
    yield f"subgraph cluster_{number} {{"
    yield (
        f'  graph [label={_quoted(group.title)}, labelloc=t, style="rounded,filled",'
        ' fillcolor="#f8fafc", color="#cbd5e1", fontsize=12]'
    )
    yield from _indented(_boxes(group))
    yield "}"


def _boxes(group: Group) -> Iterator[str]:
    for box in group.boxes:
        yield _box(box, is_start=box.name == group.start)


def _box(box: Box, is_start: bool) -> str:
    look = LOOKS[box.tone]
    colours = f'fillcolor="{look.fill}", color="{look.edge}", fontcolor="{look.text}"'
    if box.small:
        shape = "shape=oval, fontsize=9, height=0.2, width=0.4, margin=0.03, style=filled"
        return f"{_quoted(box.name)} [{shape}, label={_quoted(box.title)}, {colours}]"
    notes = _GAP if box.notes else ""
    notes += "".join(f'<br/><font point-size="9">{_marked_up(note)}</font>' for note in box.notes)
    shape = ', style="rounded,filled,dashed"' if look.style == "dashed" else ""
    shape += ", penwidth=2.5" if is_start else ""
    tip = f", tooltip={_quoted(box.place or box.name)}"
    label = f"<<b>{_marked_up(box.title)}</b>{notes}>"
    return f"{_quoted(box.name)} [label={label}{shape}{tip}, {colours}]"


def _line(line: Line) -> str:
    look = LOOKS[line.tone]
    label = "\\n".join(f" {_text(each)} " for each in line.labels)
    return (
        f'{_quoted(line.source)} -> {_quoted(line.target)} [label="{label}", color="{look.edge}",'
        f' fontcolor="{look.text}", style={look.style}, penwidth={line.width:.1f}]'
    )


def _quoted(text: str) -> str:
    return f'"{_text(text)}"'


def _marked_up(text: str) -> str:
    return escape(plain(text)) or " "  # an empty element is none


def _text(text: str) -> str:
    return plain(text).replace("\\", "\\\\").replace('"', '\\"')


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines)
