"""SEMANTICS 16, as far as an entry goes: words beside keys."""

from ivr.engine.call import Call
from ivr.engine.choices import Choices
from ivr.engine.effects import Listen, Play, Stop, Unlisten
from ivr.engine.entry import LONGEST_UTTERANCE
from ivr.engine.events import SpeechStarted
from ivr.engine.verb import BargeIn, Result
from ivr.engine.verbs import ask

from .driver import Driver

CHOICES = Choices({"sales": ["1", "sales", "new order"], "support": ["2", "support"]})


def asking(barge_in: BargeIn = "any") -> Driver:
    async def menu(call: Call) -> Result:
        return await ask(call, "menu", choices=CHOICES, barge_in=barge_in, attempts=2)

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
    phone.wait(LONGEST_UTTERANCE - 1)
    assert phone.noted("entry") == []
    phone.say("support")
    assert phone.result.outcome == "support"


def test_speech_that_is_never_understood_is_no_match_in_the_end() -> None:
    phone = asking()
    phone.play_done()
    phone.take(SpeechStarted())
    phone.wait(LONGEST_UTTERANCE)
    assert phone.noted("entry") == ["no_match"]


def test_a_noisy_line_does_not_hold_the_step_for_ever() -> None:
    phone = asking()
    phone.play_done()
    for _ in range(4):
        phone.take(SpeechStarted())
        phone.wait(LONGEST_UTTERANCE / 4)
    assert phone.noted("entry") == ["no_match"]


def test_speech_during_the_prompt_is_given_time_after_it() -> None:
    phone = asking()
    phone.take(SpeechStarted())
    phone.play_done()
    phone.wait(LONGEST_UTTERANCE - 1)
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
