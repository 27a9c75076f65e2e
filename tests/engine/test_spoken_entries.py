"""Entries that may be spoken: digits, dates, amounts, through all that goes for typed ones."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ivr.engine.builtins import Type
from ivr.engine.call import Call
from ivr.engine.codes import Code
from ivr.engine.effects import Text, Unlisten
from ivr.engine.speech import Speech
from ivr.engine.spoken import loop_words, phrases
from ivr.engine.verb import VERBS, Result, Wrong
from ivr.engine.verbs import collect, confirm

from .driver import Driver

BANDS = Speech(confidence=0.4, confirm_below=0.7)
READ = (Text("You said {{ x }}."),)


def entry(speech: Any = True, **arguments: Any) -> Driver:
    phone = Driver(lambda call: collect(call, "number", into="x", speech=speech, **arguments))
    phone.start(wall=1741000000)  # 2025-03-03
    return phone


def heard(phone: Driver) -> tuple[object, ...]:
    assert phone.playing, "nothing is playing"
    return phone.playing.prompts


def test_without_speech_nothing_is_listened_for() -> None:
    phone = entry(speech=False, length=2)
    assert phone.ear is None


@pytest.mark.parametrize(
    ("type", "text", "value"),
    [
        ("digits", "one two", "12"),
        ("number", "twelve point five", Decimal("12.5")),
        ("currency", "twelve euros fifty", Decimal("12.50")),
        ("date", "the fourth of March", date(2025, 3, 4)),
        ("phone", "one two extension three", "12*3"),
        ("boolean", "yes", True),
    ],
)
def test_what_is_said_is_what_would_have_been_typed(type: Type, text: str, value: Any) -> None:
    phone = entry(type=type)
    listen = phone.ear
    assert listen is not None
    assert listen.loop == loop_words(type, "")
    assert listen.phrases == phrases(type, "")
    phone.say(text)
    assert phone.result.outcome == "done"
    assert phone.call.vars["x"] == value


def test_an_entry_that_is_too_short_is_unfinished() -> None:
    phone = entry(length=3, unfinished_prompts=("short",))
    phone.say("one two")
    assert phone.playing, "while the question is asked it is no mistake"
    phone.play_done()
    phone.say("one two")
    assert heard(phone) == ("short", "number")
    assert phone.noted("entry") == ["no_match 12"]


def test_one_that_cannot_be_is_no_match() -> None:
    phone = entry(length=3, no_match_prompts=("wrong",))
    phone.play_done()
    phone.say("one two three four")
    assert heard(phone) == ("wrong", "number")


def test_patterns_hold_as_well() -> None:
    phone = entry(patterns=("6XX",))
    phone.say("six one two")
    assert phone.result == Result("done", "612")


def test_so_do_validators() -> None:
    phone = entry(length=2, validate=("luhn",), invalid_prompts=("invalid",))
    phone.say("one two")
    assert heard(phone) == ("invalid", "number")
    assert phone.ear is not None, "it was understood"
    phone.say("one eight")
    assert phone.result.outcome == "done"


def test_a_doubtful_entry_is_confirmed() -> None:
    phone = entry(BANDS, length=2, yes="*", no="0")
    phone.say("one two", 0.5)
    assert heard(phone) == (Text("You said one two. Is that right?"),)
    phone.press("0")
    phone.say("one two", 0.9, ("one three", 0.8))
    assert phone.call.vars["x"] == "13"


def test_one_that_is_read_back_is_not_asked_about_twice() -> None:
    phone = entry(BANDS, length=2, read_back=READ)
    phone.say("one two", 0.5)
    assert heard(phone)[0] == Text("You said 12.")
    phone.say("no")
    assert heard(phone) == ("number",)
    phone.say("one two", 0.9, ("one three", 0.8))
    assert heard(phone)[0] == Text("You said 13.")
    phone.say("yes")
    assert phone.call.vars["x"] == "13"


def test_what_is_sensitive_is_not_recognised() -> None:
    wrong = VERBS["collect"].check({"speech": True, "sensitive": True})
    assert isinstance(wrong, Wrong) and wrong.code is Code.SPOKEN_SECRET
    assert entry(sensitive=True).ear is None, "not even where no file was checked"


def test_the_bands_must_be_bands() -> None:
    assert VERBS["collect"].check({"speech": Speech(0.8, 0.6)})
    assert not VERBS["collect"].check({"speech": BANDS})


def test_a_question_with_two_answers_need_not_listen() -> None:
    phone = Driver(lambda call: confirm(call, "sure", speech=False))
    phone.start()
    assert phone.ear is None
    phone.press("1")
    assert phone.result.outcome == "yes"


def test_a_caller_who_hangs_up_is_not_listened_to() -> None:
    phone = entry()
    assert Unlisten() in phone.hang_up()


def test_an_entry_is_understood_in_the_language_of_the_call() -> None:
    async def german(call: Call) -> Result:
        call.given_language = "de"
        return await collect(call, into="x", type="time", speech=True)

    phone = Driver(german)
    phone.start()
    assert phone.ear is not None and phone.ear.language == "de"
    phone.say("halb zehn")
    assert str(phone.call.vars["x"]) == "09:30:00"
