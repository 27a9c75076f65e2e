"""Every verdict agrees with its definition, over all short strings."""

import re
from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.engine.builtins import builtin
from ivr.engine.digits import Digits, Keys, Matcher, Verdict, verdict_of

Accepts = Callable[[str], bool]


def strings(alphabet: str, longest: int) -> list[str]:
    return ["".join(keys) for n in range(longest + 1) for keys in product(alphabet, repeat=n)]


def agrees(matcher: Matcher, accepts: Accepts, alphabet: str, longest: int, ahead: int) -> None:
    """Compare with the definition; *ahead*: how many more keys an entry may need to be one."""
    every = strings(alphabet, longest + ahead)
    beginnings = {s[:n] for s in every if accepts(s) for n in range(len(s))}
    for typed in strings(alphabet, longest):
        expected = verdict_of(accepts(typed), typed in beginnings)
        assert matcher.verdict(typed) is expected, typed


def shape(expression: str) -> Accepts:
    return lambda typed: re.fullmatch(expression, typed) is not None


def is_time(typed: str) -> bool:
    hour, minute = (typed[:-2], typed[-2:]) if len(typed) > 2 else (typed, "0")
    return 1 <= len(typed) <= 4 and typed.isdigit() and int(hour) < 24 and int(minute) < 60


@pytest.mark.parametrize(
    ("matcher", "accepts", "alphabet", "longest", "ahead"),
    [
        (builtin("boolean").matcher, shape("1|2"), "0129*#", 3, 1),
        (builtin("number").matcher, shape(r"\d+|\d+\*\d*|\*\d+"), "07*#", 5, 2),
        (builtin("currency").matcher, shape(r"\d+(\*\d{0,2})?|\*\d{1,2}"), "07*#", 5, 2),
        (builtin("phone").matcher, shape(r"\d+(\*\d*)?"), "07*#", 5, 2),
        (builtin("time").matcher, is_time, "0123456789", 4, 0),
        (builtin("digits").matcher, shape(r"\d{1,32}"), "07*#", 5, 1),
        (builtin("digits", {"length": "3"}).matcher, shape(r"\d{3}"), "07*#", 5, 3),
        (builtin("digits", {"minlength": "3"}).matcher, shape(r"\d{3,32}"), "07*#", 5, 3),
        (Keys(["1", "12", "*1", "333"]), shape(r"1|12|\*1|333"), "123*", 4, 1),
    ],
    ids=["boolean", "number", "currency", "phone", "time", "digits", "length", "minlength", "keys"],
)
def test_a_verdict_says_what_is_accepted_and_what_can_still_become_so(
    matcher: Matcher, accepts: Accepts, alphabet: str, longest: int, ahead: int
) -> None:
    agrees(matcher, accepts, alphabet, longest, ahead)


@given(st.sets(st.text("12#", min_size=1, max_size=3)))
def test_any_set_of_keys_obeys_the_law(entries: set[str]) -> None:
    agrees(Keys(entries), entries.__contains__, "12#", 3, 1)


@given(st.integers(0, 2), st.integers(0, 2))
def test_any_count_of_digits_obeys_the_law(shortest: int, more: int) -> None:
    longest = max(1, shortest + more)
    agrees(
        Digits(shortest, longest),
        lambda typed: shortest <= len(typed) <= longest and "*" not in typed,
        "01*",
        longest + 1,
        longest,
    )


@given(st.integers(1, 3), st.integers(0, 2))
def test_digits_that_wait_at_the_longest_differ_only_there(shortest: int, more: int) -> None:
    longest = shortest + more
    waiting, plain = Digits(shortest, longest, waits_at_longest=True), Digits(shortest, longest)
    for typed in strings("01*", longest + 1):
        expected = plain.verdict(typed)
        if expected is Verdict.MAX:
            expected = Verdict.MATCH
        assert waiting.verdict(typed) is expected


@given(st.text("0123456789*#", max_size=9))
def test_a_date_is_partial_until_its_eighth_digit_and_then_decided(typed: str) -> None:
    verdict = builtin("date").matcher.verdict(typed)
    if not typed.isdigit() and typed:
        assert verdict is Verdict.NO_MATCH
    elif len(typed) < 8:
        assert verdict is Verdict.PARTIAL
    else:
        assert verdict in (Verdict.MAX, Verdict.NO_MATCH)


@given(
    st.sampled_from(["boolean", "currency", "date", "digits", "number", "phone", "time"]),
    st.text("0123456789*#A", max_size=9),
    st.text("0123456789*#A", min_size=1, max_size=3),
)
def test_what_can_never_match_stays_so_and_what_is_complete_cannot_grow(
    name: str, typed: str, more: str
) -> None:
    matcher = builtin(name).matcher  # type: ignore[arg-type]
    if matcher.verdict(typed) in (Verdict.NO_MATCH, Verdict.MAX):
        assert matcher.verdict(typed + more) is Verdict.NO_MATCH


@given(
    st.sampled_from(["boolean", "currency", "date", "digits", "number", "phone", "time"]),
    st.text("0123456789*", max_size=32),
)
def test_every_accepted_entry_has_a_value(name: str, typed: str) -> None:
    found = builtin(name)  # type: ignore[arg-type]
    if found.matcher.verdict(typed) in (Verdict.MATCH, Verdict.MAX):
        found.value(typed)
