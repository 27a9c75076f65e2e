"""Read a flow from YAML.  The result is the same `Flow` that a Python file builds."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yaml.nodes import Node, ScalarNode, SequenceNode

from ..engine.call import Call
from ..engine.errors import LoadError
from ..engine.flow import END, Flow, Place, State, Step
from ..engine.verb import DONE, VERBS, Verb
from .bind import Arguments, bind, signature_of, verb_and_data
from .convert import Context
from .source import Bad, Field, Source, suggest

LANGUAGE_VERSION = "1"
_TOP = ("ivr", "flow", "start", "language", "description", "states")
_STATE = ("do", "then", "description")


@dataclass(frozen=True, slots=True)
class Bound:
    """A verb with its arguments, ready to run in a call."""

    verb: Verb
    arguments: Arguments
    place: str

    @property
    def outcomes(self) -> tuple[str, ...]:
        named = dict(self.arguments.named)
        pairs = signature_of(self.verb.run).pairs
        if pairs is not None:
            named = {pairs.name: named}
        return self.verb.outcomes(named)


def read_yaml(path: Path, prompts: Collection[str] | None = None) -> Flow:
    """Load and check one flow file.  Raises `LoadError` with every fault of it."""
    source, root = Source.parse(path)
    try:
        flow = _flow(root, Context(source, prompts))
    except Bad as bad:
        source.fault(bad.node, bad.message)
    if source.faults:
        raise LoadError(sorted(source.faults))
    return flow.check()


def _flow(root: Node | None, context: Context) -> Flow:
    source = context.source
    if root is None:
        raise LoadError([Place(source.file, 1, 1).fault("empty; a flow begins with ivr: 1")])
    top = _top(root, source)
    texts = {name: _text(source, top[name]) for name in top if name != "states"}
    if texts.get("ivr") not in (LANGUAGE_VERSION, None):
        source.fault(top["ivr"].value, f"this version reads ivr: 1, not {texts['ivr']!r}")
    flow = Flow(
        texts.get("flow") or Path(source.file).stem,
        start=texts.get("start") or "",
        language=texts.get("language") or "",
        place=source.place(top["start"].value if "start" in top else root),
    )
    if "states" in top:
        for name, field in source.fields(top["states"].value, "states").items():
            if name == END:
                source.fault(field.key, f"{END!r} is where calls end; choose another name")
            else:
                flow.add(_state(name, field, context))
    if flow.start and flow.states:
        source.faults += flow.faults()
    return flow


def _top(root: Node, source: Source) -> dict[str, Field]:
    top = source.fields(root, "a flow: ivr, flow, start, states")
    for name, field in top.items():
        if name not in _TOP:
            source.unknown(field.key, "key", name, _TOP)
    for name in ("ivr", "flow", "start", "states"):
        if name not in top:
            what = "ivr: 1, the version of the language" if name == "ivr" else name
            source.fault(root, f"the flow lacks {what}")
    return top


def _text(source: Source, field: Field) -> str | None:
    try:
        return source.text(field.value)
    except Bad as bad:
        source.fault(field.key, bad.message)
        return None


def _state(name: str, field: Field, context: Context) -> State:
    source, then, verbs = context.source, Then(), None
    try:
        parts = source.fields(field.value, "a state: do, then")
        for key, part in parts.items():
            if key not in _STATE:
                source.unknown(part.key, "key", key, _STATE)
        if "do" in parts:
            verbs = _verbs(parts["do"], context)
        else:
            source.fault(field.key, f"state {name!r} lacks do")
        then = _then(parts.get("then"), verbs, context)
        if verbs is not None:
            _check_outcomes(name, verbs, then, parts.get("then", field), source)
    except Bad as bad:
        source.fault(bad.node, bad.message)
    places = {outcome: source.place(node) for outcome, node in then.targets.items()}
    on = {outcome: str(node.value) for outcome, node in then.targets.items()}
    return State(name, _step(verbs or []), on, source.place(field.key), places)


class Then:
    """``then`` of a state: for each outcome its key and its target, as nodes."""

    def __init__(self) -> None:
        self.keys: dict[str, Node] = {}
        self.targets: dict[str, Node] = {}


def _then(field: Field | None, verbs: list[Bound] | None, context: Context) -> Then:
    """Read ``then: {busy: voicemail}``, or ``then: menu`` where there is but one outcome."""
    then = Then()
    if field is None:
        return then
    source = context.source
    if isinstance(field.value, ScalarNode):
        source.text(field.value, "a state, or outcome: state pairs")
        needed = _needed(verbs or [])
        if len(needed) != 1 and verbs is not None:
            named = ", ".join(needed) or "none"
            raise Bad(field.value, f"expected where each outcome leads; outcomes: {named}")
        for outcome in needed:
            then.keys[outcome] = field.key
            then.targets[outcome] = field.value
        return then
    for outcome, pair in source.fields(field.value, "outcome: state pairs").items():
        then.keys[outcome] = pair.key
        try:
            source.text(pair.value, "a state")
            then.targets[outcome] = pair.value  # a scalar, else it had no text
        except Bad as bad:
            source.fault(bad.node, bad.message)
    return then


def _verbs(field: Field, context: Context) -> list[Bound] | None:
    """The verbs of ``do``; None when one of them could not be read."""
    nodes = field.value.value if isinstance(field.value, SequenceNode) else [field.value]
    if not nodes:
        context.source.fault(field.key, "expected at least one verb")
        return None
    bound = [_bound(node, context) for node in nodes]
    return None if None in bound else [b for b in bound if b is not None]


def _bound(node: Node, context: Context) -> Bound | None:
    source = context.source
    try:
        name, key, data = verb_and_data(source, node, "a verb such as say: welcome")
    except Bad as bad:
        source.fault(bad.node, bad.message)
        return None
    if name not in VERBS:
        source.unknown(key, "verb", name, sorted(VERBS))
        return None
    verb = VERBS[name]
    arguments = bind(verb.run, name, key, data, context)
    if arguments is None:
        return None
    rest = signature_of(verb.run).rest
    wrong = verb.check(arguments.named | ({rest.name: arguments.positional} if rest else {}))
    if wrong:
        source.fault(key, f"{name}: {wrong}")
        return None
    return Bound(verb, arguments, str(source.place(key)))


def _needed(verbs: list[Bound]) -> dict[str, str]:
    """The outcomes that a state with *verbs* can have, and the verb each comes from."""
    needed: dict[str, str] = {}
    for number, bound in enumerate(verbs, 1):
        for outcome in bound.outcomes:
            if number == len(verbs) or outcome != bound.verb.goes_on:
                needed.setdefault(outcome, bound.verb.name)
    return needed


def _check_outcomes(
    state: str, verbs: list[Bound], then: Then, field: Field, source: Source
) -> None:
    for bound in verbs[:-1]:
        if not bound.verb.goes_on:
            why = "ends the call" if not bound.outcomes else "leads to different states"
            source.fault(
                field.key, f"{state}: {bound.verb.name} {why}; it can only be the last of do"
            )
            return
    needed = _needed(verbs)
    forgotten = [outcome for outcome in needed if outcome not in then.keys]
    if forgotten:
        sources = ", ".join(dict.fromkeys(needed[outcome] for outcome in forgotten))
        source.fault(field.key, f"{state}: then forgets {', '.join(forgotten)} (of {sources})")
    for outcome, key in then.keys.items():
        if outcome not in needed:
            names = ", ".join(bound.verb.name for bound in verbs)
            hint = suggest(outcome, needed) if needed else "the call ends here: leave then out"
            source.fault(key, f"{state}: {names} cannot have the outcome {outcome!r}; {hint}")


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
