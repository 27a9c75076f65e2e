"""Simulated calls in which the flow finds out who answered."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.flowfile import load_flow
from ivr.testing import SimulatedCall, StoryError
from ivr.testing.scenario import load_scenarios

Write = Callable[[str, str], Path]
FLOW = """\
ivr: 1
flow: reminder
start: greet
states:
  greet:
    do: [answer, {screen: {wait_for_beep: yes}}, {say: accept}]
    then: {done: bye, machine: message, silence: bye}
  message: {do: [{say: message}], then: bye}
  bye: {do: hang_up}
"""


@pytest.fixture
def call(write: Write) -> SimulatedCall:
    return SimulatedCall(load_flow(write("reminder.yaml", FLOW)))


def test_a_story_that_says_nothing_is_of_a_human(call: SimulatedCall) -> None:
    call.hears("accept").is_over("flow")
    assert call.path == ["greet", "bye"]
    assert "is taken for a human" in call.transcript


def test_a_machine_beeps_and_is_left_a_message(call: SimulatedCall) -> None:
    call.is_screened_as("machine", after=2.5, beep=9)
    assert call.now == pytest.approx(0.32 + 2.5 + 9)
    call.hears("message").is_over("flow")
    assert ("screened", "machine beep") in call.notes
    assert "has beeped" in call.transcript


def test_a_machine_that_does_not_beep_is_waited_for_as_long_as_the_flow_likes(
    call: SimulatedCall,
) -> None:
    call.is_screened_as("machine")
    assert call.now == pytest.approx(0.32 + 1.2 + 40)
    call.hears("message")


def test_silence_takes_all_the_time_there_is(call: SimulatedCall) -> None:
    call.is_screened_as("silence").is_over("flow")
    assert call.now == pytest.approx(0.32 + 4)
    assert "has said nothing" in call.transcript


def test_the_one_who_answered_may_hang_up_meanwhile(call: SimulatedCall) -> None:
    call.waits(1).hangs_up()
    assert call.path == ["greet"]
    with pytest.raises(StoryError, match="expected to be screened as human; the call is over"):
        call.is_screened_as("human")


def test_what_comes_too_late_cannot_be_found(call: SimulatedCall) -> None:
    with pytest.raises(StoryError, match="9 s is too late for machine: it takes 4 s"):
        call.is_screened_as("machine", after=9)


def test_screening_in_a_scenario(write: Write) -> None:
    write("reminder.yaml", FLOW)
    story = """\
ivr: 1
scenarios:
  a machine:
    steps:
      - is_screened_as: {found: machine, beep: 9 s}
      - hears: message
  a human:
    steps:
      - is_screened_as: human
      - hears: accept
"""
    results = load_scenarios(write("reminder.test.yaml", story)).run()
    assert [result.sentence for result in results] == ["", ""]
