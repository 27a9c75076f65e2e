"""Simulated calls that are recorded as a whole, and schedules that an operator overrides."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ivr import LoadError
from ivr.testing import SimulatedCall, StoryError
from ivr.testing.scenario import load_scenarios

from . import samples

Write = Callable[[str, str], Path]
FLOW = """\
ivr: 1
flow: bank
start: greet
states:
  greet:
    do:
      - answer
      - record_call: recorded
      - say: welcome
      - collect: {prompts: pin, into: pin, length: 4, sensitive: yes, attempts: 1}
      - say: thanks
      - stop_recording
      - pause: 1 s
      - schedule: {open: Mon-Fri 09:00-17:00, zone: UTC, name: office}
    then: {open: desk, closed: night, no_input: night, no_match: night}
  desk: {do: [{say: desk}, hang_up]}
  night: {do: [{say: night}, hang_up]}
"""
STORY = """\
ivr: 1
scenarios:
  a secret is not recorded:
    overrides: {office: closed}
    steps:
      - is_recorded: no
      - hears: recorded
      - is_recorded
      - hears: welcome
      - is_asked: pin
      - is_recorded: masked
      - presses: "1234"
      - is_recorded: yes
      - hears: [thanks, night]
      - is_recorded: no
      - goes_through: [greet, night]
      - is_over: flow
"""


@pytest.fixture
def bank(write: Write) -> Path:
    write("bank.yaml", FLOW)
    return write("bank.test.yaml", STORY)


def test_a_scenario_shows_what_is_recorded(bank: Path) -> None:
    (result,) = load_scenarios(bank).run()
    assert result.passed, result.report()


def call_of(bank: Path) -> SimulatedCall:
    (flow,) = load_scenarios(bank).flows.values()
    return SimulatedCall(flow)


def test_the_recording_says_when_it_was_silent(bank: Path) -> None:
    call = call_of(bank).hears("recorded", "welcome", "pin").presses("1234").hears("thanks")
    call.hears("desk").is_over()
    [recording] = call.recordings
    assert recording.effect.consent == ("recorded",)
    assert recording.began == pytest.approx(2.32)
    [(begin, end)] = recording.masked
    assert begin == pytest.approx(recording.began + 2)
    assert end == pytest.approx(begin + 2 + 0.75)
    assert end is not None and recording.ended == pytest.approx(end + 2)
    [done] = [line for line in call.journal if line.get("event") == "record_done"]
    assert done["file"] == "call-call-1.wav"
    assert done["seconds"] == pytest.approx(2 + 2.75 + 2)
    assert "the call is recorded as call" in call.transcript


def test_it_is_in_place_before_the_flow_hears_of_the_end(bank: Path) -> None:
    call = call_of(bank).hears("recorded", "welcome").is_asked("pin").presses("1").hangs_up()
    done, gone = (line for line in call.journal if line.get("event") in ("record_done", "hung_up"))
    assert (done["reason"], gone["by"]) == ("hang_up", "caller")
    assert call.recordings[0].is_masked


def test_a_call_that_the_operator_ends_is_kept(bank: Path) -> None:
    call = call_of(bank).hears("recorded", "welcome").is_dismissed()
    assert call.recordings[0].ended == call.now


def test_what_is_not_so_is_said() -> None:
    with pytest.raises(StoryError, match="expected the call to be recorded: yes; it is: no"):
        SimulatedCall(samples.menu).is_recorded()


def test_an_override_says_open_or_closed(write: Write, bank: Path) -> None:
    path = write("bank.test.yaml", STORY.replace("office: closed", "office: shut"))
    with pytest.raises(LoadError, match=r":4:25: overrides: unknown value 'shut'; expected one of"):
        load_scenarios(path)
