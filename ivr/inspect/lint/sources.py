"""The texts and expressions among the arguments of a verb, and the variables that they use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Environment, TemplateError, nodes

from ...engine.flow import Flow
from ...engine.state import Act
from ...engine.variables import HANDED
from ...engine.verb import Kind
from ...flowfile.bind import parts_of, signature_of

_ENV = Environment()  # to read only; what flows may say has been looked at before
_GUARDS = ("default", "defined", "undefined")
_SECRET = "secret text"
# Parameters that take secrets though they take texts as well.
_TAKE_SECRETS = {("http", "body"), ("notify", "body"), ("sql", "parameters")}
_NO_TEXTS = {"into", "query"}


@dataclass(frozen=True, slots=True)
class Source:
    """A text with ``{{ … }}``, or an expression; `parameter`: what it is given for."""

    text: str
    parameter: str
    is_expression: bool = False
    takes_secrets: bool = False

    @property
    def tree(self) -> nodes.Template:
        return _parsed(f"{{{{ ({self.text}\n) }}}}" if self.is_expression else self.text)

    @property
    def names(self) -> frozenset[str]:
        """The variables that it cannot do without."""
        return self.used - self.guarded

    @property
    def used(self) -> frozenset[str]:
        """All that it is made of."""
        return frozenset(name.name for name in self.tree.find_all(nodes.Name))

    @property
    def guarded(self) -> frozenset[str]:
        """The variables of which it asks whether they are set."""
        return frozenset(
            found.name
            for each in self.tree.find_all((nodes.Filter, nodes.Test))
            if each.name in _GUARDS and each.node is not None
            for found in _names_below(each.node)
        )

    @property
    def shown(self) -> frozenset[str]:
        """The variables that become a part of the text."""
        outputs = self.tree.find_all(nodes.Output)
        return frozenset(name for each in outputs for node in each.nodes for name in _shown(node))


@lru_cache(maxsize=1024)
def _parsed(text: str) -> nodes.Template:
    try:
        return _ENV.parse(text)
    except TemplateError:  # of a flow in Python; whoever runs it is told
        return nodes.Template([])


def _names_below(node: nodes.Node) -> Iterator[nodes.Name]:
    if isinstance(node, nodes.Name):
        yield node
    yield from node.find_all(nodes.Name)


def _shown(node: nodes.Node) -> Iterator[str]:
    match node:
        case nodes.Name(name=str(name)):
            yield name
        case nodes.Getattr(node=nodes.Name(name="secrets"), attr=str(name)):
            yield f"secrets.{name}"
        case nodes.Getitem(node=nodes.Name(name="secrets"), arg=nodes.Const(value=str(name))):
            yield f"secrets.{name}"
        case nodes.Compare() | nodes.Test():
            return
        case nodes.CondExpr(expr1=one, expr2=two):
            yield from _shown(one)
            if two is not None:
                yield from _shown(two)
        case _:
            for child in node.iter_child_nodes():
                yield from _shown(child)


def sources(act: Act) -> Iterator[Source]:
    """Those of *act* that can be told, its defaults among them."""
    signature = signature_of(act.verb.run)
    untold = getattr(act.arguments, "untold", ())
    if "flow" in untold:
        return
    for name, parameter in signature.parameters.items():
        if name in _NO_TEXTS or name in untold:
            continue
        usual = () if parameter.default is parameter.empty else parameter.default
        given = act.arguments.get(name, usual)
        kinds = kinds_of(signature.hints[name])
        if act.verb.name == "call_flow":
            yield from _given(name, given, act.arguments.get("flow"))
        elif "expression" in kinds:
            for text in given.values() if isinstance(given, Mapping) else [given]:
                if isinstance(text, str):
                    yield Source(text, name, is_expression=True)
        else:
            secret = _SECRET in kinds or (act.verb.name, name) in _TAKE_SECRETS
            yield from _texts(given, name, secret)


def _given(name: str, given: Any, flow: Any) -> Iterator[Source]:
    """What a flow that is called is given: words that it says itself are filled in there."""
    if name != "arguments" or not isinstance(flow, Flow):
        return
    for argument, value in given.items():
        declared = flow.arguments.get(argument)
        if declared is None or declared.type in HANDED or not isinstance(value, str):
            continue
        if declared.type == "text":
            yield Source(value, argument)
        elif declared.literal(value) is None:
            yield Source(value, argument, is_expression=True, takes_secrets=True)


def kinds_of(hint: Any) -> set[str]:
    """The kinds of text that *hint* asks for, also below a list or pairs."""
    own = {each.name for each in getattr(hint, "__metadata__", ()) if isinstance(each, Kind)}
    inner = (hint.__origin__,) if hasattr(hint, "__metadata__") else getattr(hint, "__args__", ())
    return own.union(*(kinds_of(each) for each in inner))


def _texts(value: Any, name: str, secret: bool) -> Iterator[Source]:
    """The texts with ``{{ … }}`` anywhere in *value*; *secret*: whether they may be secret."""
    if isinstance(value, str):
        if "{{" in value or "{%" in value:
            yield Source(value, name, takes_secrets=secret)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each, name, secret)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each, name, secret)
    elif is_dataclass(value) and not isinstance(value, type):
        hints = signature_of(type(value)).hints
        for part, each in parts_of(value).items():
            yield from _texts(each, name, secret or _SECRET in kinds_of(hints[part]))


def names_used(act: Act) -> frozenset[str]:
    """The variables that *act* uses, guarded or not."""
    return frozenset(name for each in sources(act) for name in each.used)
