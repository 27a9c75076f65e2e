"""The walk: from each place at which something is decided, one call for each thing that can be.

A session is a coroutine and cannot be copied.  So a branch is walked by a new call of which the
same story is told, with one step more.  Since time is an argument it goes the same way; where it
does not, the flow goes by chance or by a clock, and nothing more can be found out about it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from ...engine.call import Call
from ...engine.effects import Note, Work
from ...engine.events import Digit
from ...engine.flow import Flow, path_name
from ...engine.handlers import farewell_of
from ...testing.caller import is_called
from ...testing.errors import StoryError
from ...testing.simulated_call import SimulatedCall
from ...testing.steps import Step, sentence
from ...testing.story import Story
from ...testing.troubles import Trouble, secrets_of, troubles
from .alike import Alike
from .begin import later, offers
from .entries import is_sampled
from .moves import LEAVES, Kind, Move, moves, waits_for
from .remembered import variants
from .secrets import MARK, MadeUpSecrets
from .standing import failures, frames

LONGEST = 30 * 60.0  # seconds that a call may go on by itself, or in which it must end
MOST_NODES = 20_000
HUNDREDTHS = 100  # of a second: stories have readable times
VOICELESS = sentence("has_no_voice")
MOST_WORDS = 20  # about what was tried in part


@dataclass(slots=True)
class Node:
    """A place at which something is decided; `end` is who ended the call, if it is over there.

    `spot` is where the flow waits, whatever its variables are.
    """

    number: int
    path: Story
    state: str
    spot: Hashable = ()
    end: str = ""
    asks: bool = False
    edges: list[Edge] = field(default_factory=list)
    call: SimulatedCall | None = None  # one that stands there, and was not used yet


@dataclass(frozen=True, slots=True)
class Edge:
    """What was decided at a node, and where it led; `seconds` that it took.

    `states` were entered on the way.  `endless`: nothing more has to be decided, and it goes on.
    `farewells`: how often an `on_hang_up` had to run, and did.
    """

    source: int
    move: str
    kind: Kind
    target: int
    seconds: float
    path: Story
    states: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    endless: bool = False
    farewells: tuple[int, int] = (0, 0)


@dataclass(eq=False)
class TwoWays(Exception):
    """The call that came to *node* went another way when its *path* was told once more: *other*."""

    node: Node
    path: Story
    other: SimulatedCall


@dataclass(slots=True)
class Graph:
    """All that was found; the first node is where calls begin."""

    flow: Flow
    faults: bool = False
    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    left: int = 0
    """How many places were found and not followed, or not in every way."""
    two_ways: TwoWays | None = None
    """What ended the walk, if it was that."""
    interrupted: bool = False
    abstracted: dict[str, None] = field(default_factory=dict)
    """What was tried in part, in words."""

    @property
    def states(self) -> set[str]:
        """The states that some call was in."""
        return {state for edge in self.edges for state in edge.states}


Progress = Callable[[int, int], None]


def search(
    flow: Flow,
    *,
    arguments: Mapping[str, Any] | None = None,
    faults: bool = False,
    longest: float = LONGEST,
    most: int = MOST_NODES,
    told: Progress = lambda done, found: None,
) -> Graph:
    """Walk through *flow*; *told* is given how many places are done, and how many were found.

    *arguments* are those of a flow that others call; None: some that fit.  *faults*: phones and
    services do what nobody expects of them, too.
    *longest*: seconds after which a call that goes on by itself is endless.  *most*: places.

    Ctrl-C ends the walk, and what was found by then is returned.
    """
    return _Search(flow, offers(flow, arguments), faults, longest, most, told).run()


class _Search:
    def __init__(
        self,
        flow: Flow,
        offers: list[Mapping[str, Any]],
        faults: bool,
        longest: float,
        most: int,
        told: Progress,
    ) -> None:
        self.flow = flow
        self.offers = offers
        self.flows = {each.name: each for each in flow.family()}
        self.says_farewell = any(each.farewells for each in self.flows.values())
        self.faults = faults
        self.longest = longest
        self.most = most
        self.told = told
        self.graph = Graph(flow, faults)
        self.alike = Alike(flow, later(flow))
        self.known: dict[Hashable, Node] = {}
        self.todo: deque[Node] = deque()
        self.waited: set[Hashable] = set()  # where somebody has hung up already
        self.remembered: set[Hashable] = set()
        self.leaving: deque[tuple[int, Story]] = deque()

    def run(self) -> Graph:
        graph = self.graph
        try:
            self._walk()
        except TwoWays as found:
            graph.two_ways = found
        except KeyboardInterrupt:
            graph.interrupted = True
        unfinished = graph.interrupted or graph.two_ways is not None
        graph.left = len(self.todo) + unfinished
        return graph

    def _walk(self) -> None:
        graph = self.graph
        start = Node(0, Story(), "")
        graph.nodes.append(start)
        secrets = MadeUpSecrets(self.alike.of(self.flow.name).lengths)
        for offer in self.offers:
            path = Story({**offer, "secrets": secrets})
            self._try(start, path, Move(_begins(offer), "outside"))
            if self.faults:
                move = Move(f"{_begins(offer)}; no prompt can be played", "outside", (VOICELESS,))
                self._try(start, path, move)
        while self.todo and len(graph.nodes) < self.most:
            self._expand(self.todo.popleft())
            self.told(len(graph.nodes) - len(self.todo), len(graph.nodes))

    def _expand(self, node: Node) -> None:
        live, node.call = node.call, None
        simulated = live or self._again(node, node.path)
        possible = moves(simulated, self.alike, self.faults)
        if not self.says_farewell:
            spot = _spot(simulated)
            if spot in self.waited:
                possible = [move for move in possible if move is not LEAVES]
            self.waited.add(spot)
        self._abstract(simulated, possible)
        for number, move in enumerate(possible):
            self._try(node, node.path, move, None if number else simulated)
        while self.leaving:
            source, path = self.leaving.popleft()
            self._try(self.graph.nodes[source], path, LEAVES)

    def _abstract(self, simulated: SimulatedCall, possible: list[Move]) -> None:
        """Say where not all that can happen is among the moves."""
        taking = simulated.session.call.taking
        if taking is not None and waits_for(simulated) == "question" and is_sampled(taking.rules):
            count = sum(move.name.startswith("presses") for move in possible)
            if count > 1 and not any(failures(simulated.session)):
                words = f"{simulated.state}: of what may be typed, {count} entries are tried"
                self.graph.abstracted[words] = None
        if len(self.graph.abstracted) > MOST_WORDS:
            self.graph.abstracted.popitem()

    def _try(
        self, node: Node, path: Story, move: Move, live: SimulatedCall | None = None, depth: int = 0
    ) -> None:
        """Let *move* happen at *node*, and see where that leads; *live* stands there already."""
        simulated = live or self._again(node, path)
        began, before = simulated.now, _scopes(simulated)
        mark = len(simulated.line.log) if node.number else 0
        origin, path = path, self._let(simulated, move, path)
        path, endless = self._advance(simulated, path, node)
        entries = simulated.line.log[mark:]
        call = simulated.session.call
        end = simulated.ended_by if simulated.session.ended else ""
        secrets = [text for text in secrets_of(call, simulated.line.secrets.ever) if MARK in text]
        found = troubles(simulated.line.log, secrets, mark, called=is_called(self.flow))
        due = self._farewells(before) if move is LEAVES else 0
        target = self._node(simulated, path, end, endless)
        edge = Edge(
            node.number,
            move.name,
            move.kind,
            target.number,
            simulated.now - began,
            path,
            entered(entries),
            tuple(found),
            endless,
            (due, len(call.partings)) if move is LEAVES else (0, 0),
        )
        node.edges.append(edge)
        self.graph.edges.append(edge)
        if depth < 3:
            for name, begun in list(self._variants(simulated, origin, mark)):
                other = Move(f"{move.name}; {name}", move.kind, move.steps, move.silent)
                with suppress(TwoWays):  # it was asked for before, and leads elsewhere
                    self._try(node, begun, other, None, depth + 1)

    def _again(self, node: Node, path: Story) -> SimulatedCall:
        """A call in which *path* has happened once more.  Raises `TwoWays`."""
        simulated = SimulatedCall(self.flow, **path.offer)
        try:
            for step in path.steps:
                step.tell(simulated)
        except StoryError:
            raise TwoWays(node, path, simulated) from None
        if path is node.path and node.number and _spot(simulated) != node.spot:
            raise TwoWays(node, path, simulated)
        return simulated

    def _variants(
        self, simulated: SimulatedCall, origin: Story, mark: int
    ) -> Iterator[tuple[str, Story]]:
        """The same, had something else been remembered."""
        for _, thing, _ in simulated.line.log[mark:]:
            if isinstance(thing, Work):
                call = simulated.session.call
                known = self.alike.of(call.flows[-1])
                yield from variants(thing, origin, call.vars, known, self.remembered)

    def _let(self, simulated: SimulatedCall, move: Move, path: Story) -> Story:
        if move.silent or move.kind == "wrong":
            since, situation = simulated.now, _situation(simulated)
            while not simulated.over and _situation(simulated) == situation:
                if not move.silent and simulated.line.playing is None:
                    break  # what is wrong counts behind the question
                if not simulated.line.step():
                    break
            path = path.then(*_wait(simulated, since, True))
        for step in (*_pause(simulated, move), *move.steps):
            mark = len(simulated.line.log)
            try:
                step.tell(simulated)
            except StoryError:  # it was over sooner
                return path.then(*_as_far_as(step, simulated.line.log[mark:]))
            path = path.then(step)
        return path

    def _advance(self, simulated: SimulatedCall, path: Story, node: Node) -> tuple[Story, bool]:
        """Let time pass until something has to be decided; whether that never comes."""
        line, began = simulated.line, simulated.now
        while True:
            since, happened = simulated.now, False
            while waits_for(simulated) is None and not line.session.ended:
                self._may_leave(simulated, path, since, node)
                happened = line.step()
                if not happened or simulated.now - began > self.longest:
                    return path.then(*_wait(simulated, since, True)), not line.session.ended
            path = path.then(*_wait(simulated, since, happened))
            if line.session.ended or waits_for(simulated) is not None:
                return path, False

    def _may_leave(self, simulated: SimulatedCall, path: Story, since: float, node: Node) -> None:
        """Somebody hangs up here, once for each place at which the flow waits."""
        spot = _spot(simulated)
        if simulated.over or simulated.now <= since or spot in self.waited:
            return
        self.waited.add(spot)
        seconds = ceil((simulated.now - since) * HUNDREDTHS) / HUNDREDTHS
        self.leaving.append((node.number, path.then(sentence("waits", seconds=seconds))))

    def _node(self, simulated: SimulatedCall, path: Story, end: str, endless: bool) -> Node:
        key: Hashable
        if end:
            key = ("end", end)
        elif endless:
            key = ("endless", simulated.state)
        else:
            key = self.alike.key(simulated, path.offer.get("memory", {}))
        if key not in self.known:
            number = len(self.graph.nodes)
            asks = simulated.session.call.asking
            spot = _spot(simulated)
            node = Node(number, path, simulated.state, spot, end, asks, call=simulated)
            self.known[key] = node
            self.graph.nodes.append(node)
            if not end and not endless:
                self.todo.append(node)
        return self.known[key]

    def _farewells(self, scopes: list[tuple[str, str]]) -> int:
        """How many `on_hang_up` are to run when the call ends in these states."""
        found = 0
        for flow, state in scopes:
            known = self.flows.get(flow)
            if known is not None:
                own = state.removeprefix(path_name(known, ""))
                found += farewell_of(known, own) is not None
        return found


def _spot(simulated: SimulatedCall) -> Hashable:
    """Where the flow waits, whatever its variables are."""
    session = simulated.session
    return (session.call.state, *((each.f_code, each.f_lasti) for each in frames(session)))


def _pause(simulated: SimulatedCall, move: Move) -> Iterator[Step]:
    """Who was wrong in the middle of an entry and answers anew stops typing first."""
    rest = simulated.session.rest_until - simulated.now
    if rest > 0 and any(step.name == "presses" for step in move.steps):
        yield sentence("waits", seconds=ceil(rest))


def _begins(offer: Mapping[str, Any]) -> str:
    at, overrides = offer.get("at"), offer.get("overrides", {})
    said = [f"{name} is {how} by an operator" for name, how in overrides.items()]
    return ", ".join([f"calls on {at:%a %Y-%m-%d at %H:%M}" if at else "calls", *said])


def _scopes(simulated: SimulatedCall) -> list[tuple[str, str]]:
    call: Call = simulated.session.call
    return [(flow, scope.state) for flow, scope in zip(call.flows, call.scopes, strict=True)]


def _situation(simulated: SimulatedCall) -> Hashable:
    call = simulated.session.call
    failed = failures(simulated.session)
    line = simulated.line
    return call.state, call.place, failed, call.asking, line.questions, line.recording is None


def _wait(simulated: SimulatedCall, since: float, happened: bool) -> Iterator[Step]:
    """The step that takes a call from *since* to now, or a little later; lets that pass.

    *happened*: something did meanwhile, even if it took no time.
    """
    hundredths = ceil((simulated.now - since) * HUNDREDTHS - 1e-6)
    hundredths += since + hundredths / HUNDREDTHS < simulated.now
    hundredths = max(hundredths, int(happened))
    if hundredths > 0:
        seconds = hundredths / HUNDREDTHS
        simulated.line.pass_until(since + seconds)
        yield sentence("waits", seconds=seconds)


def _as_far_as(step: Step, entries: list[Any]) -> Iterator[Step]:
    """*step*, as much of it as was done."""
    pressed = sum(isinstance(thing, Digit) for _, thing, _ in entries)
    if step.name == "presses" and pressed:
        yield sentence("presses", **{**step.named, "keys": step.named["keys"][:pressed]})


def entered(entries: list[Any]) -> tuple[str, ...]:
    """The states that were entered, in order."""
    return tuple(
        thing.detail for _, thing, _ in entries if isinstance(thing, Note) and thing.kind == "state"
    )
