"""What services say, made up: the flow finds in it what it looks for."""

from __future__ import annotations

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.testing.answers import answer_with

NAMES = st.sampled_from(["a", "b", '"c d"'])
STEPS = NAMES.map(".{}".format) | st.integers(-1, 3).map("[{}]".format)
PATHS = st.tuples(NAMES, st.lists(STEPS, max_size=4).map("".join)).map("".join)


@given(PATHS)
def test_a_path_leads_to_what_was_put_there(path: str) -> None:
    assert jmespath.search(path, answer_with({path: "leaf"})) == "leaf"


def test_several_paths_lead_into_one_answer() -> None:
    answer = answer_with({"body.items[0].name": "Ann", "body.items[1].name": "Bob", "status": 200})
    assert answer == {"body": {"items": [{"name": "Ann"}, {"name": "Bob"}]}, "status": 200}


@pytest.mark.parametrize("path", ["rows[*].name", "length(rows)", "[0]", "a.{b: c}", "a."])
def test_a_path_that_says_more_leads_nowhere(path: str) -> None:
    assert answer_with({path: 1}) == {}
