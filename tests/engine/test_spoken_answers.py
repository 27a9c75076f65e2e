"""SEMANTICS 16, as far as an entry goes: words beside keys."""

from typing import Any

import pytest

from ivr.engine.call import Call
from ivr.engine.choices import Choices
from ivr.engine.effects import Listen, Play, Stop, Text, Unlisten
from ivr.engine.events import ListenFailed, SpeechStarted
from ivr.engine.speech import PLAIN, Speech
from ivr.engine.verb import VERBS, BargeIn, Result
from ivr.engine.verbs import ask

from .driver import Driver

CHOICES = Choices({"sales": ["1", "sales", "new order"], "support": ["2", "support"]})


def asking(barge_in: BargeIn = "any", attempts: int = 2, **arguments: Any) -> Driver:
    async def menu(call: Call) -> Result:
        settings = {"barge_in": barge_in, "attempts": attempts, **arguments}
        return await ask(call, "menu", choices=CHOICES, **settings)

    phone = Driver(menu)
    phone.start()
    return phone


def test_the_recogniser_is_told_the_words_and_stopped_at_the_end() -> None:
    phone = asking()
    words = ("sales", "new order", "support")
    assert phone.effects[1:3] == [Listen(words), Play(1, ("menu",))]
    phone.play_done()
    assert phone.say("sales")[0] == Unlisten()


def test_a_word_is_as_good_as_a_key() -> None:
    phone = asking()
    phone.play_done()
    phone.say("a New Order please")
    assert phone.result == Result("sales", "sales")


def test_a_doubtful_word_is_no_match() -> None:
    phone = asking()
    phone.play_done()
    phone.say("sales", confidence=0.3)
    assert phone.noted("entry") == ["no_match sales"]


def test_words_of_two_choices_are_no_match() -> None:
    phone = asking()
    phone.play_done()
    phone.say("sales or support")
    assert phone.noted("entry") == ["no_match sales or support"]


def test_the_start_of_speech_cancels_the_first_digit_timer_for_good() -> None:
    phone = asking()
    phone.play_done()
    phone.wait(4)
    phone.take(SpeechStarted())
    phone.wait(PLAIN.patience - 1)
    assert phone.noted("entry") == []
    phone.say("support")
    assert phone.result.outcome == "support"


def test_speech_that_is_never_understood_is_no_match_in_the_end() -> None:
    phone = asking()
    phone.play_done()
    phone.take(SpeechStarted())
    phone.wait(PLAIN.patience)
    assert phone.noted("entry") == ["no_match"]


def test_a_noisy_line_does_not_hold_the_step_for_ever() -> None:
    phone = asking()
    phone.play_done()
    for _ in range(4):
        phone.take(SpeechStarted())
        phone.wait(PLAIN.patience / 4)
    assert phone.noted("entry") == ["no_match"]


def test_speech_during_the_prompt_is_given_time_after_it() -> None:
    phone = asking()
    phone.take(SpeechStarted())
    phone.play_done()
    phone.wait(PLAIN.patience - 1)
    assert phone.noted("entry") == []


def test_an_answer_during_the_prompt_stops_it() -> None:
    phone = asking()
    assert phone.say("sales")[0] == Stop(1)
    assert phone.result.outcome == "sales"


def test_noise_during_the_prompt_is_no_mistake() -> None:
    phone = asking()
    phone.take(SpeechStarted())
    phone.say("mumble")
    assert phone.playing
    phone.play_done()
    phone.wait(5)
    assert phone.noted("entry") == ["no_input"]


def test_a_prompt_without_barge_in_is_not_cut_by_an_answer() -> None:
    phone = asking("none")
    phone.say("sales")
    assert phone.playing and not phone.results


def test_in_speech_mode_the_start_of_speech_stops_the_prompt_and_the_result_decides() -> None:
    phone = asking("speech")
    assert phone.take(SpeechStarted()) == [Stop(1)]
    phone.say("sales")
    assert phone.result.outcome == "sales"


