"""What changes for callers when one version of a flow takes the place of another."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from textwrap import dedent

from ...engine.flow import Flow
from ...engine.state import Place, State
from ..chart import Chart, charts
from .acts import changes
from .changes import Change, between, place_of
from .pair import Pair
from .states import renamed
from .whole import NO_TEXTS, Texts, of_flow, schedules, texts


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions of a flow: what has changed, and their maps side by side.

    `called` are the maps of flows that only one of them calls, the old one first.
    """

    pairs: tuple[Pair, ...]
    called: tuple[tuple[Chart, ...], tuple[Chart, ...]]
    changes: tuple[Change, ...]


def compare(
    old: Flow, new: Flow, old_texts: Texts = NO_TEXTS, new_texts: Texts = NO_TEXTS
) -> Comparison:
    """Compare two versions of a flow, and of the flows that they call, which have the same names.

    What is computed by the code of a Python flow is compared as code.
    """
    before, now = charts(old), charts(new)
    by_name = {each.prefix: each for each in now}
    pairs = tuple(
        Pair(each, by_name[each.prefix], renamed(each, by_name[each.prefix]))
        for each in before
        if each.prefix in by_name
    )
    met = {pair.new.prefix for pair in pairs}
    called = (
        tuple(each for each in before if each.prefix not in met),
        tuple(each for each in now if each.prefix not in met),
    )
    found = [*chain(*map(_of_pair, pairs)), *_called(*called)]
    found += [*schedules(old, new), *texts(old, new, old_texts, new_texts)]
    return Comparison(pairs, called, tuple(found))


def _called(gone: tuple[Chart, ...], fresh: tuple[Chart, ...]) -> Iterator[Change]:
    for each in gone:
        yield Change("flow", "removed", "", f"calls {each.prefix}", place=place_of(each.flow.place))
    for each in fresh:
        yield Change("flow", "added", "", f"calls {each.prefix}", place=place_of(each.flow.place))


def _of_pair(pair: Pair) -> Iterator[Change]:
    yield from _states(pair)
    yield from of_flow(pair)
    for before, now in pair.both:
        state = pair.new.path_name(now.name)
        yield from _ways(pair, before, now)
        told = list(changes(before.does, now.does, state))
        yield from told
        if not told and _is_code(before) and _is_code(now) and _code(before) != _code(now):
            yield Change("step", "changed", state, "its code", place=place_of(now.place))


def _states(pair: Pair) -> Iterator[Change]:
    for name, state in pair.old.states.items():
        now, place = pair.name(name), place_of(state.place)
        if now not in pair.new.states:
            yield Change("state", "removed", pair.old.path_name(name), place=place)
        elif now != name:
            place = place_of(pair.new.states[now].place)
            yield Change("state", "renamed", pair.new.path_name(now), "", name, now, place)
    old_names = {pair.name(name) for name in pair.old.states}
    for name, state in pair.new.states.items():
        if name not in old_names:
            path = pair.new.path_name(name)
            yield Change("state", "added", path, place=place_of(state.place))


def _ways(pair: Pair, old: State, new: State) -> Iterator[Change]:
    """Where the outcomes of one state lead.

    What handlers do is told once for the flow, unless the state has begun or ceased to leave an
    outcome to them.
    """
    before = {key: pair.name(target) for key, target in _targets(pair.old, old)}
    now = dict(_targets(pair.new, new))
    path = pair.new.path_name(new.name)
    for key in dict.fromkeys((*now, *before)):
        outcome, rung = key
        if outcome in old.on or outcome in new.on:
            place = _place_of_way(old, new, outcome, gone=key not in now)
            name = outcome if rung == 1 else f"{outcome}, {rung} times"
            yield from between("way", path, name, before.get(key), now.get(key), place)
    was, target = (old.on_error and pair.name(old.on_error)) or None, new.on_error or None
    place = _place_of_way(old, new, "on_error", gone=target is None)
    yield from between("way", path, "on_error", was, target, place)


def _place_of_way(old: State, new: State, outcome: str, gone: bool) -> Place:
    state = old if gone else new
    return state.on_places.get(outcome, state.place)


def _targets(chart: Chart, state: State) -> Iterator[tuple[tuple[str, int], str]]:
    for edge in chart.edges:
        if edge.source == state.name and edge.kind in ("outcome", "handler"):
            yield (edge.outcome, edge.rung), edge.target


def _is_code(state: State) -> bool:
    return state.place.file.endswith(".py")


def _code(state: State) -> list[str]:
    """What the function of a Python flow does, without its comments and its layout."""
    try:
        (function,) = ast.parse(dedent(inspect.getsource(state.step))).body
    except (OSError, TypeError, SyntaxError, ValueError):
        return []
    body = getattr(function, "body", [])
    return [ast.dump(line) for line in body if not _is_comment(line)]


def _is_comment(line: ast.stmt) -> bool:
    """Whether it is a docstring, or any other text of which nothing comes."""
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)
