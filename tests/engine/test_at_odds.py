"""Arguments that are right, each on its own, and mean nothing together."""

from typing import Any

import pytest

from ivr.engine.choices import Choices
from ivr.engine.validators import FUTURE
from ivr.engine.verb import VERBS
from ivr.engine.verbs.http import BasicAuth

ONE = Choices({"one": ["1"]})
ANN = BasicAuth("ann", "{{ secrets.crm }}")
NEVER = [
    ("record", {"max_seconds": 1, "min_seconds": 5}, "nothing is ever kept"),
    ("record", {"max_seconds": 0.5}, "as min_seconds is 1"),
    ("record", {"max_seconds": 0, "min_seconds": 0}, "nothing is recorded"),
    ("collect", {"type": "date", "validate": ("luhn",)}, "luhn goes with type: digits"),
    ("collect", {"type": "boolean", "validate": ("ean",)}, "not with boolean"),
    ("collect", {"length": 4, "validate": ("imei",)}, "14, 15, 16 digits"),
    ("collect", {"max": 7, "validate": ("ean",)}, "8, 12, 13, 14 digits"),
    ("collect", {"max_no_input": 5, "attempts": 2}, "max_no_input is 5, and attempts is 2"),
    ("collect", {"max_no_match": 4}, "attempts, where it is not given, is 3"),
    ("ask", {"choices": ONE, "max_no_input": 4}, "raise attempts"),
    ("http", {"headers": {"AUTHORIZATION": "x"}, "basic_auth": ANN}, "leave one of the two out"),
]
FINE = [
    ("record", {"max_seconds": 5, "min_seconds": 5}),
    ("record", {}),
    ("collect", {"type": "number", "validate": ("luhn",)}),
    ("collect", {"type": "date", "validate": (FUTURE, "past")}),
    ("collect", {"min": 14, "validate": ("imei", "luhn")}),
    ("collect", {"max_no_input": 2, "max_no_match": None, "attempts": 2}),
    ("http", {"headers": {"Accept": "x"}, "basic_auth": ANN}),
    ("http", {"headers": {"Authorization": "x"}}),
]


@pytest.mark.parametrize(("verb", "arguments", "wrong"), NEVER)
def test_what_contradicts_itself_is_refused(
    verb: str, arguments: dict[str, Any], wrong: str
) -> None:
    assert wrong in VERBS[verb].check(arguments)


@pytest.mark.parametrize(("verb", "arguments"), FINE)
def test_what_goes_together_is_not(verb: str, arguments: dict[str, Any]) -> None:
    assert VERBS[verb].check(arguments) == ""
