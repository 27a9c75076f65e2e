"""SEMANTICS 1: what a string of keys amounts to, and what follows from it."""

import pytest

from ivr.engine.call import Call
from ivr.engine.choices import Choices
from ivr.engine.digits import Digits, Keys, Matcher, Verdict, pattern
from ivr.engine.verb import Result
from ivr.engine.verbs import ask, collect

from .driver import Driver

NO_MATCH, PARTIAL, MATCH, MAX = (
    Verdict.NO_MATCH,
    Verdict.PARTIAL,
    Verdict.MATCH,
    Verdict.MAX,
)


async def one_or_twelve(call: Call) -> Result:
    choices = Choices({"one": ["1"], "twelve": ["12"]})
    return await ask(call, silent=True, choices=choices, attempts=1, inter_digit=3)


async def four_digits(call: Call) -> Result:
    return await collect(call, into="entry", length=4, attempts=1, inter_digit=3)


@pytest.mark.parametrize(
    ("matcher", "typed", "verdict"),
    [
        (Keys(["1", "12"]), "", PARTIAL),
        (Keys(["1", "12"]), "1", MATCH),
        (Keys(["1", "12"]), "12", MAX),
        (Keys(["1", "12"]), "13", NO_MATCH),
        (Keys(["1", "12"]), "2", NO_MATCH),
        (Keys([]), "", NO_MATCH),
        (Digits(2, 3), "", PARTIAL),
        (Digits(2, 3), "1", PARTIAL),
        (Digits(2, 3), "12", MATCH),
        (Digits(2, 3), "123", MAX),
        (Digits(2, 3), "1234", NO_MATCH),
        (Digits(2, 3), "1*", NO_MATCH),
        (Digits(2, 3), "A", NO_MATCH),
        (Digits(2, 3, waits_at_longest=True), "123", MATCH),
    ],
)
def test_the_verdict_is_one_of_four(matcher: Matcher, typed: str, verdict: Verdict) -> None:
    assert matcher.verdict(typed) is verdict


def test_what_can_grow_waits_and_is_accepted_by_the_inter_digit_timer() -> None:
    phone = Driver(one_or_twelve)
    phone.start()
    phone.press("1")
    phone.wait(2.9)
    assert not phone.results
    phone.wait(0.1)
    assert phone.result == Result("one", "1")


def test_what_can_grow_is_accepted_by_the_terminator_at_once() -> None:
    phone = Driver(one_or_twelve)
    phone.start()
    phone.press("1#")
    assert phone.result == Result("one", "1", "#")


def test_what_cannot_grow_is_accepted_at_once() -> None:
    phone = Driver(one_or_twelve)
    phone.start()
    phone.press("12")
    assert phone.result == Result("twelve", "12")


def test_what_can_never_match_is_refused_at_once() -> None:
    phone = Driver(one_or_twelve)
    phone.start()
    phone.press("13")
    assert phone.result.outcome == "no_match"


def test_what_is_unfinished_is_refused_by_the_inter_digit_timer() -> None:
    phone = Driver(four_digits)
    phone.start()
    phone.press("123")
    phone.wait(2.9)
    assert not phone.results
    phone.wait(0.1)
    assert phone.result.outcome == "no_match"


def test_after_a_no_match_further_keys_are_swallowed_until_the_prompt_may_be_barged_in() -> None:
    async def menu(call: Call) -> Result:
        choices = Choices({"one": ["1"], "twelve": ["12"]})
        return await ask(
            call, "menu", choices=choices, barge_in="none", no_match_prompts=("sorry",)
        )

    phone = Driver(menu)
    phone.start()
    phone.play_done()
    phone.press("13")  # the second key decides
    assert phone.playing and phone.playing.prompts == ("sorry", "menu")
    phone.press("457")  # in flight
    phone.play_done()
    phone.wait(1)
    assert not phone.results, "none of them counts as a second answer"
    phone.press("12")
    assert phone.result.outcome == "twelve"


def test_keys_typed_ahead_behind_a_wrong_one_are_swallowed_with_it() -> None:
    phone = Driver(four_digits)
    phone.offered()
    phone.press("12*4")
    phone.start()
    assert phone.result.outcome == "no_match"
    assert not phone.call.keys


def test_an_entry_longer_than_any_real_one_ends() -> None:
    phone = Driver(lambda call: collect(call, into="entry", type="number", attempts=1))
    phone.start()
    phone.press("1" * 31)
    assert not phone.results
    phone.press("1")
    assert phone.result.outcome == "done"
    assert phone.call.vars["entry"] == int("1" * 32)


@pytest.mark.parametrize(
    ("text", "accepted", "refused"),
    [
        ("6XX", ["600", "699"], ["60", "6000", "700", "6#1"]),
        ("[1-3]0N", ["102", "309"], ["402", "101", "100"]),
        ("[157-9]", ["1", "5", "8"], ["2", "6", "-"]),
        ("0Z.", ["011", "0912345"], ["01", "001"]),
        ("*1#", ["*1#"], ["1#", "**1#"]),
    ],
)
def test_a_dial_pattern_reads_as_on_a_pbx(
    text: str, accepted: list[str], refused: list[str]
) -> None:
    found = pattern(text)
    assert all(found.fullmatch(number) for number in accepted)
    assert not any(found.fullmatch(number) for number in refused)


@pytest.mark.parametrize(
    "text", ["", ".", "6..", "6.X", "abc", "[]", "[a-b]", "[1-", "[1--3]", "x"]
)
def test_what_is_no_dial_pattern_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no dial pattern; expected keys"):
        pattern(text)


def test_a_dial_pattern_with_a_backward_range_is_refused() -> None:
    with pytest.raises(ValueError, match="is no dial pattern: bad character range"):
        pattern("[9-1]")
