"""Bind what a file says to a function's parameters: verbs of flows, steps of scenarios."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, get_type_hints

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ..engine.effects import Prompt
from ..engine.verb import Doc
from .convert import Context, convert
from .source import Bad, Source, suggest

P = inspect.Parameter


@dataclass(slots=True)
class Arguments:
    """Arguments for one call of a function."""

    positional: tuple[Any, ...] = ()
    named: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes, behind its first parameter."""

    parameters: dict[str, inspect.Parameter]
    hints: dict[str, Any]

    @property
    def rest(self) -> inspect.Parameter | None:
        """The parameter that takes a list: ``*prompts``."""
        return next((p for p in self.parameters.values() if p.kind is P.VAR_POSITIONAL), None)

    @property
    def pairs(self) -> inspect.Parameter | None:
        """The parameter that takes names of its own: ``**cases``."""
        return next((p for p in self.parameters.values() if p.kind is P.VAR_KEYWORD), None)

    def takes_prompts(self) -> bool:
        rest = self.rest
        return rest is not None and getattr(self.hints[rest.name], "__origin__", None) == Prompt


@lru_cache(maxsize=256)
def signature_of(function: Callable[..., Any]) -> Signature:
    _, *parameters = inspect.signature(function).parameters.values()
    hints = get_type_hints(function, include_extras=True)
    return Signature({p.name: p for p in parameters}, hints)


def verb_and_data(source: Source, node: Node, what: str) -> tuple[str, Node, Node | None]:
    """``answer``, ``say: welcome`` or ``ask: {…}``: the name, its node, its data.  Raises `Bad`."""
    if isinstance(node, ScalarNode):
        return source.text(node, what), node, None
    fields = source.fields(node, what)
    if len(fields) != 1:
        names = ", ".join(fields) or "nothing"
        raise Bad(
            node, f"expected {what}, found {names}; several belong into a list, each with a -"
        )
    ((name, found),) = fields.items()
    return name, found.key, found.value


def bind(
    function: Callable[..., Any], name: str, key: Node, data: Node | None, context: Context
) -> Arguments | None:
    """Read *data* as arguments of *function*; None when something was wrong (and noted)."""
    signature, source = signature_of(function), context.source
    before = len(source.faults)
    given = _given(signature, name, data, source)
    arguments = Arguments()
    pairs = signature.pairs
    for parameter in signature.parameters.values():
        if parameter is pairs:
            continue
        if parameter.name in given:
            node = given.pop(parameter.name)
            _take(parameter, signature.hints[parameter.name], node, arguments, context)
        elif parameter.default is P.empty:
            source.fault(key, f"{name} needs {parameter.name}: {_doc(signature, parameter)}")
    if pairs is not None and not given:
        source.fault(key, f"{name} needs at least one pair of {_doc(signature, pairs)}")
    for extra, node in given.items():
        if pairs is not None:
            _take(pairs, signature.hints[pairs.name], node, arguments, context, extra)
    return arguments if len(source.faults) == before else None


def _given(signature: Signature, name: str, data: Node | None, source: Source) -> dict[str, Node]:
    """What the file gives, by parameter."""
    if data is None:
        return {}
    if not isinstance(data, MappingNode):
        first = signature.rest or next(iter(signature.parameters.values()), None)
        if first is None or first.kind is P.VAR_KEYWORD:
            found = "a list" if isinstance(data, SequenceNode) else repr(data.value)
            source.fault(data, f"{name} takes {'pairs' if first else 'nothing'}, found {found}")
            return {}
        return {first.name: data}
    given: dict[str, Node] = {}
    known = [p.name for p in signature.parameters.values() if p is not signature.pairs]
    for key, field_ in source.fields(data, f"what {name} takes").items():
        if key in known or signature.pairs is not None:
            given[key] = field_.value
        elif key == "text" and signature.takes_prompts() and signature.rest:
            # `say: {text: words}` is short for `say: {prompts: {text: words}}`.
            pair = (field_.key, field_.value)
            inner = MappingNode("", [pair], field_.key.start_mark, field_.value.end_mark)
            given.setdefault(signature.rest.name, inner)
        else:
            source.fault(field_.key, f"{name} has no {key!r}; {suggest(key, known)}")
    return given


def _take(
    parameter: inspect.Parameter,
    hint: Any,
    node: Node,
    arguments: Arguments,
    context: Context,
    name: str = "",
) -> None:
    try:
        if parameter.kind is P.VAR_POSITIONAL:
            items = context.source.items(node, "a list")
            arguments.positional = tuple(convert(hint, item, context) for item in items)
        else:
            arguments.named[name or parameter.name] = convert(hint, node, context)
    except Bad as bad:
        context.source.fault(bad.node, f"{name or parameter.name}: {bad.message}")


def _doc(signature: Signature, parameter: inspect.Parameter) -> str:
    metadata = getattr(signature.hints[parameter.name], "__metadata__", ())
    return next((entry.text for entry in metadata if isinstance(entry, Doc)), "a value")
