"""The published ways out of a Jinja sandbox, and the costly ways to stay in it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from ivr.engine.errors import FlowError
from ivr.engine.templates import check_expression, check_text, evaluate, render
from ivr.engine.values import LONGEST_TEXT, Secret, Value

LONG = "é" * LONGEST_TEXT
NAMES: dict[str, Any] = {
    "x": "text",
    "n": 3,
    "d": Decimal("1.5"),
    "day": date(2026, 1, 1),
    "pin": Secret("4711"),
    "long": LONG,
    "headers": {"a": "text"},
    "now": datetime(2026, 1, 1, tzinfo=UTC),
    "rows": ["row"] * 1000,
}

ESCAPES = [
    "''.__class__",
    "''.__class__.__mro__[1].__subclasses__()",
    "x.__class__.__base__",
    "().__class__.__bases__[0]",
    "[].__class__",
    "''['__class__']",
    "''['__cl' ~ 'ass__']",
    "''['__cl' + 'ass__']",
    "x.__init__.__globals__",
    "x.upper",
    "x['upper']",
    "x.format",
    "x.format_map",
    "'{0.__class__}'.format(x)",
    "'{0.__class__.__mro__}'.format_map({'0': x})",
    "('%s' | format(x))",
    "'%s' % x",
    "'%(a)s' % {'a': 1}",
    "x | attr('__class__')",
    "x | attr('_' ~ '_class__')",
    "x | map(attribute='__class__') | list",
    "x | selectattr('__class__')",
    "[x] | groupby('__class__')",
    "[x] | sort(attribute='__class__')",
    "[x] | sum(attribute='__class__')",
    "[x] | join(attribute='__class__')",
    "x | pprint",
    "x | tojson",
    "x | xmlattr",
    "x | urlize",
    "x | safe",
    "x | escape",
    "x | replace('t', 't')",
    "x | center(1000000000)",
    "x | indent(1000000000)",
    "x | wordwrap(1)",
    "x | random",
    "self",
    "self.__init__",
    "self._TemplateReference__context",
    "self['_TemplateReference__context']",
    "self._TemplateReference__context.environment",
    "lipsum",
    "lipsum()",
    "lipsum.__globals__['os'].popen('id').read()",
    "cycler",
    "cycler('a').__init__.__globals__",
    "joiner.__init__.__globals__",
    "namespace()",
    "dict()",
    "range(3)",
    "config",
    "request",
    "environment",
    "context",
    "template",
    "resolve",
    "undefined",
    "Undefined",
    "_",
    "_('text')",
    "gettext('text')",
    "ngettext('a', 'b', 2)",
    "super()",
    "loop",
    "caller()",
    "varargs",
    "kwargs",
    "nobody.__class__",
    "nobody['__class__']",
    "nobody is callable",
    "x is filter",
    "x is sameas x",
    "x is mapping",
    "day.replace(year=1)",
    "day.replace",
    "day.strftime('%1000000000d')",
    "day.__reduce_ex__(2)",
    "d.as_tuple()",
    "n.to_bytes",
    "n.real",
    "pin.reveal()",
    "pin.reveal",
    "pin._text",
    "pin['_text']",
    "{'a': 1}",
    "{}['__class__']",
    "x[::'__class__']",
    "x[x]",
    "none.__class__",
    "true.__class__",
    "headers.__class__",
    "headers['__class__']",
    "headers.get",
    "headers.get('a')",
    "headers.items",
    "headers | first | attr('__class__')",
    "headers['a'].__class__",
    "headers[0]",
    "headers[headers]",
    "now.tzinfo",
    "now.strftime",
    "now.strftime('%s')",
    "now.__class__",
    "now.weekday()",
    "rows[0].__class__",
    "rows.append(1)",
    "rows.sort",
    "rows[0].format",
    "'{0.__class__}' | list",
    "['{0.__class__}'.format] | list",
    "n | plural('{0.__class__}'.format)",
    "n | plural(**headers)",
    "n | plural(__class__='x')",
    "n | currency(currency.__globals__)",
    "n | number(language='__class__')",
    "n | date(today=now)",
    "x | phone('DE', '__class__')",
    "pin | number",
    "pin | spelled",
    "pin | digits",
    "pin | phone",
    "[pin] | list",
    "n | plural(pin)",
    "n | currency(pin)",
    "pin | first",
    "pin + ''",
    "pin < '5'",
    "'4' in pin",
]


@pytest.mark.parametrize("source", ESCAPES)
def test_no_expression_reaches_python(source: str) -> None:
    with pytest.raises(FlowError):
        evaluate(source, NAMES)


@pytest.mark.parametrize("source", ESCAPES)
def test_no_text_reaches_python(source: str) -> None:
    with pytest.raises(FlowError):
        render("{{ " + source + " }}", NAMES)


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in x %}{{ i }}{% endfor %}",
        "{% for i in range(10**9) %}{% for j in range(10**9) %}a{% endfor %}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% set y = x %}{{ y }}",
        "{% set y %}{{ x }}{% endset %}",
        "{% include 'secrets' %}",
        "{% import 'os' as os %}",
        "{% from 'os' import path %}",
        "{% extends 'base' %}",
        "{% block b %}{{ x }}{% endblock %}",
        "{% block b %}{{ self.b() }}{% endblock %}",
        "{% call x() %}{% endcall %}",
        "{% filter upper %}{{ x }}{% endfilter %}",
        "{% with y = x %}{{ y }}{% endwith %}",
        "{% autoescape true %}{{ x }}{% endautoescape %}",
        "{% do x.append(1) %}",
        "{% trans %}{{ x }}{% endtrans %}",
        "{% break %}",
        "{% debug %}",
    ],
)
def test_no_other_tag_than_if_exists(source: str) -> None:
    with pytest.raises(FlowError):
        check_text(source)


COSTLY = [
    "'a' * 10**9",
    "'a' * 1000000000",
    "1000000000 * 'a'",
    "[1] * 1000000000",
    "10 ** 9",
    "9 ** 9 ** 9",
    "'%1000000000d' % 1",
    "'%1000000000d' % n",
    "'%1000000000d' is even",
    "'%1000000000d' is odd",
    "'%1000000000d' is divisibleby(1)",
    "range(10**9)",
    "range(1000000000) | list",
    "5 | round(-1000000000)",
    "1 | round(1000000000, 'floor')",
    "1.5 | round(1000000000)",
    "x | default(x, 1, 1, 1)",
    "'1e1000000000' | int",
    "('9' * 100000) | int",
    "1e999",
    "-1e999",
    "1e400 is even",
    "9" * 3000,
    "0x" + "f" * 3000,
    " * ".join(["99999999999999999999"] * 25),
    "long + long",
    "long ~ long",
    " + ".join(["long"] * 25),
    " ~ ".join(["long"] * 400),
    "(" + " ~ ".join(["long"] * 200) + ") | upper | lower | upper",
    "(long ~ long) | length | round | string",
    "[" + ", ".join(["x"] * 1500) + "]",
    "(" * 500 + "1" + ")" * 500,
    "-" * 3000 + "1",
    "not " * 900 + "x",
    " and ".join(["x"] * 600),
    " + ".join(["n"] * 900),
    "x" + "[0]" * 1000,
    "x" + " | upper" * 400,
    "x if x else " * 300 + "x",
    "[" * 200 + "]" * 200,
    "n < " * 900 + "n ~ 1 ~ none.x",
    "a" * (LONGEST_TEXT + 1),
    "long | spelled",
    "rows | list",
    "99999999999999999999999 | number",
    "('9' * 1000000) | number",
    "'1e999999' | number",
    "'9' * 10 | currency('EUR')",
    "long | number",
    "99999999999 | duration",
    "long | date",
    "long | time",
    "n" + " | number" * 100,
    "[long, long] | list",
]


@pytest.mark.parametrize("source", COSTLY, ids=lambda source: source[:40])
def test_a_costly_expression_is_refused(source: str) -> None:
    with pytest.raises(FlowError) as caught:
        evaluate(source, NAMES)
    assert len(str(caught.value)) < 400, "and the message stays short"


@pytest.mark.parametrize("source", COSTLY, ids=lambda source: source[:40])
def test_a_costly_text_is_refused(source: str) -> None:
    with pytest.raises(FlowError) as caught:
        render("{{ " + source + " }}", NAMES)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "source",
    [
        "{% if x %}" * 300 + "{% endif %}" * 300,
        "{% if x %}" * 150 + "a" + "{% endif %}" * 150,
        "{{ x }}" * 500,
        "{" * 3000,
        "{{ x }}" + "a" * LONGEST_TEXT,
        "{{ long }}{{ long }}",
    ],
    ids=lambda source: source[:40],
)
def test_a_costly_layout_of_a_text_is_refused(source: str) -> None:
    with pytest.raises(FlowError):
        render(source, NAMES)


def test_a_text_that_is_doubled_again_and_again_is_stopped_at_its_limit() -> None:
    names: dict[str, Value] = {"x": "a"}
    with pytest.raises(FlowError, match="at most 4000 are allowed"):
        for _ in range(20):
            names["x"] = evaluate("x + x", names)
    assert names["x"] == "a" * 2048


def test_a_number_that_is_squared_again_and_again_is_stopped_at_its_limit() -> None:
    names: dict[str, Value] = {"x": 2}
    with pytest.raises(FlowError, match="a number is too large"):
        for _ in range(20):
            names["x"] = evaluate("x * x", names)
    assert names["x"] == 2**256


def test_a_text_as_long_as_a_variable_is_let_through() -> None:
    assert render("{{ long }}", NAMES) == LONG
    assert evaluate("long | upper", NAMES) == LONG.upper()


def test_an_expression_cannot_break_out_of_its_brackets() -> None:
    for source in ("1) }}{{ (2", "1 }}{% for i in x %}{{ i", "1 #}", "1) %}", "1 }} {{ 2"):
        with pytest.raises(FlowError):
            check_expression(source)
