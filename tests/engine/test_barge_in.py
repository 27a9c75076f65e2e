"""SEMANTICS 4: what cuts a prompt short, and what becomes of it."""

import pytest

from ivr.engine.call import Call
from ivr.engine.choices import Choices
from ivr.engine.effects import Listen, Play, Stop, Text, Tone, Unlisten
from ivr.engine.events import Event, Heard, HungUp, ListenFailed, Moved, PlayDone, SpeechStarted
from ivr.engine.flow import END, Flow
from ivr.engine.speak import LONGEST_PLAYBACK
from ivr.engine.speech import Speech
from ivr.engine.verb import BargeIn, Result
from ivr.engine.verbs import ask, collect, play, say
from ivr.engine.verbs.say import SayBargeIn

from .driver import Driver

CHOICES = Choices({"one": ["1"], "twelve": ["12"]})


def question(barge_in: BargeIn) -> Driver:
    async def asked(call: Call) -> Result:
        return await ask(call, "menu", "more", choices=CHOICES, barge_in=barge_in)

    phone = Driver(asked)
    phone.start()
    return phone


def saying(barge_in: SayBargeIn) -> Driver:
    async def said(call: Call) -> Result:
        return await say(call, "welcome", Text("to {{ dialled }}"), barge_in=barge_in)

    phone = Driver(said)
    phone.start()
    return phone


def test_the_first_key_stops_the_prompt_in_the_same_moment() -> None:
    phone = question("any")
    assert phone.press("1") == [Stop(1)]


def test_a_key_that_means_nothing_stops_it_too_with_any() -> None:
    phone = question("any")
    assert phone.press("9")[0] == Stop(1)


def test_the_rest_of_the_prompts_is_dropped_with_it() -> None:
    phone = question("any")
    assert phone.effects[-1] == Play(1, ("menu", "more"))
    phone.press("1")
    assert not phone.playing


def test_how_much_was_heard_is_recorded() -> None:
    phone = question("any")
    phone.wait(1.25)
    phone.press("1")
    assert phone.noted("barge_in") == ["after 1.25 s"]


def test_after_barge_in_only_the_inter_digit_timer_runs() -> None:
    phone = question("any")
    phone.press("1")
    phone.wait(2.9)
    assert not phone.results
    phone.wait(0.1)
    assert phone.result.outcome == "one"


def test_match_is_deaf_to_keys_that_cannot_match() -> None:
    phone = question("match")
    assert phone.press("9*") == []
    assert phone.playing
    assert phone.press("1") == [Stop(1)]
    phone.press("2")
    assert phone.result.outcome == "twelve"


def test_match_counts_every_key_once_the_prompt_is_over() -> None:
    phone = question("match")
    phone.play_done()
    phone.press("9")
    assert phone.noted("entry") == ["no_match 9"]


def test_match_is_deaf_to_a_terminator_alone() -> None:
    phone = question("match")
    assert phone.press("#") == []
    assert phone.playing


def test_match_hears_a_terminator_alone_where_an_empty_entry_is_allowed() -> None:
    phone = Driver(
        lambda call: collect(call, "pin", into="pin", barge_in="match", allow_empty=True)
    )
    phone.start()
    assert phone.press("#")[0] == Stop(1)
    assert phone.result == Result("empty", terminator="#")


def test_speech_mode_keeps_playing_under_keys_and_takes_them_afterwards() -> None:
    phone = question("speech")
    assert phone.press("12") == []
    assert phone.playing
    phone.play_done()
    assert phone.result.outcome == "twelve"


def test_speech_mode_stops_when_the_caller_begins_to_speak() -> None:
    phone = question("speech")
    assert phone.take(SpeechStarted()) == [Stop(1), Unlisten()]


def test_where_no_words_are_expected_a_voice_is_noticed_until_the_prompt_is_over() -> None:
    phone = question("speech")
    assert phone.effects[-2:] == [Listen(), Play(1, ("menu", "more"))]
    assert phone.play_done() == [Unlisten()]
    assert phone.session.deadline == phone.now + 5


def test_how_long_he_speaks_before_it_counts_is_the_same_where_no_words_are_expected() -> None:
    choices, slowly = Choices({"sales": ["1", "sales"]}), Speech(begins_after=0.5)

    async def asked(call: Call) -> Result:
        return await ask(
            call, "menu", choices=choices, barge_in="speech", speech=slowly, attempts=3
        )

    phone = Driver(asked)
    phone.start()
    for _ in range(2):
        phone.play_done()
        phone.say("what")
    assert phone.ear == Listen(begins_after=0.5)


def test_without_a_prompt_no_voice_is_noticed() -> None:
    phone = Driver(lambda call: ask(call, silent=True, choices=CHOICES, barge_in="speech"))
    phone.start()
    assert phone.ear is None


@pytest.mark.parametrize("asked", [True, False], ids=["ask", "say"])
def test_a_line_that_cannot_notice_a_voice_plays_on_and_that_is_noted(asked: bool) -> None:
    phone = question("speech") if asked else saying("speech")
    phone.take(ListenFailed("no sound"))
    assert phone.noted("listen_failed") == ["no sound"]
    assert phone.playing
    phone.play_done()
    phone.press("12")
    assert phone.results


