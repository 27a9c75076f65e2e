"""Texts and conditions: what they can say."""

from datetime import date, time
from decimal import Decimal

import pytest

from ivr.engine.call import Call
from ivr.engine.effects import Text, Tone
from ivr.engine.errors import FlowError
from ivr.engine.mentions import names_in, names_in_text, secrets_in, secrets_in_text
from ivr.engine.templates import check_expression, check_text, evaluate, render
from ivr.engine.values import Secret, Value

NAMES: dict[str, Value] = {
    "name": "Ada",
    "pin": "0042",
    "tries": 3,
    "balance": Decimal("1.10"),
    "gold": True,
    "birthday": date(1815, 12, 10),
    "opens": time(9, 30, 15),
    "code": Secret("4711"),
}


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("no braces", "no braces"),
        ("Hello {{ name }}", "Hello Ada"),
        ("{{ pin | digits }}", "0 0 4 2"),
        ("{{ balance }} and {{ tries }}", "1.10 and 3"),
        ("{% if gold %}dear{% elif tries > 2 %}hm{% else %}oh{% endif %} {{ name }}", "dear Ada"),
        ("{{ name | upper }}{{ name | lower }}{{ ' x ' | trim }}", "ADAadax"),
        ("{{ nickname | default(name) }}", "Ada"),
        ("{{ birthday }}, {{ birthday.year }}", "1815-12-10, 1815"),
        ("{{ opens.hour }} {{ opens.minute }} {{ opens.second }}", "9 30 15"),
        ("{{ 2.5 }}", "2.5"),
        ("{{ pin[0] }}{{ pin[2:] }}{{ pin | first }}{{ pin | last }}", "04202"),
    ],
)
def test_a_text_is_filled_in(source: str, text: str) -> None:
    check_text(source)
    assert render(source, NAMES) == text


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("tries + 1", 4),
        ("-tries", -3),
        ("+tries - 5", -2),
        ("7 // 2", 3),
        ("7 % 2", 1),
        ("4 / 2", Decimal(2)),
        ("1 / 4", Decimal("0.25")),
        ("balance * 2", Decimal("2.20")),
        ("balance + 0.5", Decimal("1.60")),
        ("1.5", Decimal("1.5")),
        ("-1.5", Decimal("-1.5")),
        ("'a' + 'b'", "ab"),
        ("name ~ tries", "Ada3"),
        ("pin", "0042"),
        ("pin | int + 1", 43),
        ("balance | int", 1),
        ("name | int(7)", 7),
        ("'NaN' | int", 0),
        ("2.5 | round", 3),
        ("2.345 | round(2)", Decimal("2.35")),
        ("-2.5 | abs", Decimal("2.5")),
        ("name | length", 3),
        ("birthday", date(1815, 12, 10)),
        ("'one' if tries == 1 else 'many'", "many"),
    ],
)
def test_an_expression_has_a_value_of_its_type(source: str, value: Value) -> None:
    check_expression(source)
    found = evaluate(source, NAMES)
    assert (found, type(found)) == (value, type(value))
    assert str(found) == str(value)


@pytest.mark.parametrize(
    "source",
    [
        "balance == 1.1",
        "balance >= 1.10",
        "tries in [1, 2, 3]",
        "not tries > 3 and gold or false",
        "tries is odd and not tries is even",
        "name is string and tries is number and name is defined and x is undefined",
        "pin == '0042' and pin != 42",
        "code == '4711'",
        "birthday.year < 1900",
    ],
)
def test_a_condition_holds(source: str) -> None:
    assert evaluate(source, NAMES) is True


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("{{ 0.0000001 * 1 }}", "0.0000001"),
        ("{{ 1000000000000000.0 * 1000000000000000.0 }}", "1000000000000000000000000000000"),
        ("{{ 0.0000000001 - 0.0000000001 }}", "0.0000000000"),
    ],
)
def test_small_and_large_numbers_are_said_in_digits(words: str, said: str) -> None:
    assert render(words, {}) == said


def test_digits_do_not_turn_into_numbers_by_themselves() -> None:
    with pytest.raises(FlowError, match=r"\+ needs numbers on both sides; one is a text"):
        evaluate("pin + 1", NAMES)


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("nobody", "'nobody' is undefined"),
        ("nobody + 1", "'nobody' is undefined"),
        ("nobody.year", "'nobody' is undefined"),
        ("nobody | upper", "'nobody' is undefined"),
        ("gold + 1", "one is yes or no"),
        ("birthday - 1", "one is a date"),
        ("code + 1", "one is a secret"),
        ("1 / 0", "division by zero"),
        ("1 // 0", "division by zero"),
        ("balance % 0", "division by zero"),
        ("[1, 2]", "gives a list; expected a text, a number, yes or no"),
        ("none", "gives nothing; expected a text, a number, yes or no"),
        ("name[9]", "there is no 9 in it"),
        ("tries[0]", "a number has no part 0"),
        ("birthday.hour", "a date has no 'hour'"),
        ("name | round", "round needs a number; this is a text (collect with type: number"),
        ("tries | round(11)", "round to 11 places; expected 0 to 10"),
        ("name | abs", "abs needs a number; this is a text"),
        ("name is even", "even needs a number; this is a text"),
        ("1 if false", "no else section"),
        ("name in 5", "in looks for a text in a text, or in a list; this is a text in a number"),
        ("birthday > 5", "a date cannot be compared with a number"),
        ("1 < name", "a number cannot be compared with a text (collect with type: number gives"),
        ("1 < tries < name", "a number cannot be compared with a text"),
        ("code is lt 5", "a secret cannot be compared with a number"),
        ("code in name", "this is a secret in a text"),
        ("none < 1", "nothing cannot be compared with a number"),
        ("-name", "- needs a number; this is a text"),
        ("7 % 1e-28", "% of these numbers comes to too large a one"),
        ("code | length", "length needs a text or a list; this is a secret"),
        ("tries | first", "first needs a text or a list; this is a number"),
        ("tries | last", "last needs a text or a list; this is a number"),
        ("'' | first", "there is no first of nothing"),
        ("'' | last", "there is no last of nothing"),
        ("code[:2]", "[:] needs a text or a list; this is a secret"),
        ("name['a':]", "expected whole numbers between [ and ], such as [-4:]"),
        ("name[::0]", "expected whole numbers between [ and ]"),
        ("name is in", "is in takes one value"),
        ("name is string(1)", "is string takes no value"),
        ("tries | currency(code)", "its values do not go together"),
        ("name + code", "one is a text"),
        ("code | trim", "it may go where docs/outside.md says, such as into headers of http"),
        ("", "unexpected 'end of template'"),
        ("tries +", "unexpected"),
        ("tries | nonsense", "no filter 'nonsense'; expected one of abs, currency"),
        ("tries is nonsense", "no test 'nonsense'; expected one of defined"),
    ],
)
def test_a_mistake_is_named_with_its_source(source: str, fault: str) -> None:
    with pytest.raises(FlowError) as caught:
        evaluate(source, NAMES)
    assert fault in str(caught.value)
    assert repr(source) in str(caught.value)


