"""Rounds and longest ways in a graph of places."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence

from .search import Edge

Ways = dict[int, list[Edge]]


def reaching(edges: Iterable[Edge], ends: Collection[int]) -> set[int]:
    """The places from which one of *ends* can be reached."""
    return _spread(((edge.target, edge.source) for edge in edges), ends)


def reached(edges: Iterable[Edge], begins: Collection[int]) -> set[int]:
    """The places that can be reached from one of *begins*."""
    return _spread(((edge.source, edge.target) for edge in edges), begins)


def _spread(pairs: Iterable[tuple[int, int]], begins: Collection[int]) -> set[int]:
    ways: dict[int, list[int]] = {}
    for here, there in pairs:
        ways.setdefault(here, []).append(there)
    found, todo = set(begins), list(begins)
    while todo:
        fresh = set(ways.get(todo.pop(), ())) - found
        found |= fresh
        todo += fresh
    return found


def cycles(count: int, edges: Sequence[Edge]) -> list[list[Edge]]:
    """One round for each part of the graph in which one can go round, as short as there is one
    through its first place."""
    ways = _ways(edges)
    found = []
    for part in _parts(count, ways):
        round_ = _round(min(part), part, ways)
        if round_:
            found.append(round_)
    return sorted(found, key=lambda each: each[0].source)


def longest(
    count: int, edges: Sequence[Edge], length: Callable[[Edge], float]
) -> tuple[float, list[Edge]]:
    """The longest way along *edges*, which have no rounds, and how long it is."""
    ways = _ways(edges)
    best: dict[int, tuple[float, Edge | None]] = {}
    for part in _parts(count, ways):  # those that are led to come first
        (place,) = part if len(part) == 1 else (min(part),)
        best[place] = max(
            ((length(e) + best[e.target][0], e) for e in ways.get(place, ()) if e.target in best),
            key=lambda each: each[0],
            default=(0.0, None),
        )
    place = max(best, key=lambda each: best[each][0], default=0)
    total, way = best[place][0] if best else 0.0, []
    while (edge := best[place][1]) is not None:
        way.append(edge)
        place = edge.target
    return total, way


def _ways(edges: Iterable[Edge]) -> Ways:
    found: Ways = {}
    for edge in edges:
        found.setdefault(edge.source, []).append(edge)
    return found


def _round(start: int, part: Collection[int], ways: Ways) -> list[Edge]:
    """The shortest way within *part* from *start* back to it; nothing: there is none."""
    came: dict[int, Edge] = {}
    todo = deque([start])
    while todo:
        place = todo.popleft()
        for edge in ways.get(place, ()):
            if edge.target == start:
                found = [edge]
                while found[0].source != start:
                    found.insert(0, came[found[0].source])
                return found
            if edge.target in part and edge.target not in came:
                came[edge.target] = edge
                todo.append(edge.target)
    return []


def _parts(count: int, ways: Ways) -> list[list[int]]:
    """The strongly connected parts (Tarjan), those that are led to first."""
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on: set[int] = set()
    found: list[list[int]] = []
    for root in range(count):
        if root in index:
            continue
        index[root] = low[root] = len(index)
        stack.append(root)
        on.add(root)
        walk = [(root, iter(ways.get(root, ())))]
        while walk:
            place, rest = walk[-1]
            edge = next(rest, None)
            if edge is not None:
                target = edge.target
                if target not in index:
                    index[target] = low[target] = len(index)
                    stack.append(target)
                    on.add(target)
                    walk.append((target, iter(ways.get(target, ()))))
                elif target in on:
                    low[place] = min(low[place], index[target])
                continue
            walk.pop()
            if walk:
                above = walk[-1][0]
                low[above] = min(low[above], low[place])
            if low[place] == index[place]:
                part: list[int] = []
                while not part or part[-1] != place:
                    part.append(stack.pop())
                    on.discard(part[-1])
                found.append(part)
    return found
