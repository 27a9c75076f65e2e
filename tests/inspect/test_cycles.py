from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ivr.inspect.explore.cycles import cycles, longest, reaching
from ivr.inspect.explore.search import Edge
from ivr.testing.story import Story

PLACES = 8
ways = st.lists(st.tuples(st.integers(0, PLACES - 1), st.integers(0, PLACES - 1)), max_size=20)


def edges(pairs: list[tuple[int, int]]) -> list[Edge]:
    return [Edge(source, "", "time", target, 1.0, Story()) for source, target in pairs]


@given(ways)
def test_a_round_is_one_and_there_is_one_wherever_one_can_come_back(
    pairs: list[tuple[int, int]],
) -> None:
    found = cycles(PLACES, edges(pairs))
    for each in found:
        assert each[-1].target == each[0].source
        assert all(one.target == two.source for one, two in pairwise(each))
    back = {
        source for source, target in pairs if source in reaching(edges(pairs), {source})
        and target in {place for place in range(PLACES)
                       if source == place or source in _from(pairs, place)}
    }  # fmt: skip
    assert bool(found) == bool(back)


def _from(pairs: list[tuple[int, int]], place: int) -> set[int]:
    """Where one can go from *place*."""
    turned = edges([(target, source) for source, target in pairs])
    return reaching(turned, {place})


@given(ways)
def test_the_longest_way_is_a_way_and_no_edge_makes_it_longer(
    pairs: list[tuple[int, int]],
) -> None:
    upwards = edges([(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]])
    total, way = longest(PLACES, upwards, lambda edge: edge.seconds)
    assert total == len(way)
    assert all(one.target == two.source for one, two in pairwise(way))
    if way:
        assert way[-1].target not in {edge.source for edge in upwards}
        assert way[0].source not in {edge.target for edge in upwards}
    else:
        assert not upwards
