"""The builtin entry types of VoiceXML: 72 cases of others, and what an entry is worth."""

import json
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest

from ivr.engine.builtins import Type, builtin
from ivr.engine.digits import Verdict
from ivr.engine.values import Value

DATA = Path(__file__).parents[1] / "conformance" / "dtmf-grammar" / "vxml_builtin_dtmf_cases.json"
CASES = json.loads(DATA.read_text())["cases"]
VERDICTS = {
    "complete": Verdict.MAX,
    "match_may_grow": Verdict.MATCH,
    "partial": Verdict.PARTIAL,
    "nomatch": Verdict.NO_MATCH,
}


def test_the_data_set_is_complete() -> None:
    assert len(CASES) == 72


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case['builtin']}-{case['input']}-{case['expect']}"
)
def test_every_case_of_the_data_set_has_its_verdict(case: dict[str, Any]) -> None:
    found = builtin(case["builtin"], case["params"]).matcher.verdict(case["input"])
    assert found is VERDICTS[case["expect"]]


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case["expect"] in ("complete", "match_may_grow")],
    ids=lambda case: f"{case['builtin']}-{case['input']}",
)
def test_every_accepted_entry_of_the_data_set_has_a_value(case: dict[str, Any]) -> None:
    kinds = {
        "boolean": bool,
        "date": date,
        "digits": str,
        "currency": Decimal,
        "number": int | Decimal,
        "phone": str,
        "time": time,
    }
    value = builtin(case["builtin"], case["params"]).value(case["input"])
    assert isinstance(value, kinds[case["builtin"]])


@pytest.mark.parametrize(
    ("type", "typed", "value"),
    [
        ("boolean", "1", True),
        ("boolean", "2", False),
        ("digits", "007", "007"),
        ("phone", "0123*456", "0123*456"),
        ("number", "007", 7),
        ("number", "10*5", Decimal("10.5")),
        ("number", "*59", Decimal("0.59")),
        ("number", "123*", Decimal(123)),
        ("currency", "12", Decimal("12.00")),
        ("currency", "0*08", Decimal("0.08")),
        ("currency", "10*5", Decimal("10.50")),
        ("currency", "123*", Decimal("123.00")),
        ("date", "20240229", date(2024, 2, 29)),
        ("time", "9", time(9)),
        ("time", "09", time(9)),
        ("time", "123", time(1, 23)),
        ("time", "1235", time(12, 35)),
        ("time", "0005", time(0, 5)),
    ],
)
def test_an_entry_is_worth_what_it_means(type: Type, typed: str, value: Value) -> None:
    found = builtin(type).value(typed)
    assert found == value
    assert str(found) == str(value), "a currency keeps its cents"


def test_a_caller_who_types_more_digits_than_money_has_is_still_understood() -> None:
    typed = "9" * 32
    assert builtin("currency").value(typed) == Decimal(typed)
    assert builtin("number").value(typed) == int(typed)


@pytest.mark.parametrize("typed", ["20230229", "20241301", "00000000", "99999999"])
def test_a_day_that_the_calendar_does_not_have_is_no_date(typed: str) -> None:
    assert builtin("date").matcher.verdict(typed) is Verdict.NO_MATCH


@pytest.mark.parametrize("typed", ["26", "2400", "960", "1260"])
def test_an_hour_that_the_clock_does_not_have_is_no_time(typed: str) -> None:
    assert builtin("time").matcher.verdict(typed) is Verdict.NO_MATCH


def test_a_boolean_can_have_other_keys() -> None:
    found = builtin("boolean", {"y": "3", "n": "7"})
    assert (found.value("3"), found.value("7")) == (True, False)


def test_every_type_can_be_had() -> None:
    assert all(builtin(type).matcher.verdict("#") is Verdict.NO_MATCH for type in get_args(Type))


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(ValueError, match="no builtin type 'colour'"):
        builtin("colour")  # type: ignore[arg-type]


def test_an_unknown_parameter_is_refused() -> None:
    with pytest.raises(ValueError, match="builtin 'date' does not know y"):
        builtin("date", {"y": "1"})
