"""Read a flow from YAML.  The result is the same `Flow` that a Python file builds."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from yaml.nodes import Node, ScalarNode, SequenceNode

from ..engine.call import Call
from ..engine.effects import Prompt
from ..engine.errors import Fault, LoadError
from ..engine.flow import END, RESERVED, Flow, Place, State, Step
from ..engine.phase import Phase
from ..engine.verb import DONE, VERBS, Outcomes, Verb
from .answered import misplaced
from .bind import Arguments, addresses_in, bind, prompts_in, signature_of, verb_and_data
from .convert import Context, convert
from .source import Bad, Field, Source, suggest

LANGUAGE_VERSION = "1"
_TOP = ("ivr", "flow", "start", "language", "zone", "description", "states")
_STATE = ("do", "then", "description")
_NAME = re.compile(r"\w[\w .-]*")


@dataclass(frozen=True, slots=True)
class Bound:
    """A verb with its arguments, ready to run in a call."""

    verb: Verb
    arguments: Arguments
    key: Node
    place: str
    outcomes: Outcomes
    prompts: frozenset[Prompt]
    enters: Phase
    addresses: list[str]


@dataclass(slots=True)
class Then:
    """``then`` of a state: for each outcome its key and its target, as nodes.

    `whole`: whether every key could be read.
    """

    whole: bool = True
    keys: dict[str, Node] = field(default_factory=dict)
    targets: dict[str, Node] = field(default_factory=dict)


def read_yaml(
    path: Path,
    prompts: Collection[str] | None = None,
    schedules: Collection[str] | None = None,
) -> Flow:
    """Load and check one flow file.  Raises `LoadError` with every fault of it."""
    source, root = Source.parse(path)
    if root is None:
        raise LoadError([Place(source.file, 1, 1).fault("empty; a flow begins with ivr: 1")])
    flow = None
    try:
        flow = _Reader(Context(source, prompts, schedules=schedules)).flow(root)
    except Bad as bad:
        source.note(bad)
    source.check()
    assert flow is not None
    return flow.check()


class _Reader:
    """Reads one flow.  `whole`: whether every arrow of its map could be read."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.source = context.source
        self.targets: list[Node] = []
        self.whole = True
        self.verbs: dict[str, list[Bound]] = {}  # of the states that could be read

    def flow(self, root: Node) -> Flow:
        source, top = self.source, self._top(root)
        texts = {name: self._text(top[name]) for name in top if name in _TOP and name != "states"}
        start = top.get("start")
        if start is not None and texts["start"]:
            self.targets.append(start.value)
        flow = Flow(
            texts.get("flow") or Path(source.file).stem,
            start=texts.get("start") or "",
            language=texts.get("language") or "",
            place=source.place(start.value if start else root),
        )
        if "zone" in top:
            flow.zone = self._zone(top["zone"])
        if "states" not in top:
            return flow
        before = len(source.faults)
        states = source.fields(top["states"].value, "states, each with do and then")
        self.whole = flow.start != "" and len(source.faults) == before
        if not states and self.whole:
            raise Bad(top["states"].key, "expected at least one state, with do and then")
        for name, part in states.items():
            if name in RESERVED or not _NAME.fullmatch(name):
                self.whole = False
                source.fault(part.key, _bad_name(name))
            else:
                flow.add(self._state(name, part))
        self._unknown_targets(flow.states, {*states, END})
        if self.whole:
            source.faults += flow.faults() or self._misplaced(flow)
        return flow

    def _misplaced(self, flow: Flow) -> list[Fault]:
        if self.source.faults:
            return []  # what it does is not known yet
        found = misplaced(flow, self.verbs)
        return [self.source.place(node).fault(wrong) for node, wrong in found]

    def _top(self, root: Node) -> dict[str, Field]:
        source = self.source
        top = source.fields(root, "a flow: ivr, flow, start, states")
        if not top.keys() & {"ivr", "flow", "start", "states"}:
            raise Bad(root, "this is no flow; a flow begins with ivr: 1, and has start and states")
        version = self._text(top["ivr"]) if "ivr" in top else LANGUAGE_VERSION
        if version is not None and version != LANGUAGE_VERSION:
            raise Bad(top["ivr"].value, f"this program reads ivr: 1, not ivr: {version}")
        for name, part in top.items():
            if name not in _TOP:
                source.unknown(part.key, "key", name, _TOP)
        for name in ("ivr", "flow", "start", "states"):
            if name not in top:
                what = "ivr: 1, the version of the language" if name == "ivr" else name
                source.fault(root, f"the flow lacks {what}")
        return top

    def _text(self, part: Field) -> str | None:
        try:
            return self.source.text(part.value)
        except Bad as bad:
            self.source.note(bad)
            return None

    def _zone(self, part: Field) -> ZoneInfo | None:
        try:
            return cast(ZoneInfo, convert(ZoneInfo, part.value, self.context))
        except Bad as bad:
            self.source.note(bad)
            return None

    def _unknown_targets(self, states: Collection[str], known: Collection[str]) -> None:
        for node in self.targets:
            if node.value not in known:
                self.whole = False
                self.source.unknown(node, "state", node.value, [*states, END])

    def _state(self, name: str, part: Field) -> State:
        source, then, verbs = self.source, Then(), None
        try:
            parts = source.fields(part.value, "a state: do, then")
            for key, unknown in parts.items():
                if key not in _STATE:
                    source.unknown(unknown.key, "key", key, _STATE)
            if "do" in parts:
                verbs = self._verbs(parts["do"])
            else:
                source.fault(part.key, f"state {name!r} lacks do")
            then = self._then(parts.get("then"), verbs)
            if verbs is not None:
                self.verbs[name] = verbs
                self._check_outcomes(name, verbs, then, parts.get("then", part))
        except Bad as bad:
            self.whole = False
            source.note(bad)
        self.targets += then.targets.values()
        return State(
            name,
            _step(verbs or []),
            {outcome: str(node.value) for outcome, node in then.targets.items()},
            source.place(part.key),
            {outcome: source.place(node) for outcome, node in then.targets.items()},
            frozenset().union(*(bound.prompts for bound in verbs or ())),
            frozenset((a, source.place(b.key)) for b in verbs or () for a in b.addresses),
        )

    def _then(self, part: Field | None, verbs: list[Bound] | None) -> Then:
        """Read ``then: {busy: voicemail}``, or ``then: menu`` where there is but one outcome."""
        then, source = Then(), self.source
        if part is None:
            self.whole = self.whole and verbs is not None
            return then
        if isinstance(part.value, ScalarNode):
            source.text(part.value, "a state, or outcome: state pairs")
            # Of verbs that could not be read, any outcome will do to draw the arrow.
            needed = {"": ""} if verbs is None else _needed(verbs)
            if len(needed) != 1:
                named = f"expected where each outcome leads: {', '.join(needed)}"
                raise Bad(part.value, named if needed else "the call ends here; leave then out")
            for outcome in needed:
                then.keys[outcome] = part.key
                then.targets[outcome] = part.value
            return then
        before = len(source.faults)
        pairs = source.fields(part.value, "outcome: state pairs")
        then.whole = len(source.faults) == before
        for outcome, pair in pairs.items():
            then.keys[outcome] = pair.key
            try:
                source.text(pair.value, "a state")
                then.targets[outcome] = pair.value  # a scalar, else it had no text
            except Bad as bad:
                self.whole = False
                source.note(bad)
        return then

    def _verbs(self, part: Field) -> list[Bound] | None:
        """The verbs of ``do``; None when one of them could not be read."""
        nodes = part.value.value if isinstance(part.value, SequenceNode) else [part.value]
        if not nodes:
            raise Bad(part.key, "expected at least one verb, such as say: welcome")
        bound = [self._bound(node) for node in nodes]
        return None if None in bound else [b for b in bound if b is not None]

    def _bound(self, node: Node) -> Bound | None:
        source = self.source
        try:
            name, key, data = verb_and_data(source, node, "a verb such as say: welcome")
        except Bad as bad:
            source.note(bad)
            return None
        if name not in VERBS:
            source.unknown(key, "verb", name, sorted(VERBS))
            return None
        verb = VERBS[name]
        arguments = bind(verb.run, name, key, data, self.context)
        if arguments is None:
            return None
        named = signature_of(verb.run).by_name(arguments)
        wrong = verb.check(named)
        if wrong:
            source.fault(key, f"{name}: {wrong}")
            return None
        prompts, addresses = prompts_in(verb.run, named), addresses_in(verb.run, named)
        place, outcomes, enters = str(source.place(key)), verb.outcomes(named), verb.enters(named)
        return Bound(verb, arguments, key, place, outcomes, prompts, enters, addresses)

    def _check_outcomes(self, state: str, verbs: list[Bound], then: Then, at: Field) -> None:
        for bound, after in pairwise(verbs):
            if not bound.verb.goes_on:
                why = "ends the call" if not bound.outcomes else "leads to different states"
                raise Bad(
                    after.key,
                    f"{after.verb.name} is never reached: {bound.verb.name} {why},"
                    " so it can only be the last of do",
                )
        needed = _needed(verbs)
        forgotten = [outcome for outcome in needed if outcome not in then.keys]
        self.whole = self.whole and then.whole and not forgotten
        if forgotten and then.whole:
            of = ", ".join(dict.fromkeys(needed[outcome] for outcome in forgotten))
            forgets = "then forgets" if then.keys else "then is missing; expected"
            self.source.fault(at.key, f"{state}: {forgets} {', '.join(forgotten)} (of {of})")
        for outcome, key in then.keys.items():
            if outcome not in needed:
                names = ", ".join(bound.verb.name for bound in verbs)
                hint = suggest(outcome, needed) if needed else "the call ends here; leave then out"
                self.source.fault(
                    key, f"{state}: {names} cannot have the outcome {outcome!r}; {hint}"
                )


def _bad_name(name: str) -> str:
    if name == END:
        return f"{name!r} is where calls end; choose another name"
    return f"{name!r} is no name of a state; expected letters, digits, spaces, '_', '-' and '.'"


def _needed(verbs: list[Bound]) -> dict[str, str]:
    """The outcomes that a state with *verbs* can have, and the verb each comes from."""
    needed: dict[str, str] = {}
    for number, bound in enumerate(verbs, 1):
        for outcome in bound.outcomes:
            if number == len(verbs) or outcome != bound.verb.goes_on:
                needed.setdefault(outcome, bound.verb.name)
    return needed


def _step(verbs: list[Bound]) -> Step:
    ready: list[tuple[Any, tuple[Any, ...], dict[str, Any], str, str]] = [
        (b.verb.run, b.arguments.positional, b.arguments.named, b.place, b.verb.goes_on)
        for b in verbs
    ]

    async def step(call: Call) -> str:
        result = DONE
        for run, positional, named, call.place, goes_on in ready:
            result = await run(call, *positional, **named)
            if result.outcome != goes_on:
                break
        return result.outcome

    return step
