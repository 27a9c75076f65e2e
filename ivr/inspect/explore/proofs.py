"""What a graph proves of its flow, or refutes: one property after the other, with their paths."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate, groupby, takewhile

from ...engine.flow import Flow, Place
from ...testing.caller import is_called
from ...testing.steps import Step, sentence
from ...testing.story import Story
from ...testing.troubles import Trouble
from .cycles import cycles, longest, reached, reaching
from .search import VOICELESS, Edge, Graph, Node, TwoWays, entered

OVER = sentence("is_over")
WELL = sentence("goes_well")
ON_HANG_UP = "on_hang_up"
SAME_WAY = "same-way"
STEPS, MINUTES = 100, 30.0


@dataclass(frozen=True, slots=True)
class Limits:
    """In how many states and minutes a call must be over whose caller gives no answer any more."""

    steps: int = STEPS
    minutes: float = MINUTES


@dataclass(frozen=True, slots=True)
class Refuted:
    """That a property does not hold: `words` say why, `path` is how a caller comes there.

    `move` is what happens last, `state` and `place` are where it is to be mended.
    """

    property: str
    words: str
    state: str
    place: Place
    path: Story
    move: str = ""

    def __str__(self) -> str:
        return f"{self.words} ({self.move})" if self.move else self.words


@dataclass(frozen=True, slots=True)
class Property:
    """Something that must hold of every flow."""

    name: str
    holds: str
    find: Callable[[Graph, Limits], Iterator[Refuted]]


def refuted(graph: Graph, limits: Limits) -> Iterator[tuple[Property, list[Refuted]]]:
    """Each property, and what refutes it; nothing: it holds of all that was walked.

    Of a flow that names no operator it is not asked whether one is reached.
    """
    for each in PROPERTIES:
        if each.find is not _operator or graph.flow.operator:
            yield each, list(_once(each.find(graph, limits)))


def _once(found: Iterator[Refuted]) -> Iterator[Refuted]:
    """One for each state and cause: the first has the shortest way."""
    seen = set[tuple[object, ...]]()
    for each in found:
        cause, _, more = each.words.partition(":")
        after = more.startswith(f" {ON_HANG_UP}:")  # is the same after whichever state
        sign = (more,) if after else (each.state, cause, each.place)
        if sign not in seen:
            seen.add(sign)
            yield each


# -- the end ---------------------------------------------------------------------------------------


def _ends(graph: Graph, limits: Limits) -> Iterator[Refuted]:
    """Whoever gives no answer, or a wrong one, comes to the end of the call."""
    for edge in graph.edges:
        if edge.endless:
            state = edge.states[-1] if edge.states else graph.nodes[edge.source].state
            words = "the call goes on for ever by itself"
            yield _refuted("ends", graph, state, words, edge.path.then(OVER))
    idle = [edge for edge in graph.edges if edge.kind not in ("answer", "hang_up")]
    rounds = cycles(len(graph.nodes), idle)
    limit = graph.flow.max_duration
    if limit is None or limit.after > limits.minutes * 60:
        yield from (_for_ever(graph, each) for each in rounds)
    if not rounds:
        yield from _too_long(graph, idle, lambda e: len(e.states), "states", limits.steps)
        yield from _too_long(graph, idle, lambda e: e.seconds / 60, "minutes", limits.minutes)


def _for_ever(graph: Graph, round_: list[Edge]) -> Refuted:
    first = graph.nodes[round_[0].source]
    walked = " → ".join(dict.fromkeys(s for e in round_ for s in e.states)) or first.state
    same = [(move, len(list(times))) for move, times in groupby(edge.move for edge in round_)]
    moves = ", then ".join(move if n == 1 else f"{move}, {n} times" for move, n in same)
    path = first.path
    for edge in round_:
        path = path.then(*_steps(edge, graph.nodes[edge.source]))
    words = f"without an answer the call goes round for ever: {walked}"
    return _refuted("ends", graph, first.state, words, path.then(OVER), moves)


def _too_long(
    graph: Graph, idle: list[Edge], length: Callable[[Edge], float], unit: str, most: float
) -> Iterator[Refuted]:
    total, way = longest(len(graph.nodes), idle, length)
    if total <= most:
        return
    state = next((state for edge in way for state in edge.states), "")
    words = f"without an answer the call takes {total:.0f} {unit}; at most {most:g}"
    gone = list(accumulate(map(length, way)))
    before = max((number for number, sum_ in enumerate(gone) if sum_ <= most), default=0)
    yield _refuted("ends", graph, state, words, way[before].path.then(OVER))


def _steps(edge: Edge, source: Node) -> tuple[Step, ...]:
    """The steps of *edge* alone."""
    return edge.path.steps[len(source.path.steps) :]


def _stuck(graph: Graph, limits: Limits) -> Iterator[Refuted]:
    """Some answer, or none, leads to an end: nobody has to hang up."""
    if graph.left:
        return
    ways = [edge for edge in graph.edges if edge.kind != "hang_up"]
    ending = {node.number for node in graph.nodes if node.end}
    endless = {edge.target for edge in graph.edges if edge.endless}
    free = reaching(ways, ending | endless)
    for node in graph.nodes[1:]:
        if node.number not in free:
            words = "the caller can only hang up: nothing that can happen leads to an end"
            yield _refuted("stuck", graph, node.state, words, node.path.then(OVER))
            return


# -- what happens on the way -----------------------------------------------------------------------


def _troubles(property: str, kind: str) -> Callable[[Graph, Limits], Iterator[Refuted]]:
    def find(graph: Graph, limits: Limits) -> Iterator[Refuted]:
        for edge in graph.edges:
            for trouble in edge.troubles:
                if trouble.kind == kind and not _is_met(graph, edge, trouble):
                    path = edge.path.then(WELL)
                    yield _refuted(property, graph, trouble.state, trouble.words, path, edge.move)

    return find


def _is_met(graph: Graph, edge: Edge, trouble: Trouble) -> bool:
    """Whether the flow has done what it can about what nobody expects."""
    flow = graph.flow
    if trouble.kind == "silence":
        return VOICELESS in edge.path.steps
    state = flow.states.get(trouble.state)
    handled = flow.on_error or (state is not None and state.on_error)
    return bool(graph.faults and trouble.kind == "error" and handled)


def _operator(graph: Graph, limits: Limits) -> Iterator[Refuted]:
    """From every question the operator can be reached, or he was there already."""
    operator = graph.flow.operator
    if not operator or graph.left:
        return
    there = {node.number for node in _through(graph, operator)}
    ways = [edge for edge in graph.edges if edge.kind != "hang_up"]
    before = reached((each for each in ways if operator not in each.states), [0])
    found = reaching(ways, there)
    for node in graph.nodes:
        if node.asks and node.number in before and node.number not in found:
            words = f"from this question nothing leads to the operator ({operator})"
            path = node.path.then(sentence("goes_through", operator))
            yield _refuted("operator", graph, node.state, words, path)


def _through(graph: Graph, state: str) -> list[Node]:
    """The places from which some move goes through *state*."""
    return [node for node in graph.nodes if any(state in edge.states for edge in node.edges)]


def _hang_up(graph: Graph, limits: Limits) -> Iterator[Refuted]:
    for edge in graph.edges:
        due, done = edge.farewells
        if due != done:
            words = f"after a hang-up, on_hang_up has to run {due} times, and runs {done} times"
            state = graph.nodes[edge.source].state
            yield _refuted("hang-up", graph, state, words, edge.path.then(WELL))


# -- the walk itself -------------------------------------------------------------------------------


def _same_way(graph: Graph, limits: Limits) -> Iterator[Refuted]:
    """What happens to a call decides where it goes: no chance, and no clock of the flow's own."""
    if graph.two_ways is None:
        return
    node, path, other = graph.two_ways.node, graph.two_ways.path, graph.two_ways.other
    state = _parts_in(graph, graph.two_ways)
    if other.ended_by:
        now = "ended"
    else:
        now = "waited elsewhere in it" if other.state == node.state else f"waited in {other.state}"
    fault = next((each for each in other.failures if each.startswith(f"{state}: ")), "")
    why = f"; the flow had failed: {fault}" if fault else ""
    words = f"the same call went two ways: it waited in {node.state}, and told again it {now}{why}"
    yield _refuted(SAME_WAY, graph, state, words, path)


