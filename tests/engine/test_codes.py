"""How much a fault matters, and where it is."""

import pytest

from ivr.engine.codes import WARNINGS, Code
from ivr.engine.errors import Fault


def test_a_code_is_an_error_unless_it_is_among_the_warnings() -> None:
    assert {code for code in Code if code.level == "warning"} == WARNINGS
    assert {code.level for code in Code} == {"error", "warning"}


@pytest.mark.parametrize(
    ("line", "column", "at"), [(3, 7, "a.yaml:3:7"), (3, 0, "a.yaml:3"), (0, 0, "a.yaml")]
)
def test_a_fault_is_told_as_far_as_it_has_a_place(line: int, column: int, at: str) -> None:
    fault = Fault("a.yaml", line, column, "wrong", Code.TAB)
    assert (fault.at, str(fault)) == (at, f"{at}: wrong [tab]")