@pytest.mark.parametrize("source", ["Hello {{ name", "{{ }}", "{% if %}", "{{ x | nonsense }}"])
def test_a_malformed_text_is_found_when_it_is_checked(source: str) -> None:
    with pytest.raises(FlowError):
        check_text(source)


def test_a_malformed_expression_is_found_when_it_is_checked() -> None:
    with pytest.raises(FlowError):
        check_expression("tries >")


def test_a_text_without_braces_is_always_well_formed() -> None:
    check_text("50 % of all # signs")


@pytest.mark.parametrize(
    "source",
    ["{{ code }}", "{{ code | upper }}", "{{ code | digits }}", "{{ 'Bearer ' ~ code }}"],
)
def test_a_secret_cannot_be_put_into_a_text(source: str) -> None:
    with pytest.raises(FlowError, match="a secret cannot be put into a text"):
        render(source, NAMES)


def test_a_text_joined_of_many_is_held_to_its_length() -> None:
    assert evaluate("tries ~ '-' ~ balance", NAMES) == "3-1.10"
    with pytest.raises(FlowError, match="a text of 6000 characters"):
        evaluate("long ~ long", {"long": "a" * 3000})


@pytest.mark.parametrize(
    "source",
    [
        "code ~ ''",
        "code | default('x') ~ ''",
        "[code] | first ~ ''",
        "code | length",
        "code | first",
        "code[0]",
        "code.reveal",
        "code._text",
        "code is even",
        "code | int",
    ],
)
def test_a_secret_does_not_get_out_of_an_expression(source: str) -> None:
    try:
        found = str(evaluate(source, NAMES))
    except FlowError as error:
        found = str(error)
    assert not set("4711") & set(found.replace(source, ""))


def test_a_call_knows_who_calls_whom() -> None:
    call = Call("x", caller="alice", dialled="100", vars={"tries": 2})
    assert call.text("{{ caller }} for {{ dialled }}, {{ tries }}") == "alice for 100, 2"
    assert call.text("plain") == "plain"
    assert call.evaluate("tries * 2") == 4


def test_only_texts_among_the_prompts_are_filled_in() -> None:
    call = Call("x", caller="alice")
    prompts = ("{{ not_a_text }}", Tone(), Text("{{ caller }}"))
    assert call.rendered(prompts) == ("{{ not_a_text }}", Tone(), Text("alice"))


@pytest.mark.parametrize("sign", ["\0", "\x1b", "\u202e", "\ud800"])
def test_no_way_of_writing_a_text_gets_a_sign_into_it_that_nobody_can_say(sign: str) -> None:
    call = Call("x", vars={"heard": f"a{sign}b"})
    for words in ("{{ heard }}", "{{ " + ascii(f"a{sign}b") + " }}", f"a{sign}b"):
        assert call.rendered((Text(words),)) == (Text("a b"),)


def test_what_a_caller_sends_is_never_read_as_a_text() -> None:
    call = Call("x", caller="{{ code }}", vars={"code": "4711"})
    assert call.text("Hello {{ caller }}") == "Hello {{ code }}"


def test_the_names_that_a_text_or_an_expression_is_made_of() -> None:
    assert names_in("a + b[1] if c is defined else d | default(e)") == set("abcde")
    assert names_in_text("{{ a }} and {{ b | digits }}") == {"a", "b"}
    assert names_in_text("plain") == set()


def test_the_secrets_that_a_text_or_an_expression_cannot_do_without() -> None:
    assert secrets_in("secrets.a + secrets['b'] + secrets[c] + others.d") == {"a", "b"}
    assert secrets_in("secrets.a | default('') or secrets.b is defined") == set()
    assert secrets_in("secrets.a | digits") == {"a"}
    assert secrets_in_text("{{ secrets.a }} and {{ secrets['b'] }}") == {"a", "b"}
    assert secrets_in_text("secrets.a") == secrets_in_text("{{ a }}") == secrets_in("a.b") == set()


def test_a_part_of_pairs_is_named() -> None:
    assert evaluate("pairs['a']", {"pairs": {"a": 1}}) == 1
