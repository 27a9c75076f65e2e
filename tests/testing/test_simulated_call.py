"""Each sentence of a story: when it is true, and what is said when it is not."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from ivr import END, Call, Flow, Secret, Text, Tone, answer, say
from ivr.engine.effects import Play, Stop
from ivr.engine.events import Digit, HungUp, Offered
from ivr.testing import SimulatedCall, StoryError

from . import samples
from .samples import DESK


def test_a_story_reads_as_one_sentence() -> None:
    call = SimulatedCall(samples.menu)
    call.hears("welcome").is_asked("menu").presses("2").hears("connecting")
    call.is_transferred_to(DESK).is_over(by="flow").goes_through("greet", "choose", "desk")
    assert call.path == ["greet", "choose", "desk"]
    assert call.state == "end"
    assert call.over


def test_prompts_are_heard_to_their_end() -> None:
    call = SimulatedCall(samples.menu, durations={"welcome": 7.5})
    assert call.hears("welcome").now == pytest.approx(0.02 + 0.3 + 7.5)


def test_being_asked_does_not_wait_for_the_end() -> None:
    call = SimulatedCall(samples.menu).hears("welcome")
    then = call.now
    assert call.is_asked("menu").now == then


def test_a_question_that_was_just_heard_is_still_asked() -> None:
    SimulatedCall(samples.menu).hears("welcome", "menu").is_asked("menu").waits(4.9).is_asked()


def test_nobody_is_asked_by_an_announcement() -> None:
    with pytest.raises(StoryError, match=r"expected to be asked welcome; no step takes an answer"):
        SimulatedCall(samples.menu).is_asked("welcome")
    with pytest.raises(StoryError, match=r"expected to be asked; no step takes an answer"):
        SimulatedCall(samples.menu).is_asked()


def test_a_secret_question_is_a_question() -> None:
    call = SimulatedCall(samples.secret).is_asked("pin").presses("1234").is_over(by="flow")
    assert "1234" not in str(call.journal)
    assert not any(isinstance(value, str | Secret) for value in call.variables.values())


def test_another_prompt_than_expected() -> None:
    with pytest.raises(StoryError) as failure:
        SimulatedCall(samples.menu).hears("menu")
    assert failure.value.sentence == (
        "expected to hear menu; it is welcome (at 00:00.3, state greet)"
    )
    assert "00:00.3  hears welcome" in failure.value.transcript
    assert failure.value.events[-1].endswith(
        "Play(id=1, prompts=('welcome',), language='', over=False, leg=0)"
    )
    assert str(failure.value).startswith(failure.value.sentence + "\n\nwhat the caller heard")


def test_the_transcript_is_what_the_caller_heard_and_did() -> None:
    call = SimulatedCall(samples.menu, at=datetime(2025, 12, 25, 18, 30, tzinfo=UTC))
    call.hears("welcome").waits(1).presses("12", every=0.5).is_transferred_to(DESK, "busy")
    call.hears("queue is 7").is_over()
    assert (
        call.transcript.splitlines()
        == [
            "00:00.0  calls 100 from +15550100, Thu 2025-12-25 18:30 UTC",
            "00:00.0  [greet]",
            "00:00.0  is answered",
            "00:02.3  [choose]",
            "00:02.3  hears menu (cut off after 1.0 s)",
            "00:03.3  presses 12",
            "00:03.8  [desk]",
            "00:03.8  hears connecting",
            "00:05.8  is transferred to sip:601@pbx.example",
            "00:07.8  transfer: busy 486",
            "00:07.8  [sorry_]",
            '00:07.8  hears "Your place in the queue is 7. Goodbye."',
            "00:10.4  [bye]",
            "00:10.4  is hung up on",
        ]
        or "00:00.3  hears welcome" in call.transcript
    )


def test_words_are_named_by_a_part_of_them() -> None:
    call = SimulatedCall(samples.menu).presses("2").is_transferred_to(DESK, "rejected")
    call.hears(Text("place in the queue"))


def test_a_tone_need_not_be_spoken_of() -> None:
    SimulatedCall(samples.voicemail).hears("leave_message", Tone())
    SimulatedCall(samples.voicemail).hears("leave_message").leaves_a_message(3).hears("goodbye")


def test_keys_have_a_human_pace() -> None:
    call = SimulatedCall(samples.secret).is_asked("pin").presses("1234", every=0.4)
    pressed = [time for time, thing in call.log if isinstance(thing, Digit)]
    assert pressed == pytest.approx([0.32, 0.72, 1.12, 1.52])


def test_who_presses_a_key_is_answered_first() -> None:
    call = SimulatedCall(samples.menu).presses("2")
    assert call.now == 0.02
    call.hears("connecting")


def test_keys_are_keys() -> None:
    with pytest.raises(ValueError, match=r"'1a': expected keys, some of 0123456789\*#ABCD"):
        SimulatedCall(samples.menu).presses("1a")


def test_a_word_is_said_and_understood() -> None:
    call = SimulatedCall(samples.menu).hears("welcome").says("to the sales desk please")
    call.is_transferred_to(DESK)
    assert 'says "to the sales desk please" (confidence 0.9)' in call.transcript


def test_a_word_that_nobody_listens_to_is_lost() -> None:
    call = SimulatedCall(samples.menu).waits(0.5).says("sales", confidence=1)
    assert 'says "sales" (the flow is not listening)' in call.transcript
    call.hears("welcome").is_asked("menu")


def test_silence_is_asked_again() -> None:
    call = SimulatedCall(samples.menu).hears("welcome", "menu", "menu", "menu")
    call.waits(5).is_over(by="flow")
    with pytest.raises(StoryError, match="expected to hear menu; the call is over"):
        call.hears("menu")


def test_nothing_to_be_heard() -> None:
    silent = Flow("silent", start="wait")

    @silent.state(done=END)
    async def wait(call: Call) -> str:
        await answer(call)
        await call.wait_until(1000)
        return "done"

    with pytest.raises(StoryError, match="expected to hear menu; nothing was heard for 60 s"):
        SimulatedCall(silent).hears("menu")
    with pytest.raises(StoryError, match="to be transferred to sip:x; nothing of the kind in 60 s"):
        SimulatedCall(silent).is_transferred_to("sip:x")


# -- the end -----------------------------------------------------------------------------------


def test_a_call_is_redirected() -> None:
    SimulatedCall(samples.moved).is_redirected_to(DESK, "tel:+15550199", code=301)
    with pytest.raises(
        StoryError,
        match=r"to be redirected to sip:x with 302; the caller is redirected to .* with 301",
    ):
        SimulatedCall(samples.moved).is_redirected_to("sip:x")


def test_a_call_is_rejected() -> None:
    SimulatedCall(samples.full).is_rejected_with(486).is_over(by="flow")
    SimulatedCall(samples.full).is_rejected_with(486, "Busy Today")
    with pytest.raises(
        StoryError, match="to be rejected with 480; the caller is rejected with 486 Busy Today"
    ):
        SimulatedCall(samples.full).is_rejected_with(480)
    with pytest.raises(StoryError, match="rejected with 486 Busy; the caller is rejected with"):
        SimulatedCall(samples.full).is_rejected_with(486, "Busy")


def test_a_call_that_is_over_cannot_go_on() -> None:
    stories: list[Callable[[SimulatedCall], SimulatedCall]] = [
        lambda call: call.hears("welcome"),
        lambda call: call.presses("1"),
        lambda call: call.says("hello"),
        lambda call: call.leaves_a_message(5),
        lambda call: call.is_transferred_to(DESK),
        lambda call: call.hangs_up(),
    ]
    for story in stories:
        with pytest.raises(StoryError, match="the call is over"):
            story(SimulatedCall(samples.full))


def test_who_ended_it() -> None:
    call = SimulatedCall(samples.menu).hears("welcome").hangs_up()
    with pytest.raises(StoryError, match="ended by the flow; it was by the caller"):
        call.is_over(by="flow")


def test_a_caller_may_give_up_before_the_answer() -> None:
    call = SimulatedCall(samples.menu).hangs_up().is_over(by="caller")
    assert call.log[-1][0] == 0
    assert "code=487" in str(call.log)


def test_a_call_is_not_over_while_something_is_asked() -> None:
    with pytest.raises(StoryError, match="to be over; the caller is asked menu"):
        SimulatedCall(samples.menu).hears("welcome").presses("9").is_over()
    with pytest.raises(StoryError, match="to be over; the caller is being recorded"):
        SimulatedCall(samples.voicemail).is_over()


def test_a_flow_that_breaks_says_where() -> None:
    call = SimulatedCall(samples.broken).hears("welcome", "sorry").is_over(by="error")
    assert "the flow fails: fall: " in call.transcript
    with pytest.raises(StoryError, match=r"the flow had failed: fall: .*samples.py:\d+: Lookup"):
        call.hears("menu")


def test_the_path() -> None:
    call = SimulatedCall(samples.menu).hears("welcome").is_in("choose")
    with pytest.raises(StoryError, match="expected the state desk; it is choose"):
        call.is_in("desk")
    with pytest.raises(StoryError, match="through choose → greet; greet is missing in greet → cho"):
        call.goes_through("choose", "greet")


def test_variables() -> None:
    call = SimulatedCall(samples.voicemail).leaves_a_message(5).has(recording="message-1.wav")
    with pytest.raises(StoryError, match=r"recording to be x; it is message-1\.wav"):
        call.has(recording="x")
    with pytest.raises(StoryError, match="expected account to be x; it is not set"):
        call.has(account="x")


# -- the offer ---------------------------------------------------------------------------------


def test_the_offer_is_what_it_is_told() -> None:
    at = datetime(2031, 5, 6, 7, 8, tzinfo=UTC)
    call = SimulatedCall(samples.menu, at=at, caller="a", dialled="b", headers={"x-y": "z"})
    (_, offer), *_ = call.log
    assert offer == Offered("a", "b", at.timestamp(), {"x-y": "z"})
    assert call.session.call.time == at


def test_a_time_without_a_zone_could_be_any() -> None:
    with pytest.raises(ValueError, match="has no time zone; expected such as tzinfo=UTC"):
        SimulatedCall(samples.menu, at=datetime(2031, 5, 6))


def test_the_journal_is_that_of_a_real_call() -> None:
    call = SimulatedCall(samples.menu).presses("2")
    call.is_transferred_to(DESK).is_over()
    assert call.journal[0] == {
        "at": 0.0,
        "event": "offered",
        "caller": "+15550100",
        "dialled": "100",
        "wall": 1740996000.0,
        "headers": {},
        "overrides": {},
        "caller_lists": [],
        "language": "",
        "direction": "in",
    }
    # Typed ahead: no step has said yet that it may be shown.
    assert {"at": 0.02, "event": "digit", "key": "*"} in call.journal
    assert "presses *" in str(call.transcript)
    assert ("entry", "typed 2") in call.notes


def test_a_prompt_that_the_flow_cuts_off() -> None:
    hasty = Flow("hasty", start="talk")

    @hasty.state(done=END)
    async def talk(call: Call) -> str:
        await answer(call)
        call.emit(Play(1, ("welcome",)))
        await call.wait_until(call.now + 1)
        call.emit(Stop(1))
        return (await say(call, "goodbye")).outcome

    with pytest.raises(StoryError, match="to hear welcome to its end; it was cut off"):
        SimulatedCall(hasty).hears("welcome")


def test_the_line_reports_its_end_last() -> None:
    for flow, code in ((samples.full, 486), (samples.moved, 301)):
        call = SimulatedCall(flow).is_over()
        assert call.log[-1] == (0.0, HungUp("flow", code))
    call = SimulatedCall(samples.broken).hears("welcome", "sorry").is_over(by="error")
    assert call.log[-1] == (call.now, HungUp("flow"))