def _parts_in(graph: Graph, found: TwoWays) -> str:
    """The last state in which both calls were."""
    node, trail = found.node, tuple[str, ...]()
    while node.number:
        came = next(edge for edge in graph.edges if edge.target == node.number)
        node, trail = graph.nodes[came.source], came.states + trail
    told = entered(found.other.line.log)
    both = takewhile(lambda pair: pair[0] == pair[1], zip(trail, told, strict=False))
    return max(enumerate(both), default=(0, (found.node.state,)))[1][0]


def _refuted(
    property: str, graph: Graph, state: str, words: str, path: Story, move: str = ""
) -> Refuted:
    return Refuted(property, words, state, place_of(graph.flow, state), path, move)


def place_of(flow: Flow, state: str) -> Place:
    """Where *state*, as a journal names it, is written."""
    if state in flow.states and not is_called(flow):
        return flow.states[state].place
    for each in flow.family():
        own = state.removeprefix(f"{each.name}.")
        if own != state and own in each.states:
            return each.states[own].place
    return flow.place


PROPERTIES = (
    Property("ends", "every call ends, also if nobody answers", _ends),
    Property("stuck", "nobody is stuck: some answer leads to an end", _stuck),
    Property("errors", "no step fails", _troubles("errors", "error")),
    Property("silence", "nobody hears silence", _troubles("silence", "silence")),
    Property("operator", "every question leads to the operator", _operator),
    Property("transfers", "no transfer fails without a word", _troubles("transfers", "transfer")),
    Property("hang-up", "on_hang_up runs once, wherever somebody hangs up", _hang_up),
    Property("secrets", "no secret is told", _troubles("secrets", "secret")),
    Property(SAME_WAY, "the same call goes the same way", _same_way),
)