def test_the_first_modality_wins() -> None:
    choices = Choices({"one": ["11"], "sales": ["sales"]})
    phone = Driver(lambda call: ask(call, silent=True, choices=choices))
    phone.start()
    phone.press("1")
    phone.take(SpeechStarted())
    phone.say("sales")
    assert not phone.results, "the caller is typing"
    phone.press("1")
    assert phone.result.outcome == "one"


def test_words_where_only_keys_are_asked_for_are_ignored() -> None:
    phone = Driver(lambda call: ask(call, silent=True, choices=Choices({"one": ["1"]})))
    phone.start()
    phone.take(SpeechStarted())
    phone.say("one")
    assert phone.noted("entry") == []
    phone.wait(5)
    assert phone.noted("entry") == ["no_input"], "and the first-digit timer goes on"


def test_nothing_is_listened_for_where_that_is_not_wanted() -> None:
    phone = asking(speech=False)
    assert phone.ear is None
    phone.say("sales")
    assert not phone.results


def test_what_was_typed_ahead_needs_no_ear() -> None:
    async def menus(call: Call) -> Result:
        call.keys.append("1")
        return await ask(call, "menu", choices=CHOICES)

    phone = Driver(menus)
    phone.start()
    assert phone.result.outcome == "sales"
    assert not any(isinstance(effect, Listen) for effect in phone.effects)


def test_a_prompt_that_cannot_be_cut_is_heard_to_its_end_before_anything_is_listened_for() -> None:
    phone = asking("none")
    assert phone.ear is None
    phone.play_done()
    assert phone.ear is not None
    phone.say("sales")
    assert phone.result.outcome == "sales"


def test_the_first_key_ends_listening_and_what_was_said_before_it() -> None:
    choices = Choices({"one": ["11"], "sales": ["sales"]})
    phone = Driver(lambda call: ask(call, "menu", choices=choices))
    phone.start()
    phone.take(SpeechStarted())
    assert phone.press("1") == [Stop(1), Unlisten()]
    phone.wait(3)
    assert phone.noted("entry") == ["no_match 1"], "the inter-digit timer goes"
    assert phone.ear is not None, "and he is asked again, with an ear"


def test_a_key_that_does_not_count_does_not_end_listening() -> None:
    phone = asking("match")
    phone.press("9")
    assert phone.playing and phone.ear


def test_a_recogniser_that_fails_in_the_middle_of_words_is_no_match() -> None:
    phone = asking()
    phone.play_done()
    phone.take(SpeechStarted())
    phone.take(ListenFailed("crashed"))
    assert phone.noted("listen_failed") == ["crashed"]
    assert phone.noted("entry") == ["no_match"]
    assert phone.ear is not None, "the next attempt listens again"


def test_one_that_fails_before_leaves_the_keys() -> None:
    phone = asking()
    phone.play_done()
    assert phone.take(ListenFailed("crashed")) == [Unlisten()]
    phone.say("sales")
    phone.take(ListenFailed("again"))
    assert not phone.results and phone.noted("listen_failed") == ["crashed"]
    phone.press("1")
    assert phone.result.outcome == "sales"


def test_one_that_fails_while_the_question_is_asked_costs_no_attempt() -> None:
    phone = asking()
    phone.take(SpeechStarted())
    phone.take(ListenFailed())
    assert phone.playing
    phone.play_done()
    phone.wait(5)
    assert phone.noted("entry") == ["no_input"]


# Bands of confidence.

BANDS = Speech(confidence=0.4, confirm_below=0.7)
DOUBT = Text("You said new order. Is that right?")


def doubtful(**arguments: Any) -> Driver:
    """A menu that was answered with half a confidence."""
    phone = Driver(lambda call: ask(call, "menu", choices=CHOICES, speech=BANDS, **arguments))
    phone.start()
    phone.play_done()
    phone.say("a new order please", 0.5, ("support", 0.45), ("sales", 0.2))
    return phone


def heard(phone: Driver) -> tuple[object, ...]:
    assert phone.playing, "nothing is playing"
    return phone.playing.prompts


def test_what_is_heard_well_is_taken() -> None:
    phone = asking(speech=BANDS)
    phone.say("sales", 0.7)
    assert phone.result.outcome == "sales"


