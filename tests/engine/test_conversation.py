"""SEMANTICS 9: two who talk, and the keys that they press."""

import pytest

from ivr.engine.bridge import BETWEEN_KEYS
from ivr.engine.effects import Drop, HangUp, Play, SendDigit, Stop
from ivr.engine.events import LegDigit, LegEnded, PlayDone
from ivr.engine.verb import Result
from ivr.engine.verbs.transfer import LONGEST_CONVERSATION

from .handing_over import played, talking


def test_it_does_not_last_for_ever_and_was_answered_all_the_same() -> None:
    phone = talking()
    assert Drop(1) in phone.wait(LONGEST_CONVERSATION)
    assert phone.result == Result("answered", code=200, reason="max_time")
    assert phone.noted("transfer") == ["answered 200 max_time"]


def test_both_are_warned_before_time_is_up() -> None:
    phone = talking(longest=60, warning=("one_minute",), warn_before=10)
    assert phone.wait(49.9) == []
    assert played(phone.wait(0.1)) == [(0, ("one_minute",)), (1, ("one_minute",))]
    phone.wait(10)
    assert phone.result.reason == "max_time"


def test_a_warning_is_cut_short_by_the_end() -> None:
    phone = talking(longest=60, warning=("one_minute",), warn_before=10)
    heard = next(e.id for e in phone.wait(50) if isinstance(e, Play) and not e.leg)
    assert Stop(heard) in phone.take(LegEnded(1, 200))


def test_a_warning_that_was_heard_out_is_not_stopped_again() -> None:
    phone = talking(longest=60, warning=("one_minute",), warn_before=10)
    heard = next(e.id for e in phone.wait(50) if isinstance(e, Play) and not e.leg)
    phone.take(PlayDone(heard))
    assert Stop(heard) not in phone.take(LegEnded(1, 200))


def test_keys_pass_both_ways() -> None:
    phone = talking()
    assert phone.press("5#") == [SendDigit("5", leg=1), SendDigit("#", leg=1)]
    assert phone.take(LegDigit(1, "8")) == [SendDigit("8")]
    assert phone.take(LegDigit(7, "8")) == []


def test_keys_that_are_caught_take_the_caller_back() -> None:
    phone = talking(catch=("*0", "**1"))
    assert phone.press("1*") == [SendDigit("1", leg=1)], "one is held back"
    assert phone.press("0") == [Drop(1), HangUp()]
    assert phone.result == Result("answered", "*0", code=200, reason="caught")


def test_keys_that_only_begin_like_them_pass_late() -> None:
    phone = talking(catch=("*0", "**1"))
    assert phone.press("*5") == [SendDigit("*", leg=1), SendDigit("5", leg=1)]
    assert phone.press("**") == []
    assert phone.press("*0") == [SendDigit("*", leg=1), SendDigit("*", leg=1), Drop(1), HangUp()]


def test_a_key_that_is_held_back_passes_when_no_other_comes() -> None:
    phone = talking(catch=("*0",))
    phone.press("*")
    assert phone.wait(BETWEEN_KEYS) == [SendDigit("*", leg=1)]
    assert phone.wait(60) == []


def test_a_pattern_may_begin_with_another() -> None:
    phone = talking(catch=("*", "*0"))
    phone.press("*")
    assert phone.result.value == "*"


@pytest.mark.parametrize(
    ("catch", "keys", "passed", "value"),
    [
        (("**0",), "***0", "*", "**0"),
        (("112",), "1112", "1", "112"),
        (("*0", "**01"), "**05", "*", "*0"),
        (("*0",), "*9", "*9", ""),
    ],
)
def test_a_key_too_many_catches_all_the_same(
    catch: tuple[str, ...], keys: str, passed: str, value: str
) -> None:
    phone = talking(catch=catch)
    sent = [e.digit for e in phone.press(keys) if isinstance(e, SendDigit)]
    assert "".join(sent) == passed
    assert bool(phone.results) == bool(value)
    assert not value or phone.result.value == value
