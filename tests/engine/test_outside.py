"""The verbs that have something done outside: what they order, and what they make of the answer."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ivr.engine import trace
from ivr.engine.call import Call
from ivr.engine.effects import Note
from ivr.engine.errors import FlowError
from ivr.engine.events import WorkDone
from ivr.engine.values import LONGEST_TEXT, Secret
from ivr.engine.variables import Variable, Variables
from ivr.engine.verb import Result
from ivr.engine.verbs import http, log, mailbox, notify, python, recall, remember, sql
from ivr.engine.verbs.http import BasicAuth
from ivr.engine.verbs.notify import Mail

from .outside import Outside

URL = "https://crm.example/customers/{{ caller }}?pin={{ tries }}"


def test_a_request() -> None:
    outside = Outside(
        lambda call: http(
            call,
            URL,
            "POST",
            headers={"Accept": "text/{{ 'plain' }}"},
            body={"who": "{{ caller }}"},
            basic_auth=BasicAuth("ivr", "{{ secrets.crm }}"),
            idempotency_key="{{ caller }}-1",
        ),
        tries="1&x=/?#ä",
    )
    assert outside.ordered == {
        "method": "POST",
        "url": "https://crm.example/customers/alice?pin=1%26x%3D%2F%3F%23%C3%A4",
        "headers": {"Accept": "text/plain"},
        "body": {"who": "alice"},
        "auth": ["ivr", "wonderland"],
        "retries": 2,
        "idempotency_key": "alice-1",
    }


def test_an_answer_fills_variables() -> None:
    into = {"name": "body.items[0].name", "sum": "body.sum", "gold": "body.gold", "old": "body.no"}
    outside = Outside(lambda call: http(call, URL, into=into), tries=1, old="of before")
    body = {"items": [{"name": "Ada"}], "sum": Decimal("1.50"), "gold": True}
    assert outside.done({"status": 200, "body": body}) == Result("ok", code=200)
    assert outside.call.vars == {
        "tries": 1, "name": "Ada", "sum": Decimal("1.50"), "gold": True
    }  # fmt: skip
    assert outside.noted("http") == ["ok 200"]


def test_an_answer_that_says_failed_fills_them_too() -> None:
    outside = Outside(lambda call: http(call, URL, into={"code": "status"}), tries=1)
    result = outside.done({"status": 404}, "failed", "404 Not Found")
    assert result == Result("failed", code=404, reason="404 Not Found")
    assert outside.call.vars["code"] == 404
    assert outside.noted("http") == ["failed 404 404 Not Found"]


def test_without_an_answer_they_are_unset() -> None:
    outside = Outside(lambda call: http(call, URL, into={"code": "status"}), tries=1, code=200)
    assert outside.done(None, "timeout", "too slow") == Result("timeout", reason="too slow")
    assert "code" not in outside.call.vars


def price(call: Call) -> Any:
    return http(call, "https://shop.example/", into={"price": "body.price", "name": "body.name"})


def found(call: Call) -> Any:
    return sql(call, "SELECT 1", into={"price": "rows[0].price", "name": "rows[0].name"})


def returned(call: Call) -> Any:
    return python(call, "a:b", into={"price": "value.price", "name": "value.name"})


def looked(call: Call) -> Any:
    return mailbox(call, "601", into={"price": "message.id", "name": "message.file"})


@pytest.mark.parametrize(
    ("verb", "outcome", "value"),
    [
        (price, "ok", {"status": 200, "body": {}}),
        (price, "ok", {"status": 200, "body": {"price": None}}),
        (price, "ok", {"status": 200, "body": {"price": [1]}}),
        (price, "failed", {"status": 404, "body": "gone"}),
        (price, "timeout", None),
        (found, "ok", []),
        (found, "ok", [{"price": None}]),
        (found, "failed", None),
        (returned, "ok", None),
        (returned, "ok", {"name": None}),
        (looked, "ok", {"new": 0}),
    ],
)
def test_what_does_not_come_is_as_it_was_declared(verb: Any, outcome: Any, value: Any) -> None:
    outside = Outside(verb)
    outside.call.vars = Variables({"price": Variable("number", 0), "name": Variable("text")})
    outside.call.vars |= {"price": 9, "name": "of before"}
    outside.done(value, outcome)
    assert outside.call.vars == {"price": 0}


def test_an_answer_of_garbage_is_no_surprise() -> None:
    outside = Outside(lambda call: http(call, URL, into={"code": "status"}), tries=1)
    assert outside.done({"status": "no number"}) == Result("ok")
    assert outside.call.vars["code"] == "no number"


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (1.5, Decimal("1.5")),
        (date(2025, 3, 3), date(2025, 3, 3)),
        (Secret("x"), Secret("x")),
        (False, False),
        (0, 0),
        ("", ""),
    ],
)
def test_a_value_becomes_a_variable_of_its_kind(value: Any, kept: Any) -> None:
    outside = Outside(lambda call: python(call, "tariffs:price", into={"price": "value"}))
    assert outside.done(value).outcome == "ok"
    assert outside.call.vars["price"] == kept
    assert type(outside.call.vars["price"]) is type(kept)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ([1], "value: leads to a list or pairs; a variable is a text, a number, yes or no"),
        ({"a": 1}, "value: leads to a list or pairs; a variable is a text, a number, yes or no"),
        ("x" * (LONGEST_TEXT + 1), "value: a text of 4001 characters; at most 4000"),
        (10**101, "value: a number that is too large or too small"),
        (Decimal("1e-101"), "value: a number that is too large or too small"),
        (float("inf"), "value: a number that is too large or too small"),
    ],
)
def test_a_value_that_cannot_be_a_variable_is_failed(value: Any, why: str) -> None:
    outside = Outside(lambda call: python(call, "tariffs:price", into={"price": "value"}))
    assert outside.done(value) == Result("failed", reason=why)
    assert "price" not in outside.call.vars


def test_a_path_that_does_not_fit_says_nothing_of_what_came() -> None:
    outside = Outside(lambda call: python(call, "a:b", into={"n": "length(value)"}))
    assert outside.done(4711).reason == "length(value): does not fit what came"


def test_what_is_sensitive_becomes_a_secret_and_is_masked() -> None:
    outside = Outside(
        lambda call: http(call, URL, into={"pin": "body", "b": "body"}, sensitive=True), tries=1
    )
    done = WorkDone(1, "ok", {"status": 200, "body": 4711})
    assert trace.of_event(done, outside.call)["value"] == "***"
    outside.done(done.value)
    assert isinstance(outside.call.vars["pin"], Secret)
    assert outside.call.vars["pin"] == "4711"


@pytest.mark.parametrize("value", ["wonder", Secret("wonder")])
def test_what_came_as_a_secret_is_masked_also_where_its_variable_is_not_known(value: Any) -> None:
    outside = Outside(lambda call: python(call, "a:b", into={"x": "value"}, sensitive=True))
    outside.done(value)
    outside.call.enter_flow("called", {})
    assert outside.call.masked("no wonder") == "no ***"


def test_a_secret_that_comes_of_sensitive_work_stays_one() -> None:
    outside = Outside(lambda call: python(call, "a:b", into={"x": "value"}, sensitive=True))
    outside.done(Secret("4711"))
    assert outside.call.vars["x"] == "4711"


# -- the others -------------------------------------------------------------------------------


def test_a_query() -> None:
    outside = Outside(
        lambda call: sql(
            call,
            "SELECT balance FROM accounts WHERE number = :number",
            "bank",
            {"number": "{{ n }}"},
            into={"balance": "rows[0].balance", "found": "count"},
        ),
        n=7,
    )
    assert outside.ordered == {
        "database": "bank",
        "query": "SELECT balance FROM accounts WHERE number = :number",
        "parameters": {"number": 7},
        "most": 100,
    }
    assert outside.done([{"balance": Decimal("9.99")}]) == Result("ok")
    assert outside.call.vars == {"n": 7, "balance": Decimal("9.99"), "found": 1}


def test_a_query_that_finds_nothing() -> None:
    into = {"balance": "rows[0].balance", "found": "count"}
    outside = Outside(lambda call: sql(call, "SELECT 1", into=into))
    assert outside.done([]).outcome == "ok"
    assert outside.call.vars == {"found": 0}


def test_a_query_of_which_nothing_comes() -> None:
    outside = Outside(lambda call: sql(call, "SELECT 1"))
    assert outside.done(None, "failed", "no such table") == Result("failed", reason="no such table")


def test_a_query_with_a_slot_is_refused() -> None:
    outside = Outside(lambda call: sql(call, "SELECT {{ caller }}"))
    assert "a query has no {{ … }} in it" in outside.failed


def test_a_function() -> None:
    outside = Outside(lambda call: python(call, "tariffs:price", {"to": "{{ caller }}"}))
    assert outside.ordered == {"function": "tariffs:price", "arguments": {"to": "alice"}}


def test_a_webhook() -> None:
    outside = Outside(
        lambda call: notify(
            call, "https://crm.example/hook", "{{ secrets.crm }}", {"why": "{{ caller }}"}
        )
    )
    assert outside.ordered == {
        "webhook": "https://crm.example/hook",
        "secret": "wonderland",
        "body": {
            "call": "call-1", "caller": "alice", "dialled": "100", "data": {"why": "alice"}
        },
        "key": "call-1-1",
        "retries": 2,
    }  # fmt: skip
    assert outside.done(204) == Result("ok", code=204)


def test_a_mail() -> None:
    mail = Mail(("a@example.com", "{{ who }}"), "From {{ caller }}", "Hello", "{{ recording }}")
    outside = Outside(lambda call: notify(call, mail=mail), who="b@example.com", recording="x.wav")
    assert outside.ordered == {
        "mail": {
            "to": ["a@example.com", "b@example.com"],
            "subject": "From alice",
            "text": "Hello",
            "attach": "x.wav",
        }
    }
    assert outside.done() == Result("ok")


def test_nobody_to_notify() -> None:
    assert "expected one of the two: webhook or mail" in Outside(notify).failed


def test_a_webhook_without_a_secret() -> None:
    outside = Outside(lambda call: notify(call, "https://crm.example/hook"))
    assert "a webhook needs a secret" in outside.failed


def test_what_is_recalled_becomes_variables() -> None:
    outside = Outside(lambda call: recall(call, "language", "visits"), visits=9)
    assert outside.ordered == {"scope": "caller:alice", "names": ["language", "visits"]}
    assert outside.done({"language": "de"}) == Result("ok")
    assert outside.call.vars == {"language": "de"}


def test_what_cannot_be_recalled_is_unset() -> None:
    outside = Outside(lambda call: recall(call, "visits"), visits=9)
    assert outside.done(None, "failed", "no disk") == Result("failed", reason="no disk")
    assert outside.call.vars == {}


@pytest.mark.parametrize(("found", "visits"), [({}, 1), ({"visits": None}, 1), ({"visits": 5}, 5)])
def test_what_cannot_be_recalled_is_as_it_was_declared(found: object, visits: int) -> None:
    outside = Outside(lambda call: recall(call, "visits", "name"))
    outside.call.vars = Variables({"visits": Variable("number", 1), "name": Variable("text")})
    outside.call.vars["visits"] = 9
    assert outside.done(found) == Result("ok")
    assert outside.call.vars == {"visits": visits}


def test_what_is_to_be_remembered() -> None:
    outside = Outside(
        lambda call: remember(call, {"language": "{{ l }}"}, {"visits": 1}, scope="all", keep=60),
        l="de",
    )
    assert outside.ordered == {
        "scope": "all", "values": {"language": "de"}, "seconds": 60, "add": {"visits": 1}
    }  # fmt: skip
    outside.done({"visits": 4})
    assert outside.call.vars["visits"] == 4


def test_nothing_comes_of_a_memory_that_fails() -> None:
    outside = Outside(lambda call: remember(call, add={"visits": 1}), visits=3)
    assert outside.done(None, "timeout") == Result("timeout")
    assert outside.call.vars == {}


def test_a_sum_that_does_not_come_is_as_it_was_declared() -> None:
    outside = Outside(lambda call: remember(call, add={"visits": 1}))
    outside.call.vars = Variables({"visits": Variable("number", 1)})
    outside.call.vars["visits"] = 3
    outside.done(None, "timeout")
    assert outside.call.vars == {"visits": 1}


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, "expected values to be kept, or numbers to add"),
        ({"values": {"a": 1}, "add": {"a": 1}}, "a is both set and added to"),
        ({"values": {"a": ["x"]}}, "a: expected a text, a number, yes or no"),
        ({"values": {"a": "x" * 5000}}, "a: expected a text, a number, yes or no"),
    ],
)
def test_what_cannot_be_remembered(given: dict[str, Any], why: str) -> None:
    assert why in Outside(lambda call: remember(call, **given)).failed


def test_a_line_of_the_log_is_one_line() -> None:
    outside = Outside(lambda call: log(call, "{{ caller }} said:\r\n{{ x }}", "warning"), x="a\nb")
    assert outside.results == [Result("done")]
    assert Note("log_warning", "alice said: a b") in outside.notes


def test_a_call_has_no_secrets_unless_the_settings_have_some() -> None:
    with pytest.raises(FlowError, match="there are: none"):
        Call("1").text("{{ secrets.crm }}")
