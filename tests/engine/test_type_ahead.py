"""SEMANTICS 3: keys typed before they are asked for."""

from zoneinfo import ZoneInfo

from ivr.engine.call import TYPE_AHEAD, Call
from ivr.engine.choices import Choices
from ivr.engine.effects import Play, Stop
from ivr.engine.events import LegAnswered, LegEnded
from ivr.engine.schedule import Hours
from ivr.engine.verb import Result
from ivr.engine.verbs import (
    ask,
    branch,
    collect,
    pause,
    record,
    say,
    schedule,
    set_variables,
    transfer,
)

from .driver import Driver

MENU = Choices({"one": ["1"], "two": ["2"]})


async def two_digits(call: Call) -> Result:
    return await collect(call, "extension", into="extension", length=2, attempts=1)


async def menu(call: Call) -> Result:
    return await ask(call, "menu", choices=MENU, attempts=2)


async def a_while(call: Call) -> Result:
    return await pause(call, 10)


def test_digits_outside_collection_are_kept_for_the_next_step() -> None:
    phone = Driver(a_while, two_digits)
    phone.start()
    phone.press("42")
    phone.wait(10)
    assert phone.result.value == "42"


def test_a_step_decided_by_what_was_typed_ahead_skips_its_prompts() -> None:
    phone = Driver(a_while, two_digits)
    phone.start()
    phone.press("42")
    phone.wait(10)
    assert not any(isinstance(effect, Play) for effect in phone.effects)


def test_a_step_that_is_only_begun_by_what_was_typed_ahead_waits_for_the_rest() -> None:
    phone = Driver(a_while, two_digits)
    phone.start()
    phone.press("4")
    phone.wait(10)
    assert not phone.playing, "the caller knows what comes"
    phone.press("2")
    assert phone.result.value == "42"


def test_one_burst_of_keys_walks_through_several_steps() -> None:
    phone = Driver(menu, two_digits, menu)
    phone.offered()
    phone.press("1422")
    phone.start()
    assert [result.value for result in phone.results] == ["1", "42", "2"]


def test_the_buffer_holds_32_keys_and_the_oldest_win() -> None:
    phone = Driver(a_while)
    phone.start()
    phone.press("1" * TYPE_AHEAD + "2")
    assert TYPE_AHEAD == 32
    assert list(phone.call.keys) == ["1"] * 32


def test_a_key_cuts_say_short_and_is_kept_for_the_next_question() -> None:
    phone = Driver(lambda call: say(call, "welcome", "news"), menu)
    phone.start()
    assert phone.press("2")[:1] == [Stop(1)]
    assert phone.result.outcome == "two"


def test_with_a_key_waiting_say_is_not_even_begun() -> None:
    phone = Driver(a_while, lambda call: say(call, "welcome"), menu)
    phone.start()
    phone.press("2")
    phone.wait(10)
    assert phone.result.outcome == "two"
    assert not any(isinstance(effect, Play) for effect in phone.effects)


def test_a_prompt_without_barge_in_flushes_at_its_end() -> None:
    phone = Driver(a_while, lambda call: say(call, "terms", barge_in="none"), menu)
    phone.start()
    phone.press("1")
    phone.wait(10)
    phone.press("1")
    assert len(phone.call.keys) == 2, "not before its end"
    phone.play_done()
    assert not phone.call.keys
    assert phone.playing and phone.playing.prompts == ("menu",)


def test_a_question_without_barge_in_flushes_at_the_end_of_its_prompt() -> None:
    phone = Driver(a_while, lambda call: ask(call, "menu", choices=MENU, barge_in="none"))
    phone.start()
    phone.press("1")
    phone.wait(10)
    phone.press("1")
    phone.play_done()
    assert not phone.call.keys
    assert len(phone.results) == 1
    phone.press("2")
    assert phone.result.outcome == "two"


def test_record_flushes() -> None:
    phone = Driver(a_while, lambda call: record(call, beep=False), menu)
    phone.start()
    phone.press("1")
    phone.wait(10)
    phone.press("1#1")
    phone.record_done(5)
    assert phone.playing and phone.playing.prompts == ("menu",)


def test_an_answered_transfer_flushes() -> None:
    phone = Driver(a_while, lambda call: transfer(call, "sip:1@pbx"), menu)
    phone.start()
    phone.press("1")
    phone.wait(10)
    phone.take(LegAnswered(phone.leg))
    phone.take(LegEnded(phone.leg, 200))
    assert phone.playing and phone.playing.prompts == ("menu",)


