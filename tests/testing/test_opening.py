"""Stories of what happens before the answer, and of keys that the flow presses."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.engine.events import HungUp
from ivr.flowfile import load_flow
from ivr.testing import SimulatedCall, StoryError
from ivr.testing.run import run

Write = Callable[[str, str], Path]

FLOW = """
ivr: 1
flow: opening
start: ring
states:
  ring:
    do: [{ring: {code: 182, reason: Queued}}, {pause: 3}, ring, {pause: 2}]
    then: tell
  tell:
    do:
      - early: {take_keys: yes}
      - ask: {prompts: closed_or_night, choices: {night: 1}, attempts: 1}
    then: {night: machine, no_input: refuse, no_match: broken}
  machine:
    do: [answer, {send_digits: {digits: 12w#, by: info}}, {say: hello}]
    then: end
  refuse:
    do: [{reject: {code: closed, cause: 17}}]
  broken:
    do: [{branch: {x: unknown_name > 1}}]
    then: {x: end, otherwise: end}
"""

STORY = """
ivr: 1
scenarios:
  answered after a key:
    steps:
      - is_rung: 182
      - is_rung
      - is_in_early_media
      - is_asked: closed_or_night
      - presses: 1
      - is_sent_digits: 12
      - is_sent_digits: "#"
      - hears: hello
      - is_over: flow
  refused:
    steps:
      - hears: closed_or_night
      - is_rejected_with: 480
"""


@pytest.fixture
def call(write: Write) -> SimulatedCall:
    return SimulatedCall(load_flow(write("opening.yaml", FLOW)))


def test_it_can_be_told_in_yaml(write: Write) -> None:
    write("opening.yaml", FLOW)
    result = run([write("opening.test.yaml", STORY)])
    assert result.exit_code == 0, result


def test_time_passes_as_on_a_line(call: SimulatedCall) -> None:
    assert call.is_rung(182).now == 0
    assert call.is_rung().now == 3
    assert call.is_in_early_media().now == pytest.approx(5.02)
    call.waits(1).presses("1").is_sent_digits("12")
    assert call.is_sent_digits("#").now == pytest.approx(6.02 + 0.02 + 0.3 + 0.4 + 0.5)
    told = [line.partition("  ")[2] for line in call.transcript.splitlines()]
    assert told[2:] == [
        "is told 182 Queued",
        "is told 180",
        "[tell]",
        "can hear before the answer",
        "hears closed_or_night (cut off after 1.0 s)",
        "presses 1",
        "[machine]",
        "is answered",
        "is sent 1",
        "is sent 2",
        "is sent #",
    ]


def test_a_broken_flow_apologises_before_it_refuses(call: SimulatedCall) -> None:
    call.is_in_early_media().presses("9").hears("sorry").is_over("error")
    assert [thing for _, thing in call.log if isinstance(thing, HungUp)] == [HungUp("flow", 500)]


@pytest.mark.parametrize(
    ("tell", "sentence"),
    [
        (lambda c: c.is_rung(181), "expected to be told 181; the caller is asked"),
        (lambda c: c.is_sent_digits("1"), "expected to be sent 1; the caller is asked"),
        (lambda c: c.presses("1").is_sent_digits("21"), "expected to be sent 21; it was sent 12"),
        (lambda c: c.presses("1").waits(9).is_in_early_media(), "expected to hear before"),
    ],
)
def test_what_does_not_come_true(
    call: SimulatedCall, tell: Callable[[SimulatedCall], object], sentence: str
) -> None:
    with pytest.raises(StoryError, match=sentence):
        tell(call)


@pytest.mark.parametrize("digits", ["", "x"])
def test_what_is_no_key_is_never_sent(call: SimulatedCall, digits: str) -> None:
    with pytest.raises(ValueError, match="expected keys"):
        call.is_sent_digits(digits)


def test_a_story_needs_keys(write: Write) -> None:
    write("opening.yaml", FLOW)
    story = 'ivr: 1\nscenarios: {one: {steps: [{is_sent_digits: ""}]}}\n'
    result = run([write("opening.test.yaml", story)])
    assert [fault.message for fault in result.faults] == ["is_sent_digits needs at least one key"]
