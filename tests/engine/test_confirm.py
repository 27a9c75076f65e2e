"""A yes or a no."""

from typing import Any

import pytest

from ivr.engine.effects import Text
from ivr.engine.verb import VERBS, Result
from ivr.engine.verbs import confirm

from .driver import Driver

KEYS = Text("For yes, press 1. For no, press 2.")


def asked(**arguments: Any) -> Driver:
    phone = Driver(lambda call: confirm(call, "monday", **arguments))
    phone.start()
    return phone


def heard(phone: Driver) -> tuple[object, ...]:
    assert phone.playing, "nothing is playing"
    return phone.playing.prompts


@pytest.mark.parametrize(("key", "outcome"), [("1", "yes"), ("2", "no")])
def test_a_key_means_yes_or_no(key: str, outcome: str) -> None:
    phone = asked()
    assert heard(phone) == ("monday", KEYS)
    phone.press(key)
    assert phone.result == Result(outcome, key)


@pytest.mark.parametrize(("word", "outcome"), [("yes please", "yes"), ("no", "no")])
def test_so_does_a_word(word: str, outcome: str) -> None:
    phone = asked()
    phone.say(word)
    assert phone.result.outcome == outcome


def test_the_keys_can_be_others() -> None:
    phone = asked(yes="*", no="#")
    assert heard(phone) == ("monday", Text("For yes, press star. For no, press hash."))
    phone.press("#")
    assert phone.result.outcome == "no"


def test_the_question_can_say_the_keys_itself() -> None:
    assert heard(asked(say_keys=False)) == ("monday",)


def test_neither_answer_is_no_input_in_the_end() -> None:
    phone = asked(attempts=3, no_input_prompts=("hello",), no_match_prompts=("wrong",))
    phone.press("5")
    assert heard(phone) == ("wrong", "monday", KEYS)
    phone.play_done()
    phone.wait(5)
    assert heard(phone) == ("hello", "monday", KEYS)
    phone.press("5")
    assert phone.result == Result("no_input", "5")


def test_another_question_can_follow_the_first() -> None:
    phone = asked(again_prompts=("one_or_two",), type_ahead="flush")
    phone.press("5")
    assert heard(phone) == ("one_or_two",)


def test_one_key_cannot_mean_both() -> None:
    assert "cannot mean both" in VERBS["confirm"].check({"yes": "2"})