def test_what_is_heard_badly_is_no_match() -> None:
    phone = asking(speech=BANDS)
    phone.play_done()
    phone.say("sales", 0.39)
    assert phone.noted("entry") == ["no_match sales"]


@pytest.mark.parametrize("answer", ["yes", "1"])
def test_between_them_the_caller_is_asked(answer: str) -> None:
    phone = doubtful(into="said")
    assert heard(phone) == (DOUBT,)
    phone.press(answer) if answer == "1" else phone.say(answer)
    assert phone.result == Result("sales", "sales")
    assert phone.call.vars["said"] == "a new order please"


def test_whether_it_is_right_is_not_doubted_in_turn() -> None:
    phone = doubtful()
    phone.say("yes", 0.45)
    assert phone.result.outcome == "sales"


def test_who_does_not_answer_hears_the_keys_for_it() -> None:
    phone = doubtful()
    phone.play_done()
    phone.wait(5)
    assert heard(phone) == (Text("For yes, press 1. For no, press 2."), DOUBT)
    phone.play_done()
    phone.wait(5)
    assert phone.result.outcome == "no_input"


def test_what_was_denied_is_not_understood_again() -> None:
    phone = doubtful(attempts=1)
    phone.say("no")
    assert phone.noted("denied") == ["sales"]
    assert heard(phone) == ("menu",), "and it costs no attempt"
    phone.say("sales", 0.9, ("new order", 0.8), ("support", 0.75))
    assert phone.result == Result("support", "support")


def test_after_a_denial_what_means_nothing_means_nothing() -> None:
    phone = doubtful(attempts=1)
    phone.say("no")
    phone.play_done()
    phone.say("sales", 0.9, ("mumble", 0.8), ("support", 0.75))
    assert phone.result.outcome == "no_match"


def test_after_a_denial_the_same_word_alone_is_no_match() -> None:
    phone = doubtful(attempts=1)
    phone.say("no")
    phone.play_done()
    phone.say("sales")
    assert phone.result == Result("no_match", "sales")


# Two failures.

KEYS_ONLY = Text("Please use the keys of your telephone.")


def test_after_two_failures_only_keys_are_taken_and_the_caller_is_told_once() -> None:
    phone = asking(attempts=4, no_match_prompts=("wrong",))
    for prompts in (("wrong", "menu"), ("wrong", KEYS_ONLY, "menu")):
        phone.play_done()
        phone.say("mumble")
        assert heard(phone) == prompts
    assert phone.ear is None
    phone.say("sales")
    phone.press("7")
    assert heard(phone) == ("wrong", "menu")
    phone.press("1")
    assert phone.result.outcome == "sales"


def test_a_wrong_key_is_no_failure_of_speech() -> None:
    phone = asking(attempts=4)
    for _ in range(2):
        phone.press("7")
    assert phone.ear is not None


def test_a_denial_is_a_failure_too() -> None:
    phone = doubtful(attempts=4)
    phone.say("no")
    phone.say("support", 0.5)
    phone.say("no")
    assert heard(phone) == (KEYS_ONLY, "menu")


def test_where_there_are_no_keys_words_are_listened_for_to_the_end() -> None:
    words = Choices({"sales": ["sales"]})
    phone = Driver(lambda call: ask(call, "menu", choices=words, attempts=4))
    phone.start()
    for _ in range(3):
        phone.play_done()
        phone.say("mumble")
        assert heard(phone) == ("menu",)
    phone.say("sales")
    assert phone.result.outcome == "sales"


@pytest.mark.parametrize(
    ("choices", "speech", "wrong"),
    [
        ({"a": ["1", "a"]}, False, ""),
        ({"a": ["1"], "b": ["b"]}, True, ""),
        ({"a": ["1"], "b": ["b"]}, False, "b can only be said, and nothing is listened for"),
        ({"a": ["1"]}, Speech(0.5, 0.5), "confirm_below is not above confidence"),
        ({"a": ["1"]}, Speech(0.5, 0), ""),
    ],
)
def test_speech_and_what_goes_with_it(choices: Any, speech: Any, wrong: str) -> None:
    found = VERBS["ask"].check({"choices": Choices(choices), "speech": speech})
    assert found.startswith(wrong) if wrong else not found
