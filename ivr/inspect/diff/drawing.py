"""Two versions of a flow as one picture."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain

from ..chart import Chart, Edge
from ..draw.picture import (
    Box,
    Group,
    Picture,
    Tone,
    Way,
    box,
    calls,
    group,
    lines,
    target_of,
    uncrowded,
    ways,
)
from .compare import Comparison
from .pair import Pair

_SHOWN = ("outcome", "handler")  # also where they are as before

Key = tuple[str, str, str, int]


def picture_of(compared: Comparison) -> Picture:
    """The new map; what is new, what is gone and what has changed have colours of their own."""
    altered = {each.state for each in compared.changes if each.kind not in ("state", "way")}
    gone, fresh = compared.called
    parts = [_pair(pair, altered) for pair in compared.pairs]
    parts += [_whole(each, "gone") for each in gone] + [_whole(each, "new") for each in fresh]
    maps = [*(pair.new for pair in compared.pairs), *fresh]
    drawn = Picture(
        compared.pairs[0].new.flow.name,
        tuple(group for group, _ in parts),
        tuple(lines(chain(*(ways for _, ways in parts)))),
        tuple(calls(maps)),
        ("green: new; red: gone; yellow: something else there has changed",),
    )
    return uncrowded(drawn)


def _whole(chart: Chart, tone: Tone) -> tuple[Group, list[Way]]:
    """A flow that only one of the two calls."""
    drawn = group(chart, chart.edges)
    boxes = tuple(replace(each, tone=tone) for each in drawn.boxes)
    found = [replace(way, tone=tone) for way in ways(chart, chart.edges)]
    return replace(drawn, boxes=boxes), found


def _pair(pair: Pair, altered: Collection[str]) -> tuple[Group, list[Way]]:
    old = {_key(edge): edge for edge in _moved(pair)}
    new = {_key(edge): edge for edge in pair.new.edges}
    both = pair.new.states.keys() & set(map(pair.name, pair.old.states))

    def is_shown(edge: Edge, others: Container[Key]) -> bool:
        return edge.kind in _SHOWN or (edge.source in both and _key(edge) not in others)

    kept = [edge for edge in new.values() if is_shown(edge, old)]
    lost = [edge for key, edge in old.items() if key not in new and is_shown(edge, new)]
    found = [
        replace(way, tone="new") if _key(way.edge) not in old else way
        for way in ways(pair.new, kept)
    ]
    found += [
        Way(edge, pair.new.path_name(edge.source), target_of(pair.new, edge), edge.outcome, "gone")
        for edge in lost
    ]
    return _boxes(pair, kept, lost, altered), found


def _moved(pair: Pair) -> Iterator[Edge]:
    """The old ways, between states as they are called now."""
    for edge in pair.old.edges:
        yield replace(edge, source=pair.name(edge.source), target=pair.name(edge.target))


def _key(edge: Edge) -> Key:
    return edge.source, edge.outcome, edge.target, edge.rung


def _boxes(
    pair: Pair, kept: Iterable[Edge], lost: Iterable[Edge], altered: Collection[str]
) -> Group:
    before = {pair.name(name): name for name in pair.old.states}
    drawn = group(pair.new, kept)
    gone = (was for name, was in before.items() if name not in pair.new.states)
    boxes = [
        *(
            Box(target_of(pair.new, edge), edge.target, tone="gone", small=True)
            for edge in lost
            if edge.target in pair.old.flow.ends
        ),
        *(replace(box(pair.old, pair.old.states[name]), tone="gone") for name in gone),
        *(each if each.small else _toned(each, before, altered) for each in drawn.boxes),
    ]
    return replace(drawn, boxes=tuple({each.name: each for each in boxes}.values()))


def _toned(each: Box, before: Mapping[str, str], altered: Collection[str]) -> Box:
    """*each*, a state of the new flow; *before* are the names that those of the old one had."""
    was = before.get(each.title)
    if was is None:
        return replace(each, tone="new")
    if was != each.title:
        return replace(each, tone="changed", notes=(f"was {was}", *each.notes))
    return replace(each, tone="changed") if each.name in altered else each
