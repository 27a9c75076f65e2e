"""What is drawn of a flow, whatever draws it: boxes, lines between them, and groups of boxes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, get_args

from ...engine.flow import Flow
from ...engine.state import END, State
from ..chart import Chart, Edge, Kind, charts
from ..told import brief

Tone = Literal[
    "", "end", "rare", "new", "gone", "changed", "met", "missed", "some", "many", "losing"
]  # fmt: skip
"""What a colour says: of the map, of a comparison, of coverage, of calls."""

# Outcomes of callers and far ends who do not do what the flow is made for.
RARE = frozenset(
    {
        *("no_input", "no_match", "gave_up", "too_short", "locked"),
        *("busy", "no_answer", "rejected", "unreachable"),
        *("failed", "timeout"),
    }
)
_KINDS = get_args(Kind)
_NOTES, _WIDEST = 3, 32  # lines of a box, and characters of each
_PAGE = 16  # states
_CROWD = 6  # rare lines to one box; more of them would cover the picture


@dataclass(frozen=True, slots=True)
class Box:
    """A state, or a small one: an end of a flow, or the name of a state that is elsewhere.

    `name` is what a journal calls it.
    """

    name: str
    title: str
    notes: tuple[str, ...] = ()
    tone: Tone = ""
    place: str = ""
    small: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """All ways from one box to another that look alike; `width` is 1 to 6."""

    source: str
    target: str
    labels: tuple[str, ...]
    tone: Tone = ""
    width: float = 1.0


@dataclass(frozen=True, slots=True)
class Group:
    """The boxes of one flow; `title` is empty for the one that takes the call."""

    title: str
    start: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """`calls` are pairs of a box and the group that it leads into, and back from."""

    title: str
    groups: tuple[Group, ...]
    lines: tuple[Line, ...]
    calls: tuple[tuple[str, str], ...] = ()
    caption: tuple[str, ...] = ()

    @property
    def is_large(self) -> bool:
        """Whether its boxes, side by side, are wider than any screen."""
        return sum(not box.small for group in self.groups for box in group.boxes) > _PAGE


@dataclass(frozen=True, slots=True)
class Way:
    """An edge of a map, with the names that its ends have in a picture."""

    edge: Edge
    source: str
    target: str
    label: str
    tone: Tone


class Overlay:
    """What is laid over a map.  This one: nothing."""

    caption: tuple[str, ...] = ()

    def shows(self, way: Way) -> bool:
        """Whether *way* is drawn even if callers seldom go it."""
        return False

    def way(self, way: Way) -> Way:
        return way

    def box(self, box: Box, state: State) -> Box:
        return box

    def line(self, line: Line) -> Line:
        return line


def picture_of(flow: Flow, *, everything: bool = False, over: Overlay | None = None) -> Picture:
    """The picture of *flow*, and of every flow that it calls.

    Ways that fail, and those that every state has, are drawn where there is no other way to a
    state; with *everything* all of them are.
    """
    over = over or Overlay()
    maps = charts(flow)
    drawn = [list(_drawn(each, everything, over)) for each in maps]
    hidden = sum(len(each.edges) - len(ways) for each, ways in zip(maps, drawn, strict=True))
    left_out = (f"--all adds {counted(hidden, 'way')} that callers seldom go",) if hidden else ()
    groups = []
    for each, found in zip(maps, drawn, strict=True):
        own = group(each, [way.edge for way in found])
        boxes = (box if box.small else over.box(box, each.states[box.title]) for box in own.boxes)
        groups.append(replace(own, boxes=tuple(boxes)))
    all_lines = lines(over.way(way) for found in drawn for way in found)
    return uncrowded(
        Picture(
            flow.name,
            tuple(groups),
            tuple(map(over.line, all_lines)),
            tuple(calls(maps)),
            (*over.caption, *left_out),
        )
    )


def uncrowded(drawn: Picture) -> Picture:
    """The same, where each of many rare lines to one box ends at a small box with its name."""
    rare = Counter(line.target for line in drawn.lines if line.tone == "rare")
    signs: dict[tuple[str, str], Box] = {}
    lines = []
    for line in drawn.lines:
        if line.tone == "rare" and rare[line.target] > _CROWD:
            name = f"{line.source} > {line.target}"
            sign = Box(name, f"→ {line.target}", tone="rare", small=True)
            signs[line.source, line.target] = sign
            line = replace(line, target=name)
        lines.append(line)
    groups = []
    for group in drawn.groups:
        names = {box.name for box in group.boxes}
        own = (sign for (source, _), sign in signs.items() if source in names)
        groups.append(replace(group, boxes=(*group.boxes, *own)))
    return replace(drawn, groups=tuple(groups), lines=tuple(lines))


def group(chart: Chart, edges: Iterable[Edge]) -> Group:
    """The boxes of *chart*: its states, and the ends to which *edges* lead."""
    boxes = [box(chart, state) for state in chart.states.values()]
    for edge in edges:
        if edge.target not in chart.states:
            boxes.append(Box(target_of(chart, edge), edge.target, tone="end", small=True))
    return Group(chart.prefix, chart.path_name(chart.flow.start), tuple(dict.fromkeys(boxes)))


def box(chart: Chart, state: State) -> Box:
    told = [_cut(brief(act)) for act in state.does]
    if len(told) > _NOTES:
        told[_NOTES - 1 :] = [f"… {len(told) - _NOTES + 1} more"]
    place = f"{state.place}" if state.place.file else ""
    return Box(chart.path_name(state.name), state.name, tuple(told), place=place)


def counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"


def plain(text: str) -> str:
    """*text* on one line, and without what no image can show."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1].rstrip()}…"


