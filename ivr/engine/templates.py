"""Texts and conditions: Jinja2's sandbox, bounded by construction.

``"Your balance is {{ balance }}"`` is a text, ``balance > 0`` an expression.  Only the parts of the
language listed here exist: no loops, no macros, no calls, no ``**``.  What can still grow (``*``
and ``%`` on texts, large products, long results) is intercepted.  So every evaluation ends soon,
and no flow file can reach Python.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.runtime import Context, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from .errors import FlowError
from .values import LONGEST_TEXT, Secret, Value

_LARGEST = 2**256
_NODES: tuple[type[nodes.Node], ...] = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If),
    *(nodes.Name, nodes.Const, nodes.List, nodes.Tuple, nodes.CondExpr),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
    *(nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod),
    *(nodes.Neg, nodes.Pos, nodes.Concat),
    *(nodes.Filter, nodes.Test, nodes.Getitem, nodes.Getattr, nodes.Slice),
)
_FILTERS = ("abs", "default", "first", "int", "last", "length", "lower", "round", "trim", "upper")
_TESTS = ("defined", "undefined", "even", "odd", "number", "string", "in", "eq", "ne", "lt", "gt")


def _spaced(value: object) -> str:
    """One digit at a time: ``1234`` is spoken as one, two, three, four."""
    return " ".join(_spoken(value))


def _spoken(value: object) -> str:
    if isinstance(value, Secret):
        raise FlowError("a secret cannot be put into a text; speak its last digits on purpose")
    return str(value)


class _Sandbox(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset(["*", "%", "/", "//"])

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        for side in (left, right):
            if isinstance(side, Undefined):
                str(side)  # raises, and says which name it is
            if isinstance(side, bool) or not isinstance(side, int | float | Decimal):
                raise FlowError(
                    f"{operator} needs numbers on both sides; one is {_kind(side)}"
                    " (collect with type: number gives a number)"
                )
        result = super().call_binop(context, operator, left, right)
        if abs(result) > _LARGEST:
            raise FlowError(f"the result of {operator} is too large")
        return result


def _kind(value: object) -> str:
    return {str: "a text", bool: "yes or no", Secret: "a secret"}.get(
        type(value), f"a {type(value).__name__}"
    )


def _environment() -> _Sandbox:
    env = _Sandbox(undefined=StrictUndefined, finalize=_spoken, autoescape=False)
    env.globals.clear()
    env.filters = {name: env.filters[name] for name in _FILTERS} | {"digits": _spaced}
    env.tests = {name: env.tests[name] for name in _TESTS}
    return env


_ENV = _environment()


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _walk(child)


Compiled = Callable[[Mapping[str, Value]], Any]


def _compiled(source: str, parsed: str, compile: Callable[[str], Compiled]) -> Compiled:
    """Compile *source*, unless *parsed*, the same as a template, has what is not on the list."""
    if len(source) > LONGEST_TEXT:
        raise FlowError(f"a text of {len(source)} characters; at most {LONGEST_TEXT} are allowed")
    try:
        for node in _walk(_ENV.parse(parsed)):
            if not isinstance(node, _NODES):
                raise FlowError(f"{source!r}: {type(node).__name__.lower()} is not allowed here")
            if isinstance(node, nodes.Filter | nodes.Test):
                _known(source, node)
        return compile(source)
    except RecursionError:
        raise FlowError(f"{source[:60]!r}: nested too deeply") from None
    except (TemplateError, ValueError) as error:
        raise FlowError(f"{source!r}: {error}") from None


def _known(source: str, node: nodes.Filter | nodes.Test) -> None:
    known = _ENV.filters if isinstance(node, nodes.Filter) else _ENV.tests
    if node.name not in known:
        kind = type(node).__name__.lower()
        raise FlowError(
            f"{source!r}: no {kind} {node.name!r}; expected one of {', '.join(sorted(known))}"
        )


@lru_cache(maxsize=4096)
def _template(source: str) -> Compiled:
    return _compiled(source, source, lambda text: _ENV.from_string(text).render)


@lru_cache(maxsize=4096)
def _expression(source: str) -> Compiled:
    return _compiled(
        source,
        "{{ (" + source + "\n) }}",
        lambda text: _ENV.compile_expression(text, undefined_to_none=False),
    )


def check_text(source: str) -> None:
    """Raise `FlowError` unless *source* is a well-formed text."""
    if "{" in source:
        _template(source)


def check_expression(source: str) -> None:
    """Raise `FlowError` unless *source* is a well-formed expression."""
    _expression(source)


def render(source: str, names: Mapping[str, Value]) -> str:
    """The text *source* with its ``{{ … }}`` filled in; raises `FlowError`."""
    if "{" not in source:
        return source
    return _limited(_evaluate(source, _template(source), names))


def evaluate(source: str, names: Mapping[str, Value]) -> Value:
    """The value of the expression *source*; raises `FlowError`."""
    result = _evaluate(source, _expression(source), names)
    if isinstance(result, Undefined):
        raise FlowError(f"{source!r}: {result._undefined_message}")
    if isinstance(result, str):
        return _limited(result)
    if isinstance(result, float):
        return Decimal(str(result))
    if not isinstance(result, Value):
        raise FlowError(f"{source!r} gives {_kind(result)}; expected a text, a number, yes or no")
    return result


def holds(source: str, names: Mapping[str, Value]) -> bool:
    """Whether the condition *source* is true; raises `FlowError`."""
    return bool(evaluate(source, names))


def _evaluate(source: str, compiled: Compiled, names: Mapping[str, Value]) -> Any:
    try:
        return compiled(names)
    except FlowError as error:
        raise FlowError(f"{source!r}: {error}") from None
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        raise FlowError(f"{source!r}: {error}") from None


def _limited(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise FlowError(f"a text of {len(text)} characters; at most {LONGEST_TEXT} are allowed")
    return text
