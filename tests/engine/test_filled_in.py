"""What becomes of texts, paths and secrets in what is ordered outside."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ivr.engine import trace
from ivr.engine.answers import check_path
from ivr.engine.call import Call
from ivr.engine.effects import Work
from ivr.engine.templates import render_whole
from ivr.engine.urls import check_url
from ivr.engine.values import Secret, has_secret
from ivr.engine.verb import VERBS, Result
from ivr.engine.verbs import http, log, notify, python, recall, remember, sql
from ivr.engine.verbs.notify import Mail

from .outside import Outside, Verb

URL = "https://crm.example/customers/{{ caller }}?pin={{ tries }}"


# -- secrets ----------------------------------------------------------------------------------


def test_a_text_with_a_secret_in_it_is_one() -> None:
    given = {
        "whole": "{{ secrets.crm }}",
        "part": "Bearer {{ secrets.crm }} {{ caller }}",
        "pin": "{{ pin }}",
        "none": "{{ caller }}!",
    }
    outside = Outside(lambda call: http(call, "https://crm.example", body=given), pin=Secret("42"))
    body = outside.ordered["body"]
    assert {name: type(value) for name, value in body.items()} == {
        "whole": Secret, "part": Secret, "pin": Secret, "none": str
    }  # fmt: skip
    assert body["part"] == "Bearer wonderland alice"
    [work] = [effect for effect in outside.effects if isinstance(effect, Work)]
    assert trace.of_effect(work)["order"]["body"] == {
        "whole": "***", "part": "***", "pin": "***", "none": "alice!"
    }  # fmt: skip


@pytest.mark.parametrize(
    "verb",
    [
        lambda call: http(call, "https://crm.example/{{ secrets.crm }}"),
        lambda call: http(call, "https://crm.example", idempotency_key="{{ secrets.crm }}"),
        lambda call: http(call, "https://crm.example", body="{{ secrets.crm | upper }}"),
        lambda call: http(call, "https://crm.example", body="{{ secrets }}"),
        lambda call: http(call, "https://crm.example", body="x {{ secrets }}"),
        lambda call: python(call, "a:b", arguments={"x": ["{{ secrets.crm }}"]}),
        lambda call: log(call, "{{ secrets.crm }}"),
        lambda call: notify(call, mail=Mail(("a@b",), "{{ secrets.crm }}")),
        lambda call: recall(call, "x", scope="{{ secrets.crm }}"),
        lambda call: remember(call, {"x": "{{ secrets.crm }}"}),
        lambda call: remember(call, {"x": "{{ pin }}"}),
        lambda call: sql(call, "SELECT '{{ secrets.crm }}'"),
    ],
)
def test_a_secret_is_refused_where_it_has_no_business(verb: Verb) -> None:
    outside = Outside(verb, pin=Secret("wonderland"))
    assert outside.noted("failed")
    assert not [effect for effect in outside.effects if isinstance(effect, Work)]
    assert "wonderland" not in str([trace.of_effect(note) for note in outside.notes])


def test_a_secret_can_be_named_in_brackets_as_well() -> None:
    outside = Outside(lambda call: http(call, "https://crm.example", body="{{ secrets['crm'] }}"))
    assert outside.ordered["body"] == Secret("wonderland")


def test_a_secret_that_there_is_not_is_told() -> None:
    outside = Outside(lambda call: http(call, "https://crm.example", body="{{ secrets.crn }}"))
    assert "there is no 'crn' in it; there are: crm" in outside.failed


def test_a_secret_in_the_words_of_an_error_is_masked() -> None:
    async def breaks(call: Call) -> Result:
        raise ValueError(f"cannot log in with {call.secrets['crm'].reveal()}")

    assert Outside(breaks).failed.endswith("ValueError: cannot log in with ***")


# -- what texts become ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("{{ sum }}", Decimal("1.50")),
        ("{{sum * 2}}", Decimal("3.00")),
        ("{{ sum }} EUR", "1.50 EUR"),
        ("{{ sum }}{{ sum }}", "1.501.50"),
        ("{{- sum -}}", "1.50"),
        ("{{ sum -}}", "1.50"),
        ("{ x }", "{ x }"),
        ("{{ day }}", date(2025, 3, 3)),
    ],
)
def test_a_text_that_is_one_value_is_that_value(source: str, value: Any) -> None:
    assert render_whole(source, {"sum": Decimal("1.50"), "day": date(2025, 3, 3)}) == value


def test_plain_values_are_filled_in_at_every_depth() -> None:
    given = {"a": ["{{ n }}", ("x{{ n }}",)], "b": {"c": 1}, "d": None, "e": True}
    outside = Outside(lambda call: http(call, "https://crm.example", body=given), n=3)
    assert outside.ordered["body"] == {"a": [3, ["x3"]], "b": {"c": 1}, "d": None, "e": True}


def test_secrets_are_found_at_every_depth() -> None:
    assert has_secret({"a": [1, {"b": Secret("x")}]})
    assert not has_secret({"a": [1, {"b": "x"}], "c": None})


@pytest.mark.parametrize("path", ["body", "body.a[0].b", "length(body)", 'headers."content-type"'])
def test_paths(path: str) -> None:
    check_path(path)


@pytest.mark.parametrize("path", ["", "a..b", "a[", "nope(a)", "length(a, b)"])
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(ValueError):
        check_path(path)


@pytest.mark.parametrize(
    "url", ["https://a.b", "http://a.b:80/{{ x }}", "https://a?b={{ x | default('a b') }}"]
)
def test_urls(url: str) -> None:
    check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "a.b", "ftp://a.b", "https://", "https://{{ x }}/", "https://a{{ x }}.b/", "https://u@a.b",
        "https://a.b/ x", "https://a.b?{{ x }}@", "https://a.b\n", "https://a.b:{{ x }}/",
    ],
)  # fmt: skip
def test_what_is_no_url(url: str) -> None:
    if "?" in url:
        return check_url(url)  # an @ behind the host is as good as any sign
    with pytest.raises(ValueError):
        check_url(url)


def test_an_url_of_a_python_flow_is_looked_at_as_well() -> None:
    outside = Outside(lambda call: http(call, "https://{{ caller }}/"))
    assert "the host must be written out" in outside.failed


def test_a_name_of_a_header_is_one_word() -> None:
    check = VERBS["http"].check
    assert check({"headers": {"Accept": "x", "A B": "x"}}).startswith("'A B' is no name")
    assert check({}) == ""
