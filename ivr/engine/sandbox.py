"""The language of texts and conditions: Jinja2's sandbox, bounded by construction.

Only the parts listed here exist: no loops, no macros, no calls, no ``**``; of the attributes only
those of dates and times, and the names in a mapping.  Size and depth of a source are limited, all
arithmetic is intercepted, and every text on the way is held to the length of a variable.  So every
evaluation ends soon, and no flow file can reach Python.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from jinja2 import StrictUndefined, nodes, pass_context
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context as Names
from jinja2.sandbox import ImmutableSandboxedEnvironment

from .errors import FlowError
from .operands import (
    compare,
    compared,
    cut,
    defined,
    kind,
    length,
    limited,
    number,
    numbers,
    part,
    row,
    sized,
)
from .saying import SAID, prepare
from .saying.money import check as check_currency
from .values import Secret, Value

_EXACT = Context(prec=200)  # more than any number and ten decimal places need
_MOST_NODES = 500
PUT = " put"  # a name that no text can say
_DEEPEST = 30  # compiling takes time that grows with the square of the depth
_NODES: tuple[type[nodes.Node], ...] = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If),
    *(nodes.Name, nodes.Const, nodes.List, nodes.Tuple, nodes.CondExpr),
    *(nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not),
    *(nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod),
    *(nodes.Neg, nodes.Pos, nodes.Concat),
    *(nodes.Filter, nodes.Test, nodes.Getitem, nodes.Getattr, nodes.Slice, nodes.Keyword),
)
_OPTIONS = {"default": 2, "int": 1, "round": 1}  # how many, of those that say nothing
_TESTS = ("defined", "undefined", "number", "string")  # Jinja's own
_COMPARED = ("in", "eq", "ne", "lt", "gt")
_DATE, _TIME = ("year", "month", "day", "weekday"), ("hour", "minute", "second")
_FIELDS: Mapping[type, tuple[str, ...]] = {date: _DATE, time: _TIME, datetime: _DATE + _TIME}
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")  # as in opening hours


class _Generator(CodeGenerator):
    def visit_Const(self, node: nodes.Const, frame: Frame) -> None:
        """1.1 is a Decimal, so that it equals the 1.1 that a caller typed."""
        if isinstance(node.value, float):
            self.write(f"environment.decimal('{node.value}')")
        else:
            super().visit_Const(node, frame)

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:
        """With ``~``, too, no secret gets into a text, and no text gets too long."""
        self.write("environment.joined(")
        for each in node.nodes:
            self.visit(each, frame)
            self.write(", ")
        self.write(")")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:
        """Nor does Python cut a text into parts."""
        ends = node.arg
        if not isinstance(ends, nodes.Slice):
            return super().visit_Getitem(node, frame)
        self.write("environment.cut(")
        self.visit(node.node, frame)
        for each in (ends.start, ends.stop, ends.step):
            self.write(", ")
            self.visit(each or nodes.Const(None), frame)
        self.write(")")

    def visit_Compare(self, node: nodes.Compare, frame: Frame) -> None:
        """What cannot be compared is said in words of our own."""
        self.write("environment.compared(")
        self.visit(node.expr, frame)
        for each in node.ops:
            self.write(f", {each.op!r}, ")
            self.visit(each.expr, frame)
        self.write(")")


class _Sandbox(ImmutableSandboxedEnvironment):
    code_generator_class = _Generator
    decimal = Decimal
    compared = staticmethod(compared)
    cut = staticmethod(cut)
    intercepted_binops = frozenset(["+", "-", "*", "/", "//", "%"])
    intercepted_unops = frozenset(["+", "-"])

    @staticmethod
    def joined(*parts: object) -> str:
        return limited("".join(map(spoken, parts)))

    def call_binop(self, context: object, operator: str, left: Any, right: Any) -> Any:
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return limited(left + right)
        left, right = numbers(left, operator, right)
        if operator in ("/", "//", "%") and not right:
            raise FlowError("division by zero")
        if operator == "/":
            left = Decimal(left)  # 1 / 4 is 0.25, and 4 / 2 is 2
        try:
            return sized(self.binop_table[operator](left, right))
        except ArithmeticError:
            raise FlowError(f"{operator} of these numbers comes to too large a one") from None

    def call_unop(self, context: object, operator: str, arg: Any) -> Any:
        return self.unop_table[operator](number(arg, operator))

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Mapping):
            return self._part(obj, attribute)
        if attribute in _FIELDS.get(type(obj), ()):
            return _WEEKDAYS[obj.weekday()] if attribute == "weekday" else getattr(obj, attribute)
        raise FlowError(f"{kind(obj)} has no {attribute!r}")

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, str | list | tuple):
            return self._part(obj, argument)
        if isinstance(obj, Mapping) and isinstance(argument, str):
            return self._part(obj, argument)
        raise FlowError(f"{kind(obj)} has no part {argument!r}")

    def _part(self, obj: Any, key: Any) -> Any:
        """A part that is missing may have a default."""
        try:
            return obj[key] if isinstance(obj, Mapping) else part(obj, key)
        except LookupError:
            known = f"; there are: {', '.join(obj) or 'none'}" if isinstance(obj, Mapping) else ""
            return self.undefined(f"there is no {key!r} in it{known}")


def spoken(value: object) -> str:
    """*value* as part of a text."""
    if isinstance(value, Secret):
        raise FlowError(
            "a secret cannot be put into a text; it may go where docs/outside.md says, such as"
            " into headers of http"
        )
    if not isinstance(value, Value | float):
        raise FlowError(f"{kind(value)} cannot be put into a text")
    return limited(f"{value:f}" if isinstance(value, Decimal) else str(value))


@pass_context
def _put(names: Names, value: object) -> str:
    return names.get(PUT, spoken)(value)  # type: ignore[no-any-return]


def _spaced(value: object) -> str:
    """One digit at a time: ``1234`` is spoken as one, two, three, four."""
    return " ".join(spoken(value))


def _rounded(value: object, places: int = 0) -> int | Decimal:
    """To *places* decimal places, at most ten; without any, a whole number."""
    if places not in range(11):
        raise FlowError(f"round to {places!r} places; expected 0 to 10")
    exact = Decimal(number(value, "round"))
    step = Decimal(1).scaleb(-places)
    found = exact.quantize(step, ROUND_HALF_UP, context=_EXACT)
    return found if places else int(found)


def _whole(value: object, default: int = 0) -> int:
    """*value* without what is behind its point; *default* where it is no number."""
    try:
        return int(sized(Decimal(spoken(value))))
    except ArithmeticError:
        return default


def _is_even(value: object) -> bool:
    return number(value, "even") % 2 == 0


def _first(value: object) -> Any:
    return next(iter(row(value, "first")), SANDBOX.undefined("there is no first of nothing"))


def _last(value: object) -> Any:
    return next(reversed(row(value, "last")), SANDBOX.undefined("there is no last of nothing"))


def _said(say: Callable[..., str]) -> Callable[..., str]:
    """The filter that says a value with *say*, in the language of the call."""

    @pass_context
    def filter(names: Names, value: Any, *options: Any, **named: Any) -> str:
        defined(value)
        if isinstance(value, Secret):
            raise FlowError(f"{kind(value)} cannot be put into a text")
        language = names.get("language", "")
        if say is SAID["date"] and "now" in names:
            named["today"] = names["now"].date()
        return limited(say(value, language, *options, **named))

    return filter


def _compared_by(how: str) -> Callable[[object, object], bool]:
    return lambda left, right: compare(left, how, right)


def _environment() -> _Sandbox:
    env = _Sandbox(undefined=StrictUndefined, finalize=_put, autoescape=False)
    env.globals.clear()
    env.filters = {
        "abs": lambda value: abs(number(value, "abs")),
        "default": env.filters["default"],
        "first": _first,
        "last": _last,
        "length": length,
        "digits": _spaced,
        "int": _whole,
        "lower": lambda value: spoken(value).lower(),
        "round": _rounded,
        "trim": lambda value: spoken(value).strip(),
        "upper": lambda value: spoken(value).upper(),
    }
    env.filters |= {name: _said(say) for name, say in SAID.items()}
    env.tests = {name: env.tests[name] for name in _TESTS} | {
        **{name: _compared_by(name) for name in _COMPARED},
        "even": _is_even,
        "odd": lambda value: not _is_even(value),
    }
    return env


SANDBOX = _environment()


def _listed(tree: nodes.Node) -> list[nodes.Node]:
    """All nodes of *tree*; raises `FlowError` for more, or deeper ones, than anyone needs."""
    found, layer = [], [tree]
    for _ in range(_DEEPEST):
        found += layer
        layer = [child for node in layer for child in node.iter_child_nodes()]
    if layer:
        raise FlowError(f"nested deeper than {_DEEPEST} levels")
    if len(found) > _MOST_NODES:
        raise FlowError(f"{len(found)} parts; at most {_MOST_NODES} are allowed")
    return found


def require_allowed(source: str) -> None:
    """Raise `FlowError` unless *source*, a template, is made of what the language has.

    Raises `jinja2.TemplateError` where it is no template at all.
    """
    for node in _listed(SANDBOX.parse(source)):
        _allowed(node)


def _allowed(node: nodes.Node) -> None:
    kind = type(node).__name__.lower()
    if not isinstance(node, _NODES):
        raise FlowError(f"{kind} is not allowed here")
    if isinstance(node, nodes.Const) and isinstance(node.value, int | float):
        sized(Decimal(node.value))
    if isinstance(node, nodes.Filter | nodes.Test):
        known = SANDBOX.filters if isinstance(node, nodes.Filter) else SANDBOX.tests
        if node.name not in known:
            raise FlowError(f"no {kind} {node.name!r}; expected one of {', '.join(sorted(known))}")
        if node.dyn_args or node.dyn_kwargs:
            raise FlowError(f"{node.name} takes its options one by one, without *")
    if isinstance(node, nodes.Filter):
        _options(node)
    if isinstance(node, nodes.Test):
        taken = 1 if node.name in _COMPARED else 0
        if node.kwargs or len(node.args) != taken:
            raise FlowError(f"is {node.name} takes {'one value' if taken else 'no value'}")


def _options(node: nodes.Filter) -> None:
    """Raise `FlowError` for options that a filter does not have; the constant ones are tried."""
    named = {str(option.key): option.value for option in node.kwargs}
    if node.name not in SAID:
        if named or len(node.args) > _OPTIONS.get(node.name, 0):
            raise FlowError(f"{node.name} takes no such options")
        return
    prepare()
    say = SAID[node.name]
    try:
        if "today" in named:
            raise TypeError
        inspect.signature(say).bind("", "", *node.args, **named)
    except TypeError:
        raise FlowError(f"{node.name} takes {_taken(say)}") from None
    code = named.get("code") or next(iter(node.args), None)
    if node.name == "currency" and isinstance(code, nodes.Const):
        check_currency(str(code.value))


def _taken(say: Callable[..., str]) -> str:
    """The options of *say*, as an error names them."""
    _, _, *options = inspect.signature(say).parameters.values()
    return ", ".join(option.name for option in options if option.name != "today") or "no options"
