"""What a caller says, as stories tell it."""

from collections.abc import Callable

import pytest

from ivr.engine.call import Call
from ivr.engine.events import Heard
from ivr.engine.flow import END, Flow
from ivr.engine.verbs import answer, collect, say
from ivr.testing import SimulatedCall, StoryError

flow = Flow("spoken", start="code")


@flow.state(done=END, no_input=END, no_match=END)
async def code(call: Call) -> str:
    await answer(call)
    return (await collect(call, "code", into="code", length=2, speech=True)).outcome


@pytest.fixture
def call() -> SimulatedCall:
    return SimulatedCall(flow).is_asked("code")


def test_it_may_be_said(call: SimulatedCall) -> None:
    call.listens_for(loop=("one", "two")).says("one two").is_over().has(code="12")


def test_the_recogniser_may_have_taken_it_for_something_else(call: SimulatedCall) -> None:
    call.says("one two", 0.8, {"one ten": 0.3})
    assert Heard("one two", 0.8, (("one ten", 0.3),)) in [thing for _, thing in call.log]


def test_who_mumbles_is_not_understood(call: SimulatedCall) -> None:
    call.hears("code").mumbles(2).is_asked("code")
    assert "mumbles (confidence 0)" in call.transcript


def test_the_recogniser_may_fail(call: SimulatedCall) -> None:
    call.hears("code").listen_fails("gone").does_not_listen().presses("12").is_over()
    assert "is not recognised any more: gone" in call.transcript


def test_it_may_fail_in_the_middle_of_words(call: SimulatedCall) -> None:
    call.hears("code").listen_fails(speaking=True).hears("code").says("one two").is_over()


@pytest.fixture
def greeted() -> SimulatedCall:
    greeting = Flow("greeting", start="greet")

    @greeting.state(done="number")
    async def greet(call: Call) -> str:
        await answer(call)
        return (await say(call, "welcome", barge_in="speech")).outcome

    @greeting.state(done=END, no_input=END, no_match=END)
    async def number(call: Call) -> str:
        return (await collect(call, "code", into="code", length=2)).outcome

    return SimulatedCall(greeting, durations={"welcome": 5.0}).waits(1)


def test_a_prompt_may_be_cut_off_by_speaking_where_nobody_listens_for_words(
    greeted: SimulatedCall,
) -> None:
    greeted.does_not_listen().says("hello").is_asked("code")
    assert 'says "hello" (the flow listens for no words)' in greeted.transcript
    assert not any(isinstance(thing, Heard) for _, thing in greeted.log)
    assert greeted.now < 3


def test_whoever_is_only_noticed_is_listened_to_for_nothing(greeted: SimulatedCall) -> None:
    with pytest.raises(StoryError, match="expected to be listened to for yes; it is not"):
        greeted.listens_for("yes")


def test_what_nobody_understands_cuts_it_off_as_well(greeted: SimulatedCall) -> None:
    greeted.is_unheard(0.5).is_asked("code").presses("12").is_over()


@pytest.mark.parametrize(
    ("tell", "sentence"),
    [
        (lambda call: call.does_not_listen(), "expected not to be listened to; the flow listens"),
        (lambda call: call.listens_for("yes"), "expected to be listened to for 'yes'; it is for"),
        (lambda call: call.listens_for(loop=("fnord",)), "listened to for 'fnord'; it is for zero"),
        (lambda call: call.presses("12").listens_for("yes"), "listened to for yes; it is not"),
        (lambda call: call.presses("1").listen_fails(), "the flow does not listen"),
        (lambda call: call.presses("12").mumbles(), "expected to mumble; the call is over"),
    ],
)
def test_a_story_that_does_not_come_true(
    call: SimulatedCall, tell: Callable[[SimulatedCall], object], sentence: str
) -> None:
    with pytest.raises(StoryError, match=sentence):
        tell(call)