def test_a_transfer_that_failed_keeps_the_keys() -> None:
    phone = Driver(lambda call: transfer(call, "sip:1@pbx"), menu)
    phone.start()
    phone.press("1")
    phone.take(LegEnded(phone.leg, 486))
    assert phone.result.outcome == "one"


def test_an_error_flushes() -> None:
    async def broken(call: Call) -> Result:
        raise ValueError

    phone = Driver(a_while, broken)
    phone.start()
    phone.press("1")
    phone.wait(10)
    assert not phone.call.keys


def test_a_no_match_flushes() -> None:
    phone = Driver(a_while, menu)
    phone.start()
    phone.press("91")
    phone.wait(10)
    assert not phone.call.keys
    assert phone.playing, "it asks again"


def test_a_no_input_flushes() -> None:
    async def deaf_menu(call: Call) -> Result:
        return await ask(call, "menu", choices=MENU, attempts=2, barge_in="none", first_digit=0)

    phone = Driver(deaf_menu)
    phone.start()
    phone.press("1")
    phone.play_done()
    phone.wait(0)
    assert not phone.call.keys
    assert phone.playing, "it asks again"


def test_the_end_of_the_call_flushes() -> None:
    phone = Driver(a_while)
    phone.start()
    phone.press("1")
    phone.hang_up()
    assert not phone.call.keys


def test_a_step_that_says_flush_starts_afresh() -> None:
    phone = Driver(
        a_while, lambda call: ask(call, "menu", choices=MENU, type_ahead="flush"), two_digits
    )
    phone.start()
    phone.press("1")
    phone.wait(10)
    assert phone.playing and phone.playing.prompts == ("menu",)
    phone.press("142")
    assert [result.value for result in phone.results[1:]] == ["1", "42"], "later keys count"


def test_a_sensitive_step_flushes_by_default() -> None:
    phone = Driver(a_while, lambda call: collect(call, "pin", into="pin", length=2, sensitive=True))
    phone.start()
    phone.press("12")
    phone.wait(10)
    assert phone.playing


def test_a_sensitive_step_may_keep_what_was_typed_ahead() -> None:
    phone = Driver(
        a_while,
        lambda call: collect(call, "pin", into="pin", length=2, sensitive=True, type_ahead="keep"),
    )
    phone.start()
    phone.press("12")
    phone.wait(10)
    assert phone.result.value == "12"


def test_steps_without_keys_do_not_flush() -> None:
    phone = Driver(
        a_while,
        lambda call: set_variables(call, one="1"),
        lambda call: branch(call, yes="one == 1"),
        lambda call: schedule(call, open=Hours.parse("Mon-Sun 00:00-24:00"), zone=ZoneInfo("UTC")),
        menu,
    )
    phone.start()
    phone.press("2")
    phone.wait(10)
    assert phone.result.outcome == "two"


def test_a_terminator_behind_a_complete_entry_is_dropped() -> None:
    phone = Driver(two_digits, two_digits)
    phone.start()
    phone.press("42#43")
    assert [result.value for result in phone.results] == ["42", "43"]


def test_a_terminator_typed_ahead_behind_a_complete_entry_is_dropped() -> None:
    phone = Driver(two_digits, two_digits)
    phone.offered()
    phone.press("42#43")
    phone.start()
    assert [result.value for result in phone.results] == ["42", "43"]


def test_a_terminator_that_comes_too_late_to_accept_is_dropped() -> None:
    phone = Driver(lambda call: collect(call, into="number", min=2), two_digits)
    phone.start()
    phone.press("123")
    phone.wait(3)
    assert phone.result.value == "123"
    phone.wait(1)
    phone.press("#45")
    assert phone.result.value == "45"


def test_a_terminator_behind_a_wrong_entry_is_not_a_second_mistake() -> None:
    phone = Driver(
        lambda call: ask(call, silent=True, choices=Choices({"one": ["1"], "two": ["12"]}))
    )
    phone.start()
    phone.press("13#")
    assert not phone.results
    assert phone.noted("entry") == ["no_match 13"]


def test_a_terminator_long_after_an_entry_is_a_key_like_any_other() -> None:
    phone = Driver(
        two_digits, lambda call: ask(call, silent=True, choices=Choices({"hash": ["#"]}))
    )
    phone.start()
    phone.press("42")
    phone.wait(3.5)
    phone.press("#")
    assert phone.result.outcome == "hash"
