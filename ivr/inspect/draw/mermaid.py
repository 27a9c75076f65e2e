"""A picture in Mermaid, which code hosts draw where it stands in a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .colours import LOOKS
from .picture import Box, Line, Picture, plain

# What ends a label, or begins something else: "* operator" is a list, which is not drawn.
_ENTITIES = str.maketrans(
    {'"': "#quot;", "`": "#96;", "#": "#35;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "*": "#42;"}
)
_ARROWS = {"solid": "-->", "dashed": "-.->"}


def as_mermaid(picture: Picture) -> str:
    """*picture* as a flowchart."""
    head = f"flowchart {'LR' if picture.is_large else 'TD'}"
    return "\n".join([head, *(f"  {line}" for line in _body(picture)), ""])


def _body(picture: Picture) -> Iterator[str]:
    boxes = [box for group in picture.groups for box in group.boxes]
    # A name of its own for each: any other may be a word of the language.
    ids = {box.name: f"s{number}" for number, box in enumerate(boxes)}
    groups = {group.title: f"flow{number}" for number, group in enumerate(picture.groups)}
    for group in picture.groups:
        shapes = [ids[box.name] + _shape(box, box.name == group.start) for box in group.boxes]
        if group.title:
            name = f'{groups[group.title]}["{_text(group.title)}"]'
            shapes = [f"subgraph {name}", *(f"  {shape}" for shape in shapes), "end"]
        yield from shapes
    for line in picture.lines:
        yield f"{ids[line.source]} {_arrow(line)} {ids[line.target]}"
    for name, title in picture.calls:
        yield f"{ids[name]} -. calls .-> {groups[title]}"
    yield from _colours(boxes, ids)
    for number, line in enumerate(picture.lines):
        if line.tone:
            look = f"stroke:{LOOKS[line.tone].edge},stroke-width:{line.width:.1f}px"
            yield f"linkStyle {number} {look}"
    for words in picture.caption:
        yield f"%% {plain(words)}"


def _colours(boxes: list[Box], ids: Mapping[str, str]) -> Iterator[str]:
    for tone, look in LOOKS.items():
        named = ",".join(ids[box.name] for box in boxes if tone and box.tone == tone)
        if named:
            dashes = ",stroke-dasharray:4" if look.style == "dashed" else ""
            yield f"classDef {tone}_ fill:{look.fill},stroke:{look.edge},color:{look.text}{dashes}"
            yield f"class {named} {tone}_"


def _shape(box: Box, is_start: bool) -> str:
    if box.small:
        return f'(["{_text(box.title)}"])'
    notes = "".join(f"<br/><small>{_text(note)}</small>" for note in box.notes)
    label = f'"<b>{_text(box.title)}</b>{notes}"'
    return f"[[{label}]]" if is_start else f"({label})"


def _arrow(line: Line) -> str:
    label = "<br/>".join(map(_text, line.labels))
    arrow = _ARROWS[LOOKS[line.tone].style]
    return f'{arrow}|"{label}"|' if label else arrow


def _text(text: str) -> str:
    return plain(text).translate(_ENTITIES) or " "  # an empty label is none
