"""The handlers of a flow in YAML: where it goes on with what its states do not say."""

from __future__ import annotations

from yaml.nodes import MappingNode, Node

from ..engine.call import Call
from ..engine.codes import Code
from ..engine.errors import FlowError
from ..engine.flow import Step
from ..engine.handlers import Ladder, ladder
from .bound import Bound, step_of
from .read_state import States
from .source import Bad, Field, Source

_STATE = "a state, or states by how often, such as {1: menu, 3: operator}"


def read_handlers(states: States, top: dict[str, Field], *, shared: bool = False) -> None:
    """Read what *top* says of handlers into the flow of *states*; what is *shared* gives way."""
    flow, source = states.flow, states.source
    for name in ("on_error", "operator"):
        if name in top and is_free(states, name, top[name].value, shared):
            target = read_target(states, top[name].value, name)
            if name == "on_error":
                flow.on_error = target
            else:
                flow.operator = target
    if "handlers" in top:
        try:
            fields = source.fields(top["handlers"].value, "outcome: state pairs")
        except Bad as bad:
            states.unread.add("handlers")
            return source.note(bad, "handlers")
        for outcome, part in fields.items():
            if is_free(states, f"handlers: {outcome}", part.value, shared):
                try:
                    flow.handlers[outcome] = _ladder(states, part.value)
                except Bad as bad:
                    flow.handlers[outcome] = ()  # no state needs to say it
                    states.whole = False
                    source.note(bad, f"handlers: {outcome}")
    if "on_hang_up" in top and is_free(states, "on_hang_up", top["on_hang_up"].key, shared):
        states.farewells[""] = top["on_hang_up"]


def is_free(states: States, name: str, node: Node, shared: bool) -> bool:
    """Whether no other file of the flow says what *name* is."""
    places = states.flow.handler_places
    first = places.setdefault(name, states.source.place(node))
    free = first == states.source.place(node)
    if not free and not shared:
        wrong = f"{name} is given twice; also at {first}"
        states.source.fault(node, wrong, Code.GIVEN_TWICE)
    return free


def farewell(states: States, part: Field) -> Step | None:
    """The verbs of ``on_hang_up``; None where one of them cannot stand there, which is noted."""
    verbs = states.verbs_of(part)
    if verbs is None:
        return None
    loud = [bound for bound in verbs if not bound.verb.after_call]
    for bound in loud:
        wrong = f"{bound.verb.name}: on_hang_up runs after the call; nothing of it is left"
        states.source.fault(bound.key, wrong, Code.AFTER_THE_CALL)
    return None if loud else _in_turn(verbs)


def _in_turn(verbs: list[Bound]) -> Step:
    """Do *verbs* one after the other, whatever comes of each."""
    steps = [step_of([bound]) for bound in verbs]

    async def farewell(call: Call) -> str:
        for step in steps:
            await step(call)
        return "done"

    return farewell


def _ladder(states: States, node: Node) -> Ladder:
    source: Source = states.source
    if not isinstance(node, MappingNode):
        return ladder(read_target(states, node))
    steps: dict[int, str] = {}
    for times, part in source.fields(node, _STATE).items():
        if not times.isdecimal() or len(times) > 3:
            raise Bad(part.key, f"{times!r} is no number of times", Code.BAD_COUNT)
        steps[int(times)] = read_target(states, part.value)
    try:
        return ladder(steps)
    except FlowError as error:
        raise Bad(node, str(error), Code.BAD_COUNT) from None


def read_target(states: States, node: Node, name: str = "") -> str:
    try:
        text = states.source.text(node, _STATE)
    except Bad as bad:
        if not name:
            raise
        states.unread.add("handlers")
        states.source.note(bad, name)
        return ""
    states.targets.append(node)
    return text
