"""What a scenario says of the call before it begins: when it comes, who calls, what is known."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, Literal

from yaml.nodes import Node

from ..engine.codes import Code
from ..engine.errors import IvrError
from ..engine.flow import Flow
from ..engine.verb import DATA, KeySet, Plain, Seconds
from ..flowfile.bind import argument_hint
from ..flowfile.convert import Context, convert
from ..flowfile.source import Bad
from ..flowfile.times import zone as read_zone
from .performing import Direction

Override = Literal["open", "closed"]
Foreign = Annotated[str, DATA]
Kept = Literal["recall", "remember", "mailbox"]
_AT = "a time such as 2025-03-03 10:00 Europe/Berlin"
MESSAGE = {"file": str, "caller": str, "at": str, "urgent": bool, "heard": bool}


def moment(text: str) -> datetime:
    """Read ``2025-03-03 10:00 Europe/Berlin``; without a zone it is UTC.  Raises `IvrError`."""
    day, _, rest = text.strip().partition(" ")
    clock, _, zone = rest.strip().partition(" ")
    try:
        found = datetime.fromisoformat(f"{day} {clock}".strip())
    except ValueError:
        raise IvrError(f"{text!r}: expected {_AT}") from None
    if not zone:
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    try:
        return found.replace(tzinfo=read_zone(zone))
    except ValueError as error:
        raise IvrError(str(error)) from None


def read_offer(key: str, node: Node, context: Context, called: Collection[Flow]) -> Any:
    """What `SimulatedCall` is given as *key*; *called* are the flows that take arguments.

    Raises `Bad`.
    """
    return _arguments(node, context, called) if key == "arguments" else _READ[key](node, context)


def _at(node: Node, context: Context) -> datetime:
    try:
        return moment(context.source.text(node, _AT))
    except IvrError as error:
        raise Bad(node, str(error), Code.BAD_TIME) from None


def _by_name(kind: Any, words: str, node: Node, context: Context) -> dict[str, Any]:
    fields = context.source.fields(node, words)
    return {name: convert(kind, field.value, context) for name, field in fields.items()}


def _of(kind: Any) -> Callable[[Node, Context], Any]:
    return lambda node, context: convert(kind, node, context)


def _mailboxes(node: Node, context: Context) -> dict[str, list[dict[str, Any]]]:
    boxes = context.source.fields(node, "mailboxes and their messages")
    return {
        box: [_message(item, context) for item in context.source.items(field.value)]
        for box, field in boxes.items()
    }


def _message(node: Node, context: Context) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, fact in context.source.fields(node, "a message: caller, at, urgent, heard").items():
        if name not in MESSAGE:
            context.source.unknown(fact.key, "key", name, MESSAGE, Code.UNKNOWN_KEY)
        elif name == "at":
            found[name] = _at(fact.value, context).timestamp()
        else:
            found[name] = convert(MESSAGE[name], fact.value, context)
    return found


def _arguments(node: Node, context: Context, called: Collection[Flow]) -> dict[str, Any]:
    """As a flow would give them; what they are to be, the first flow says."""
    found: dict[str, Any] = {}
    for name, field in context.source.fields(node, "arguments of the flow").items():
        hint = next((argument_hint(flow, name) for flow in called), None)
        found[name] = convert(hint or Any, field.value, context)
    return found


_READ: Mapping[str, Callable[[Node, Context], Any]] = {
    "at": _at,
    "direction": _of(Direction),
    "accept": _of(KeySet),
    "caller": _of(Foreign),
    "dialled": _of(Foreign),
    "headers": _of(Mapping[str, Foreign]),
    "secrets": _of(Mapping[str, str]),
    "durations": partial(_by_name, Seconds, "prompts and their seconds"),
    "overrides": partial(_by_name, Override, "schedules, and open or closed"),
    "memory": _of(Mapping[str, Mapping[str, Plain]]),
    "mailboxes": _mailboxes,
    "told": _of(tuple[Kept, ...]),
}
OFFER = (*_READ, "arguments")
