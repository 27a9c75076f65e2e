"""SEMANTICS 1 and 20: ranges and patterns of keys, by the same four-valued matcher."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.engine.digits import Verdict, pattern, verdict_of
from ivr.engine.key_patterns import DIGITS, key_patterns, matcher_of, overlapping

NO, PARTIAL, MATCH, MAX = Verdict.NO_MATCH, Verdict.PARTIAL, Verdict.MATCH, Verdict.MAX
PARTS = st.sampled_from(["X", "Z", "N", "0", "7", "[2-4]", "[19]"])
PATTERNS = st.builds(
    lambda parts, end: "".join(parts) + end,
    st.lists(PARTS, min_size=1, max_size=3),
    st.sampled_from(["", "."]),
)
NUMBERS = st.integers(0, 999)


@pytest.mark.parametrize(
    ("text", "typed", "verdict"),
    [
        ("6XX", "", PARTIAL),
        ("6XX", "60", PARTIAL),
        ("6XX", "600", MAX),
        ("6XX", "6000", NO),
        ("6XX", "7", NO),
        ("49XXXX", "491234", MAX),
        ("[2-9]XX", "199", NO),
        ("[2-9]XX", "211", MAX),
        ("0Z.", "01", PARTIAL),
        ("0Z.", "011", MATCH),
        ("0Z.", "01*", NO),
        ("*X", "*5", MAX),
        ("2-5", "2", MAX),
        ("2-5", "6", NO),
        ("8-12", "1", PARTIAL),
        ("8-12", "9", MAX),
        ("8-12", "12", MAX),
        ("8-12", "13", NO),
        ("1-12", "1", MATCH),
        ("05-07", "06", MAX),
    ],
)  # fmt: skip
def test_a_pattern_says_what_keys_amount_to(text: str, typed: str, verdict: Verdict) -> None:
    assert matcher_of((text,)).verdict(typed) is verdict


@pytest.mark.parametrize(
    "text", ["5-2", "12-8", "1-05", "[5-2]X", "+49X", "X" * 33, "", "6YY", "1.2"]
)
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        key_patterns(text)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_range_accepts_the_numbers_in_it(first: int, last: int, typed: int) -> None:
    first, last = sorted((first, last))
    if str(first) == "0" and last > 9:
        first = 1
    accepts = matcher_of((f"{first}-{last}",)).verdict(str(typed)) in (MATCH, MAX)
    assert accepts is (first <= typed <= last)


@given(PATTERNS, st.text(DIGITS, max_size=5))
def test_a_pattern_accepts_what_its_regular_expression_does(text: str, typed: str) -> None:
    complete = pattern(text).fullmatch(typed) is not None
    may_grow = any(
        pattern(text).fullmatch(typed + "".join(more))
        for length in range(1, 5 - len(typed) + 1)
        for more in product("0279", repeat=length)
    )
    if may_grow or len(typed) < 5:
        found = matcher_of((text,)).verdict(typed)
        assert found in (MATCH, MAX) if complete else found in (PARTIAL, NO)
        if may_grow:
            assert found is verdict_of(complete, True)


@given(PATTERNS, PATTERNS)
def test_two_patterns_overlap_if_there_are_keys_that_both_accept(one: str, two: str) -> None:
    both = any(
        pattern(one).fullmatch(keys) and pattern(two).fullmatch(keys)
        for length in range(1, 5)
        for keys in map("".join, product("012345679", repeat=length))
    )
    assert overlapping(key_patterns(one), key_patterns(two)) is both
