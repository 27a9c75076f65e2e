"""Bind what a file says to a function's parameters: verbs of flows, steps of scenarios."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ..engine.codes import Code
from ..engine.effects import Prompt
from ..engine.flow import Flow
from ..engine.verb import CALLED, OPTIONAL, Doc, Pairs, Prompts, PromptsOrNone
from .convert import Context, convert, items
from .prompts import WAYS
from .source import Bad, Source, is_empty, suggest

P = inspect.Parameter
_ONE = "expected one of the two"
HINTS: Mapping[str, Any] = {"prompts": PromptsOrNone, "pairs": Pairs}


@dataclass(slots=True)
class Arguments:
    """Arguments for one call of a function."""

    positional: tuple[Any, ...] = ()
    named: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes behind its first parameter, or a dataclass as its fields."""

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

    @property
    def prompts(self) -> tuple[str, ...]:
        """The parameters that take prompts."""
        bare = {name: getattr(hint, "__origin__", hint) for name, hint in self.hints.items()}
        return tuple(name for name in self.parameters if bare[name] in (Prompt, Prompts))

    @property
    def addresses(self) -> tuple[str, ...]:
        """The parameters that take addresses which we call."""
        called = (n for n, hint in self.hints.items() if CALLED in _metadata(hint))
        return tuple(name for name in called if name in self.parameters)

    def by_name(self, arguments: Arguments) -> dict[str, Any]:
        """*arguments* by the parameter that takes them, as a verb's own checks want them."""
        named = dict(arguments.named)
        if self.pairs:
            own = {name: named.pop(name) for name in self.parameters if name in named}
            named = own | {self.pairs.name: named}
        if self.rest:
            named[self.rest.name] = arguments.positional
        return named

    def needs(self, parameter: inspect.Parameter) -> bool:
        """Whether *parameter* must be given."""
        is_optional = OPTIONAL in _metadata(self.hints[parameter.name])
        return parameter.default is P.empty and not is_optional

    def doc(self, parameter: inspect.Parameter) -> str:
        """What *parameter* means, in one line."""
        metadata = _metadata(self.hints[parameter.name])
        return next((entry.text for entry in metadata if isinstance(entry, Doc)), "a value")


def nested_in(hint: Any) -> Callable[..., Any] | None:
    """The dataclass that *hint* asks for, whose fields are given as pairs."""
    named = [kind for kind in _kinds_in(hint) if kind not in (NoneType, bool)]
    is_nested = len(named) == 1 and is_dataclass(named[0]) and not hasattr(named[0], "parse")
    return named[0] if is_nested else None


def is_switch(hint: Any) -> bool:
    """Whether what *hint* asks for may also be given as yes or no, in place of pairs."""
    return bool in _kinds_in(hint)


def _kinds_in(hint: Any) -> tuple[Any, ...]:
    bare = hint.__origin__ if _metadata(hint) else hint
    return get_args(bare) if get_origin(bare) in (Union, UnionType) else (bare,)


def _metadata(hint: Any) -> tuple[Any, ...]:
    return getattr(hint, "__metadata__", ())


@lru_cache(maxsize=256)
def signature_of(function: Callable[..., Any]) -> Signature:
    parameters = list(inspect.signature(function).parameters.values())
    if not is_dataclass(function):
        del parameters[0]
    hints = get_type_hints(function, include_extras=True)
    return Signature({p.name: p for p in parameters}, {p.name: str for p in parameters} | hints)


def prompts_in(function: Callable[..., Any], arguments: Mapping[str, Any]) -> frozenset[Prompt]:
    """The prompts among *arguments* (by parameter) of *function*."""
    given = (arguments.get(name, ()) for name in signature_of(function).prompts)
    nested = (prompts_in(type(v), parts_of(v)) for v in arguments.values() if is_dataclass(v))
    handed = _handed(arguments.get("flow"), arguments.get("arguments", {}))
    return frozenset(prompt for prompts in given for prompt in prompts).union(handed, *nested)


def _handed(flow: object, given: Mapping[str, Any]) -> Iterator[Prompt]:
    """The prompts among the arguments *given* to *flow*."""
    for name, value in given.items():
        if argument_hint(flow, name) is PromptsOrNone:
            yield from value


def parts_of(value: Any) -> dict[str, Any]:
    """The fields of a dataclass's *value*, as they are."""
    return {part.name: getattr(value, part.name) for part in fields(value)}


def addresses_in(function: Callable[..., Any], arguments: Mapping[str, Any]) -> list[str]:
    """The addresses that we call among *arguments* (by parameter) of *function*."""
    given = (arguments.get(name, ()) for name in signature_of(function).addresses)
    return [each for value in given for each in ([value] if isinstance(value, str) else value)]


def verb_and_data(source: Source, node: Node, what: str) -> tuple[str, Node, Node | None]:
    """``answer``, ``say: welcome`` or ``ask: {…}``: the name, its node, its data.  Raises `Bad`."""
    if isinstance(node, ScalarNode):
        return source.text(node, what), node, None
    fields = source.fields(node, what)
    if not fields:
        raise Bad(node, f"expected {what}, found nothing", Code.EMPTY_VALUE)
    if len(fields) > 1:
        raise Bad(
            node,
            f"expected {what}, found {', '.join(fields)}; each of several needs a - of its own,"
            " and what one of them takes stands below it",
            Code.NOT_ONE_VERB,
        )
    ((name, found),) = fields.items()
    return name, found.key, None if is_empty(found.value) else found.value