def test_speech_that_stops_the_prompt_lets_the_keys_before_it_count() -> None:
    phone = question("speech")
    phone.press("12")
    phone.take(SpeechStarted())
    assert phone.result.outcome == "twelve"


def test_speech_in_speech_mode_starts_the_first_digit_timer_where_no_words_are_expected() -> None:
    phone = question("speech")
    phone.take(SpeechStarted())
    phone.wait(5)
    assert phone.noted("entry") == ["no_input"]


@pytest.mark.parametrize("mode", ["any", "match", "none"])
def test_speech_does_not_stop_the_prompt_in_other_modes(mode: BargeIn) -> None:
    phone = question(mode)
    assert phone.take(SpeechStarted()) == []


def test_none_is_heard_to_the_end() -> None:
    phone = question("none")
    assert phone.press("12") == []
    assert phone.playing
    phone.play_done()
    assert not phone.results
    phone.press("12")
    assert phone.result.outcome == "twelve"


def test_interrupt_and_keep_are_separate() -> None:
    """Speech mode does not interrupt, but keeps; none does neither."""
    keeps, drops = question("speech"), question("none")
    for phone in (keeps, drops):
        phone.press("1")
        phone.play_done()
    assert keeps.noted("barge_in") == [] and keeps.session.deadline == keeps.now + 3
    assert drops.session.deadline == drops.now + 5


def test_say_is_cut_short_by_any_key() -> None:
    phone = saying("any")
    assert phone.playing == Play(1, ("welcome", Text("to 100")))
    assert phone.press("9")[0] == Stop(1)
    assert phone.results and list(phone.call.keys) == []


@pytest.mark.parametrize("mode", ["speech", "none"])
def test_say_plays_on_under_keys_in_the_other_modes(mode: SayBargeIn) -> None:
    phone = saying(mode)
    assert phone.press("9") == []
    phone.play_done()
    assert phone.results


def test_say_is_cut_short_by_speech_where_it_may_be() -> None:
    phone = saying("speech")
    assert phone.effects[-2:] == [Listen(), Play(1, ("welcome", Text("to 100")))]
    phone.wait(0.8)
    assert phone.take(SpeechStarted())[:2] == [Stop(1), Unlisten()]
    assert phone.noted("barge_in") == ["after 0.80 s"]
    assert phone.results


def test_a_voice_is_noticed_as_long_as_say_plays() -> None:
    phone = saying("speech")
    assert phone.ear and not phone.ear.has_words
    assert phone.play_done()[0] == Unlisten()


def test_a_voice_is_noticed_across_the_rounds_of_what_is_repeated() -> None:
    phone = Driver(lambda call: play(call, Tone(), seconds=10, barge_in="speech"))
    phone.start()
    phone.wait(1)
    assert phone.play_done() == [Play(2, (Tone(),))]
    assert phone.take(SpeechStarted())[:2] == [Stop(2), Unlisten()]
    assert phone.results


@pytest.mark.parametrize("event", [HungUp("caller"), Moved("only")], ids=["hang-up", "moved"])
def test_whatever_ends_say_ends_listening(event: Event) -> None:
    phone = saying("speech")
    assert phone.take(event)[:2] == [Stop(1), Unlisten()]


def test_words_do_not_matter_while_a_voice_is_noticed() -> None:
    phone = saying("speech")
    assert phone.take(Heard("sales")) == []


@pytest.mark.parametrize("mode", ["any", "none"])
def test_nobody_listens_in_the_other_modes(mode: SayBargeIn) -> None:
    assert saying(mode).ear is None


def test_keys_during_speech_mode_are_kept_for_the_next_question() -> None:
    phone = Driver(
        lambda call: say(call, "welcome", barge_in="speech"),
        lambda call: ask(call, "menu", choices=CHOICES),
    )
    phone.start()
    assert phone.press("12") == []
    phone.take(SpeechStarted())
    assert phone.result.outcome == "twelve"


def test_say_does_not_mind_speech_otherwise() -> None:
    phone = saying("any")
    assert phone.take(SpeechStarted()) == []


def test_the_end_of_another_playback_is_not_its_end() -> None:
    phone = saying("any")
    phone.take(PlayDone(99))
    assert not phone.results


def test_a_stopped_playback_that_ends_late_ends_nothing_else() -> None:
    phone = Driver(
        lambda call: collect(call, "one", into="one", length=1),
        lambda call: collect(call, "two", into="two", length=1),
    )
    phone.start()
    phone.press("1")
    phone.take(PlayDone(1))
    assert phone.playing and phone.playing.id == 2
    assert phone.session.deadline == phone.now + LONGEST_PLAYBACK


def test_a_say_whose_end_is_never_reported_ends_all_the_same() -> None:
    phone = saying("any")
    assert phone.wait(LONGEST_PLAYBACK)[0] == Stop(1)
    assert phone.noted("playback_without_end") == ["after 600.00 s"]


def test_nothing_to_say_is_said_at_once() -> None:
    phone = Driver(say)
    phone.start()
    assert phone.results
    assert not any(isinstance(effect, Play) for effect in phone.effects)


def test_nothing_is_played_before_the_answer() -> None:
    flow = Flow("early", start="early")

    @flow.state(done=END)
    async def early(call: Call) -> str:
        return (await say(call, "welcome")).outcome

    phone = Driver(flow=flow)
    phone.offered()
    assert "nothing can be played before the call is answered" in phone.noted("failed")[0]
