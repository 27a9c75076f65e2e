"""Variables that a flow declares."""

import re
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from ivr.engine.errors import FlowError
from ivr.engine.values import Secret, Value
from ivr.engine.variables import Variable, Variables, VariableType, variable_of

GOOD: dict[VariableType, Value] = {
    "text": "a",
    "number": 1,
    "currency": Decimal("1.50"),
    "yes/no": True,
    "date": date(2025, 3, 3),
    "time": time(9, 30),
    "secret": Secret("4711"),
}


@pytest.mark.parametrize("type", GOOD)
def test_a_variable_takes_values_of_its_type_only(type: VariableType) -> None:
    variables = Variables({"x": Variable(type)})
    for other, value in GOOD.items():
        if other == type or {other, type} == {"number", "currency"}:
            variables["x"] = value
            assert variables["x"] == value
        else:
            with pytest.raises(FlowError, match=f"declared as {type}; this is .*; expected"):
                variables["x"] = value


def test_what_is_no_value_at_all_is_named() -> None:
    with pytest.raises(FlowError, match="this is a list; expected a text"):
        Variables({"x": Variable("text")})["x"] = []  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("x", object(), "the variable x is a object; expected a text, a number, yes or no"),
        ("x", [1], "the variable x is a list; expected a text, a number, yes or no"),
        ("x", 10**1000, "the variable x is a number that is too large"),
        ("x", "a" * 4001, "the variable x is a text of 4001 characters; at most 4000 are allowed"),
        ("caller", "spoof", "'caller' is set by every call; choose another name"),
        ("a-b", 1, "'a-b' is no name of a variable; expected such as tries or account_no"),
        (5, 1, "5 is no name of a variable; expected such as tries or account_no"),
    ],
)
def test_what_no_call_can_have_as_a_variable_is_refused(name: Any, value: Any, wrong: str) -> None:
    variables = Variables()
    for put in (
        lambda: variables.__setitem__(name, value),
        lambda: variables.update({name: value}),
        lambda: variables.setdefault(name, value),
        lambda: variables.__ior__({name: value}),
    ):
        with pytest.raises(FlowError, match=re.escape(wrong)):
            put()
    assert variables == {}


def test_variables_begin_with_their_defaults() -> None:
    assert Variables({"x": Variable("number", 1), "y": Variable("text")}) == {"x": 1}


def test_others_than_the_declared_are_refused_where_they_are_not_wanted() -> None:
    Variables({"tries": Variable("number")})["tires"] = 1
    strict = Variables({"tries": Variable("number")}, others=False)
    with pytest.raises(FlowError, match="no variable 'tires' is declared; did you mean 'tries'"):
        strict["tires"] = 1
    with pytest.raises(FlowError, match="declared: none"):
        Variables(others=False)["x"] = 1


def test_the_language_is_always_there_to_be_set() -> None:
    strict = Variables(others=False)
    strict["language"] = "de"
    assert strict == {"language": "de"}


@pytest.mark.parametrize(
    ("given", "variable"),
    [
        ("text", Variable("text")),
        (0, Variable("number", 0)),
        (False, Variable("yes/no", False)),
        (Variable("text", "text"), Variable("text", "text")),
    ],
)
def test_a_declaration_is_a_type_or_a_value(given: object, variable: Variable) -> None:
    assert variable_of(given) == variable


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ("txt", "no type of variables: 'txt'; did you mean 'text'?"),
        ("gold", "no type of variables: 'gold'; expected one of text, number"),
        ([], "a variable cannot be a list"),
    ],
)
def test_a_declaration_that_is_neither(given: object, wrong: str) -> None:
    with pytest.raises(FlowError) as caught:
        variable_of(given)
    assert str(caught.value).startswith(wrong)


def test_a_variable_is_declared_right() -> None:
    with pytest.raises(FlowError, match="no type of variables: 'int'"):
        Variable("int")  # type: ignore[arg-type]
    with pytest.raises(FlowError, match="the default is a number; expected a text"):
        Variable("text", 1)


@pytest.mark.parametrize(
    ("type", "text", "value"),
    [
        ("text", "yes", "yes"),
        ("number", "-12", -12),
        ("currency", "1.50", Decimal("1.50")),
        ("number", "x + 1", None),
        ("yes/no", "off", False),
        ("yes/no", "x", None),
        ("date", "2025-03-03", date(2025, 3, 3)),
        ("date", "09:30", None),
        ("time", "09:30", time(9, 30)),
        ("secret", "x", None),
    ],
)
def test_what_a_text_is_as_a_value(type: VariableType, text: str, value: Value | None) -> None:
    assert Variable(type).literal(text) == value