def bind(
    function: Callable[..., Any], name: str, key: Node, data: Node | None, context: Context
) -> Arguments | None:
    """Read *data* as arguments of *function*; None when something was wrong (and noted)."""
    signature, source = signature_of(function), context.source
    before = source.noted
    given = _given(signature, name, data, source)
    if given is None:
        return None
    arguments, pairs, rest = Arguments(), signature.pairs, signature.rest
    misspelt = source.noted > before
    for parameter in signature.parameters.values():
        node = None if parameter is pairs else given.pop(parameter.name, None)
        hint = signature.hints[parameter.name]
        if node is None:
            if signature.needs(parameter) and parameter is not pairs and not misspelt:
                needs = f"{name} needs {parameter.name}: {signature.doc(parameter)}"
                source.fault(key, needs, Code.MISSING_PARAMETER)
        elif parameter is rest:
            unread = source.noted
            arguments.positional = items(hint, node, context.named(name))
            if not arguments.positional and source.noted == unread:
                needs = f"{name} needs {parameter.name}: {signature.doc(parameter)}"
                source.fault(key, needs, Code.MISSING_PARAMETER)
        else:
            _take(parameter.name, hint, node, arguments, context)
    if pairs is not None:
        if not given and len(signature.parameters) == 1:
            needs = f"{name} needs at least one pair of {signature.doc(pairs)}"
            source.fault(key, needs, Code.MISSING_PARAMETER)
        for extra, node in given.items():
            flow = arguments.named.get("flow")
            own = argument_hint(flow, extra)
            hint = own or signature.hints[pairs.name]
            _take(extra, hint, node, arguments, _said_by(flow, context) if own else context)
    return arguments if source.noted == before else None


def argument_hint(flow: object, name: str) -> Any:
    """What *flow* wants as its argument *name*, where that is no value; None where it is one."""
    argument = flow.arguments.get(name) if isinstance(flow, Flow) else None
    return HINTS.get(argument.type) if argument else None


def _said_by(flow: Any, context: Context) -> Context:
    """*context* for words that *flow* says, with variables of its own as well."""

    def uses(node: Node, names: Collection[str]) -> None:
        if flow.variables is not None:
            context.uses(node, set(names) - flow.declared.keys())

    return replace(context, uses=uses)


def _given(
    signature: Signature, name: str, data: Node | None, source: Source
) -> dict[str, Node] | None:
    """What the file gives, by parameter; None when it gives what cannot be meant."""
    if data is None:
        return {}
    if not isinstance(data, MappingNode):
        first = signature.rest or next(iter(signature.parameters.values()), None)
        if first is None or first.kind is P.VAR_KEYWORD:
            found = "a list" if isinstance(data, SequenceNode) else repr(data.value)
            if first is None:
                source.fault(data, f"{name} takes nothing, found {found}", Code.TAKES_NOTHING)
            else:
                source.fault(data, f"{name} takes pairs, found {found}", Code.WRONG_SHAPE)
            return None
        return {first.name: data}
    given: dict[str, Node] = {}
    known = [p.name for p in signature.parameters.values() if p is not signature.pairs]
    rest, short = signature.rest.name if signature.rest else "", ""
    for key, field_ in source.fields(data, f"what {name} takes").items():
        if key in WAYS and rest in signature.prompts:
            # `say: {text: words}` is short for `say: {prompts: {text: words}}`.
            pair = (field_.key, field_.value)
            words = MappingNode("", [pair], field_.key.start_mark, field_.value.end_mark)
            if given.setdefault(rest, words) is not words:
                wrong = f"{name} has {short or rest} already; {_ONE}"
                source.fault(field_.key, wrong, Code.ONE_OF_TWO)
            short = key
        elif key in given:
            wrong = f"{name} has {short or rest} already; {_ONE}"
            source.fault(field_.key, wrong, Code.ONE_OF_TWO)
        elif key in known or signature.pairs is not None:
            given[key] = field_.value
        else:
            names = [*known, *WAYS] if rest in signature.prompts else known
            hint = suggest(key, names) if names else "it takes nothing"
            source.fault(field_.key, f"{name} has no {key!r}; {hint}", Code.UNKNOWN_PARAMETER)
    return given


def _take(name: str, hint: Any, node: Node, arguments: Arguments, context: Context) -> None:
    context, nested = context.named(name), nested_in(hint)
    if nested is not None and is_switch(hint) and not isinstance(node, MappingNode):
        nested, hint = None, bool
    if nested is not None:
        parts = bind(nested, name, node, node, context)
        if parts is not None:
            arguments.named[name] = nested(*parts.positional, **parts.named)
        return
    try:
        arguments.named[name] = convert(hint, node, context)
    except Bad as bad:
        context.note(bad)
