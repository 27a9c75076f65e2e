"""SEMANTICS 2: the first-digit, inter-digit, terminator and total timers."""

from ivr.engine.call import Call
from ivr.engine.choices import Choices
from ivr.engine.events import Tick
from ivr.engine.speak import LONGEST_PLAYBACK
from ivr.engine.verb import Result
from ivr.engine.verbs import ask, collect

from .driver import Driver


async def with_prompt(call: Call) -> Result:
    return await collect(call, "pin", into="pin", length=4, attempts=1, first_digit=5)


async def without_prompt(call: Call) -> Result:
    return await collect(call, into="pin", length=4, attempts=1, first_digit=5)


def test_the_first_digit_timer_starts_when_the_last_prompt_ends() -> None:
    phone = Driver(with_prompt)
    phone.start()
    phone.wait(30)
    assert not phone.results, "it does not run while the prompt plays"
    phone.play_done()
    phone.wait(4.9)
    assert not phone.results
    phone.wait(0.1)
    assert phone.result.outcome == "no_input"


def test_the_first_digit_timer_starts_at_once_without_a_prompt() -> None:
    phone = Driver(without_prompt)
    phone.start()
    phone.wait(4.9)
    assert not phone.results
    phone.wait(0.1)
    assert phone.result.outcome == "no_input"


def test_any_digit_cancels_the_first_digit_timer_for_good() -> None:
    phone = Driver(lambda call: collect(call, "pin", into="pin", length=4, inter_digit=8))
    phone.start()
    phone.play_done()
    phone.wait(4)
    phone.press("1")
    phone.wait(7.9)
    assert not phone.results
    phone.press("234")
    assert phone.result.value == "1234"


def test_the_inter_digit_timer_starts_anew_with_every_digit() -> None:
    phone = Driver(without_prompt)
    phone.start()
    for key in "1234":
        assert not phone.results
        phone.press(key)
        phone.wait(2.9)
    assert phone.results[0].value == "1234"


def test_the_inter_digit_timer_also_runs_from_digits_typed_during_the_prompt() -> None:
    phone = Driver(with_prompt)
    phone.start()
    phone.press("1")
    phone.wait(3)
    assert phone.result.outcome == "no_match"


def test_digits_under_a_speech_only_prompt_start_it_when_the_prompt_ends() -> None:
    phone = Driver(
        lambda call: collect(call, "pin", into="pin", length=4, attempts=1, barge_in="speech")
    )
    phone.start()
    phone.press("1")
    phone.wait(10)
    phone.play_done()
    phone.wait(2.9)
    assert not phone.results
    phone.wait(0.1)
    assert phone.result.outcome == "no_match"


def test_the_terminator_timer_runs_only_after_the_longest_entry() -> None:
    phone = Driver(
        lambda call: collect(call, into="pin", length=2, terminator_timeout=2, attempts=1)
    )
    phone.start()
    phone.press("1")
    phone.wait(2.5)
    assert not phone.results
    phone.press("2")
    phone.wait(1.9)
    assert not phone.results
    phone.wait(0.1)
    assert phone.result == Result("done", "12")


def test_a_terminator_within_the_terminator_timer_is_eaten() -> None:
    phone = Driver(lambda call: collect(call, into="pin", length=2, terminator_timeout=2))
    phone.start()
    phone.press("12#")
    assert phone.result == Result("done", "12", "#")
    assert not phone.call.keys


def test_a_digit_within_the_terminator_timer_belongs_to_the_next_step() -> None:
    phone = Driver(
        lambda call: collect(call, into="pin", length=2, terminator_timeout=2),
        lambda call: collect(call, "more", into="more", length=1),
    )
    phone.start()
    phone.press("127")
    assert [result.value for result in phone.results] == ["12", "7"]


def test_without_a_total_a_slow_caller_has_all_the_time() -> None:
    phone = Driver(lambda call: collect(call, into="long", length=30))
    phone.start()
    for _ in range(30):
        phone.press("1")
        phone.wait(2.9)
    assert phone.results[0].outcome == "done"


def test_the_total_makes_the_next_key_the_last() -> None:
    phone = Driver(lambda call: collect(call, into="some", total=5, attempts=1))
    phone.start()
    phone.press("1")
    phone.wait(2.5)
    phone.press("2")
    phone.wait(2.5)
    phone.press("3")
    assert phone.result == Result("done", "123")


def test_the_total_never_cuts_between_digits_faster_than_the_inter_digit_timer() -> None:
    phone = Driver(lambda call: collect(call, into="some", total=1, attempts=1, inter_digit=3))
    phone.start()
    phone.press("1")
    phone.wait(2.9)
    assert not phone.results, "longer than the total, but shorter than inter-digit"
    phone.wait(0.1)
    assert phone.result == Result("done", "1")


def test_less_than_the_minimum_is_no_match_and_never_no_input() -> None:
    phone = Driver(lambda call: collect(call, into="pin", min=4, attempts=1))
    phone.start()
    phone.press("1")
    phone.wait(10)
    assert phone.result.outcome == "no_match"
    assert "pin" not in phone.call.vars


def test_a_first_digit_timer_of_zero_means_no_waiting() -> None:
    phone = Driver(lambda call: collect(call, into="pin", first_digit=0, attempts=1))
    phone.start()
    assert phone.session.deadline == phone.now
    phone.wait(0)
    assert phone.result.outcome == "no_input"


def test_a_first_digit_timer_of_zero_still_takes_what_was_typed_ahead() -> None:
    phone = Driver(lambda call: collect(call, into="pin", length=2, first_digit=0))
    phone.offered()
    phone.press("12")
    phone.start()
    assert phone.result.value == "12"


def test_an_inter_digit_timer_of_zero_accepts_what_there_is() -> None:
    phone = Driver(lambda call: collect(call, into="pin", inter_digit=0))
    phone.start()
    phone.press("1")
    phone.wait(0)
    assert phone.result == Result("done", "1")


def test_a_prompt_whose_end_is_never_reported_does_not_hold_the_caller_for_ever() -> None:
    phone = Driver(with_prompt)
    phone.start()
    phone.wait(LONGEST_PLAYBACK)
    assert phone.noted("playback_without_end") == ["after 600.00 s"]
    phone.press("1234")
    assert phone.result.value == "1234"


def test_a_clock_that_strikes_too_early_is_not_heard() -> None:
    phone = Driver(without_prompt)
    phone.start()
    deadline = phone.session.deadline
    phone.now += 4.9
    assert phone.take(Tick()) == []
    assert not phone.results and phone.session.deadline == deadline


def test_a_menu_has_the_same_timers() -> None:
    phone = Driver(
        lambda call: ask(call, "menu", choices=Choices({"one": ["1"]}), attempts=1, first_digit=2)
    )
    phone.start()
    phone.play_done()
    phone.wait(1.9)
    assert not phone.results
    phone.wait(0.1)
    assert phone.result.outcome == "no_input"