def target_of(chart: Chart, edge: Edge) -> str:
    """The box that *edge* leads to.  Each state has an end of its own: lines to one end of all
    would cover the picture.  An outcome that a flow is called for is one box."""
    if edge.target == END:
        return f"{chart.path_name(edge.source)} > {END}"
    return chart.path_name(edge.target)


def ways(chart: Chart, edges: Iterable[Edge]) -> Iterator[Way]:
    """*edges* of *chart*, as they are drawn."""
    for edge in edges:
        yield Way(
            edge,
            chart.path_name(edge.source),
            target_of(chart, edge),
            label(chart, edge),
            "rare" if is_rare(edge) else "",
        )


def label(chart: Chart, edge: Edge) -> str:
    """The outcome, with the keys that mean it, and from which time on it leads there.

    Nothing where there is nothing to tell: the state has done what it does.
    """
    if edge.outcome == "done" and edge.kind == "outcome":
        return ""
    times = f", {edge.rung} times" if edge.rung > 1 else ""
    return f"{_keys(chart, edge)} {edge.outcome}{times}".lstrip()


def is_rare(edge: Edge) -> bool:
    """Whether a caller comes this way when something goes wrong, or from anywhere."""
    return edge.outcome in RARE or edge.kind in ("universal", "error")


def lines(ways: Iterable[Way]) -> Iterator[Line]:
    """*ways* as lines: those between the same boxes, of the same tone, are one."""
    found: dict[tuple[str, str, Tone], list[str]] = {}
    for way in ways:
        labels = found.setdefault((way.source, way.target, way.tone), [])
        labels += [way.label] if way.label else []
    for (source, target, tone), labels in found.items():
        yield Line(source, target, tuple(dict.fromkeys(labels)), tone)


def calls(maps: Collection[Chart]) -> Iterator[tuple[str, str]]:
    """The states that call a flow, and the flow.  The one that takes the call has no frame."""
    frames = {each.flow: each.prefix for each in maps if each.prefix}
    for each in maps:
        for state in each.states.values():
            for prefix in sorted(frames[flow] for flow in state.flows if flow in frames):
                yield each.path_name(state.name), prefix


def _drawn(chart: Chart, everything: bool, over: Overlay) -> Iterator[Way]:
    """The ways of *chart* that are drawn."""
    wanted = set(chart.edges) if everything else _usual(chart)
    for way in ways(chart, chart.edges):
        if way.edge in wanted or over.shows(way):
            yield way


def _usual(chart: Chart) -> set[Edge]:
    """The usual ways, and those without which a state would stand alone."""
    likely_first = sorted(chart.edges, key=lambda edge: _KINDS.index(edge.kind))
    wanted = {edge for edge in chart.edges if not is_rare(edge)}
    while True:
        known = _reached(chart.flow.start, wanted)
        fresh = (e for e in likely_first if e.source in known and e.target not in known)
        first = next((edge for edge in fresh if edge.target in chart.states), None)
        if first is None:
            return wanted
        wanted |= {e for e in chart.edges if (e.target, e.kind) == (first.target, first.kind)}


def _reached(start: str, edges: Iterable[Edge]) -> set[str]:
    onward: dict[str, list[str]] = {}
    for edge in edges:
        onward.setdefault(edge.source, []).append(edge.target)
    found = [start]
    for each in found:
        found += set(onward.get(each, ())) - set(found)
    return set(found)


def _keys(chart: Chart, edge: Edge) -> str:
    """The keys that a caller presses for it, if that is what it takes."""
    if edge.kind == "universal":
        return " ".join(chart.flow.universal.table[edge.outcome].keys)
    for act in chart.states[edge.source].does:
        try:
            table = act.arguments["choices"].table
        except (KeyError, AttributeError):
            continue
        if edge.outcome in table:
            return " ".join(table[edge.outcome].keys)
    return ""
