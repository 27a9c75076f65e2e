"""Texts and conditions: Jinja2's sandbox, bounded by construction.

``"Your balance is {{ balance }}"`` is a text, ``balance > 0`` an expression.  Only the parts of the
language listed here exist: no loops, no macros, no calls, no ``**``; of the attributes only those
of dates and times, and the names in a mapping.  Size and depth of a source are limited, all
arithmetic is intercepted, and every text on the way is held to the length of a variable.  So every
evaluation ends soon, and no flow file can reach Python.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, TemplateError, meta, nodes, pass_context
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
from .urls import percent_encoded
from .values import LONGEST_TEXT, Secret, Value

Scope = Mapping[str, Any]


# Not {{- … -}}: those signs are Jinja's, for the spaces around.
_WHOLE = re.compile(r"\{\{((?![-+])(?:(?!\{\{|\}\}).)*(?<![-+]))\}\}", re.DOTALL)
_EXACT = Context(prec=200)  # more than any number and ten decimal places need
_MOST_NODES = 500
_PUT = " put"  # a name that no text can say
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
        return limited("".join(map(_spoken, parts)))

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


def _spoken(value: object) -> str:
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
    return names.get(_PUT, _spoken)(value)  # type: ignore[no-any-return]


def _spaced(value: object) -> str:
    """One digit at a time: ``1234`` is spoken as one, two, three, four."""
    return " ".join(_spoken(value))


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
        return int(sized(Decimal(_spoken(value))))
    except ArithmeticError:
        return default


def _is_even(value: object) -> bool:
    return number(value, "even") % 2 == 0


def _first(value: object) -> Any:
    return next(iter(row(value, "first")), _ENV.undefined("there is no first of nothing"))


def _last(value: object) -> Any:
    return next(reversed(row(value, "last")), _ENV.undefined("there is no last of nothing"))


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
        "lower": lambda value: _spoken(value).lower(),
        "round": _rounded,
        "trim": lambda value: _spoken(value).strip(),
        "upper": lambda value: _spoken(value).upper(),
    }
    env.filters |= {name: _said(say) for name, say in SAID.items()}
    env.tests = {name: env.tests[name] for name in _TESTS} | {
        **{name: _compared_by(name) for name in _COMPARED},
        "even": _is_even,
        "odd": lambda value: not _is_even(value),
    }
    return env


_ENV = _environment()


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


Compiled = Callable[[Mapping[str, Any]], Any]


def _compiled(source: str, parsed: str, compile: Callable[[str], Compiled]) -> Compiled:
    """Compile *source*, unless *parsed*, the same as a template, has what is not on the list."""
    if len(source) > LONGEST_TEXT:
        raise FlowError(f"a text of {len(source)} characters; at most {LONGEST_TEXT} are allowed")
    try:
        for node in _listed(_ENV.parse(parsed)):
            _allowed(node)
        return compile(source)
    except RecursionError:
        raise FlowError(f"{_short(source)}: nested too deeply") from None
    except (TemplateError, FlowError) as error:
        raise FlowError(f"{_short(source)}: {error}") from None


def _allowed(node: nodes.Node) -> None:
    kind = type(node).__name__.lower()
    if not isinstance(node, _NODES):
        raise FlowError(f"{kind} is not allowed here")
    if isinstance(node, nodes.Const) and isinstance(node.value, int | float):
        sized(Decimal(node.value))
    if isinstance(node, nodes.Filter | nodes.Test):
        known = _ENV.filters if isinstance(node, nodes.Filter) else _ENV.tests
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


def _short(source: str) -> str:
    return repr(source if len(source) <= 80 else f"{source[:79]}…")


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


def skeleton(source: str, filled_in: str) -> str:
    """*source* with *filled_in* for each ``{{ … }}``, and with all that depends on an `if`."""
    found = []
    for _, token, words in _ENV.lex(source):
        if token in ("data", "variable_begin"):
            found.append(words if token == "data" else filled_in)
    return "".join(found)


def check_expression(source: str) -> None:
    """Raise `FlowError` unless *source* is a well-formed expression."""
    _expression(source)


def names_in(expression: str) -> set[str]:
    """The variables that *expression*, a well-formed one, is made of."""
    return meta.find_undeclared_variables(_ENV.parse(f"{{{{ ({expression}\n) }}}}"))


def plurals_in(source: str) -> list[set[str]]:
    """The plural categories that each `plural` of *source*, a well-formed text, has forms for."""
    if "plural" not in source or "{" not in source:
        return []
    filters = (node for node in _ENV.parse(source).find_all(nodes.Filter) if node.name == "plural")
    return [
        {*("one", "other")[: len(node.args)], *(str(each.key) for each in node.kwargs)}
        for node in filters
    ]


def names_in_text(source: str) -> set[str]:
    """The variables that *source*, a well-formed text, is made of."""
    return meta.find_undeclared_variables(_ENV.parse(source)) if "{" in source else set()


def secrets_in(expression: str) -> set[str]:
    """The secrets that *expression*, a well-formed one, cannot do without, as far as it says."""
    return _secrets(_ENV.parse(f"{{{{ ({expression}\n) }}}}")) if "secrets" in expression else set()


def secrets_in_text(source: str) -> set[str]:
    """The same of *source*, a well-formed text."""
    return _secrets(_ENV.parse(source)) if "secrets" in source and "{" in source else set()


def _secrets(parsed: nodes.Template) -> set[str]:
    found: set[str] = set()
    spare: set[int] = set()  # whose lack is thought of
    for each in parsed.find_all((nodes.Filter, nodes.Test)):
        if each.name in ("default", "defined", "undefined"):
            spare.add(id(each.node))
    for piece in parsed.find_all((nodes.Getattr, nodes.Getitem)):
        if id(piece) not in spare:
            match piece:
                case nodes.Getattr(node=nodes.Name(name="secrets"), attr=str(name)):
                    found.add(name)
                case nodes.Getitem(
                    node=nodes.Name(name="secrets"), arg=nodes.Const(value=str(name))
                ):
                    found.add(name)
    return found


def render(source: str, names: Scope, put: Callable[[object], str] | None = None) -> str:
    """The text *source* with its ``{{ … }}`` filled in; raises `FlowError`.

    *put* makes a part of the text out of each value; without it a secret cannot be one.
    """
    if "{" not in source:
        return source
    return limited(_evaluated(source, _template(source), {**names, _PUT: put} if put else names))


def render_escaped(source: str, names: Scope, escape: Callable[[str], str]) -> str:
    """The same, with whatever is filled in made harmless by *escape*."""
    return render(source, names, lambda value: escape(_spoken(value)))


def render_address(source: str, names: Scope) -> str:
    """The same of a URL: whatever is filled in stays within its own part of it."""
    return render_escaped(source, names, percent_encoded)


def render_whole(source: str, names: Scope) -> Value:
    """The same for where secrets may go: what has a secret in it is one.

    Of a text that is nothing but one ``{{ … }}`` it is the value itself: a number stays a number.
    """
    whole = _WHOLE.fullmatch(source)
    if whole:
        return evaluate(whole[1], names)
    secrets: list[Secret] = []

    def put(value: object) -> str:
        if not isinstance(value, Secret):
            return _spoken(value)
        secrets.append(value)
        return value.reveal()

    text = render(source, names, put)
    return Secret(text) if secrets else text


def evaluate(source: str, names: Scope) -> Value:
    """The value of the expression *source*; raises `FlowError`."""
    compiled = _expression(source)
    return _evaluated(source, lambda names: _value(compiled(names)), names)  # type: ignore[no-any-return]


def _evaluated(source: str, compiled: Compiled, names: Mapping[str, Any]) -> Any:
    try:
        return compiled(names)
    except (FlowError, TemplateError) as error:
        raise FlowError(f"{_short(source)}: {error}") from None
    except Exception:  # whatever else a filter finds wrong is the author's
        raise FlowError(f"{_short(source)}: its values do not go together") from None


def _value(result: object) -> Value:
    defined(result)
    if isinstance(result, str):
        return limited(result)
    if not isinstance(result, Value):
        raise FlowError(f"gives {kind(result)}; expected a text, a number, yes or no")
    return result
