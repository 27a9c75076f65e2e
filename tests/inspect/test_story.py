"""A call's journal becomes a story, and the story comes true on the flow that took the call."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr import Text
from ivr.engine.flow import Flow
from ivr.flowfile import load_flow
from ivr.inspect.replay.journal import CannotReplay, Journal, read
from ivr.inspect.replay.story import story_of, text_of
from ivr.testing import SimulatedCall
from ivr.testing.caller import is_called
from ivr.testing.scenario import load_scenarios
from ivr.testing.story import Story

from .strangers import FLOWS, Delayed, Stranger


@cache
def known(file: Path) -> Flow:
    return load_flow(file)


def taking_calls() -> list[Path]:
    return [file for file in FLOWS if not is_called(known(file))]


def journal_of(flow: Flow, random: Random, who: type[Stranger] = Stranger) -> list[dict[str, Any]]:
    lines = who(flow, random).lives()
    return [json.loads(json.dumps(line, default=str)) for line in lines]


def comes_true(story: Story, flow: Flow, folder: Path) -> bool:
    file = folder / "call.test.yaml"
    file.write_text(text_of(story, "a call", str(flow.place.file)), encoding="utf-8")
    [result] = load_scenarios(file).run()
    assert result.passed, result.report()
    return True


@pytest.mark.parametrize("file", taking_calls(), ids=lambda file: file.stem)
@given(random=st.randoms(use_true_random=False), who=st.sampled_from([Stranger, Delayed]))
@settings(max_examples=16, deadline=None, derandomize=True)
def test_whatever_callers_do_it_can_be_told(
    tmp_path_factory: pytest.TempPathFactory, file: Path, random: Random, who: type[Stranger]
) -> None:
    flow = known(file)
    story = story_of(read(journal_of(flow, random, who)), flow)
    assert comes_true(story, flow, tmp_path_factory.mktemp("told"))


def told(call: SimulatedCall) -> Journal:
    head = {"at": 0.0, "call": "1a2b", "flow": call.flow.name, "version": call.flow.version}
    return read(json.loads(json.dumps(line, default=str)) for line in (head, *call.journal))


def sample(name: str) -> Flow:
    return known(next(file for file in FLOWS if file.stem == name))


def test_a_secret_is_stood_in_for_and_leads_the_same_way() -> None:
    flow = sample("account_balance")
    call = SimulatedCall(flow).presses("12345674").waits_for("sql", value=[{"pin": "4711"}])
    call.is_asked(Text("your PIN")).presses("4712").is_asked(Text("wrong"), Text("your PIN"))
    call.presses("4711").waits_for("http", "failed", reason="no answer").is_over()
    text = text_of(story_of(told(call), flow), "a call", "account_balance.yaml")
    assert "471" not in text
    assert "goes_through: [greet, account, look_up, known, pin, balance, later, goodbye]" in text


def test_a_secret_of_the_settings_is_told_beside_the_story(tmp_path: Path) -> None:
    flow = sample("closure_switch")
    call = SimulatedCall(flow, secrets={"closure_pin": "4711"}).presses("*").waits(2)
    call.presses("4711#").waits(1).presses("1").is_over()
    story = story_of(told(call), flow)
    assert story.offer["secrets"] == {"closure_pin": "0000"}
    assert comes_true(story, flow, tmp_path)


FOR_ANN = """
ivr: 1
flow: for_ann
start: greet
states:
  greet:
    do: [answer, branch: {ann: "caller == '+491'"}]
    then: {ann: ann, otherwise: others}
  ann: {do: [{say: {text: Hello Ann.}}], then: end}
  others: {do: [{say: {text: Hello.}}], then: end}
"""


def test_who_called_is_told_only_where_it_matters(tmp_path: Path) -> None:
    file = tmp_path / "for_ann.yaml"
    file.write_text(FOR_ANN)
    flow = load_flow(file)
    ann, bob = (SimulatedCall(flow, caller=who).is_over() for who in ("+491", "+492"))
    assert story_of(told(ann), flow).offer["caller"] == "+491"
    assert "caller" not in story_of(told(bob), flow).offer


def test_so_are_headers_whatever_they_have(tmp_path: Path) -> None:
    file = tmp_path / "for_ann.yaml"
    file.write_text(FOR_ANN.replace("caller == '+491'", "'Ann' in headers['x-name'] | default('')"))
    flow = load_flow(file)
    call = SimulatedCall(flow, caller="+49\u202e1", headers={"x-name": "\u202eAnn"}).is_over()
    story = story_of(told(call), flow)
    assert story.offer["headers"] == {"x-name": "\u202eAnn"}
    assert comes_true(story, flow, tmp_path)


def test_a_call_of_ours_is_answered_and_taken(tmp_path: Path) -> None:
    flow = sample("survey")
    call = SimulatedCall(flow, direction="out", dialled="601", accept="7").is_answered()
    call.waits(2).presses("7").waits(4).presses("2").is_over()
    story = story_of(told(call), flow)
    assert (story.offer["direction"], story.offer["accept"]) == ("out", "7")
    assert comes_true(story, flow, tmp_path)
    refused = SimulatedCall(flow, direction="out").is_not_answered(486)
    assert "is_not_answered: 486" in map(str, story_of(told(refused), flow).steps)


def test_words_that_an_operator_had_said_are_told(tmp_path: Path) -> None:
    flow = sample("survey")
    call = SimulatedCall(flow).waits(2).is_interrupted_with(Text("The house is closed.")).hangs_up()
    story = story_of(told(call), flow)
    assert "is_interrupted_with: {prompt: {text: The house is closed.}}" in map(str, story.steps)
    assert comes_true(story, flow, tmp_path)


HANDED = """
ivr: 1
flow: handed
start: desk
states:
  desk:
    do: [answer, transfer: "sip:1@pbx.example"]
    then: {answered: end, busy: sorry, no_answer: sorry, rejected: sorry, unreachable: sorry,
           failed: sorry}
  sorry: {do: [{say: {text: Nobody is there.}}], then: end}
"""


def test_a_far_end_of_which_no_status_came_has_none_in_the_story(tmp_path: Path) -> None:
    file = tmp_path / "handed.yaml"
    file.write_text(HANDED)
    flow = load_flow(file)
    call = SimulatedCall(flow).waits(1)
    [one] = call._line.far_ends.undecided
    call._line.far_ends.decide(one, 1.009, "unreachable", 0, None, "")
    story = story_of(told(call.waits(1).is_over()), flow)
    [step] = [step for step in story.steps if step.name == "is_transferred_to"]
    assert step.named["result"] == "unreachable" and "code" not in step.named
    assert comes_true(story, flow, tmp_path)


ASKED = """
ivr: 1
flow: asked
start: look_up
states:
  look_up:
    do: [answer, http: {url: "https://crm.example/a", into: {name: body.name}}]
    then: {ok: greet, failed: end, timeout: end}
  greet:
    do: {ask: {text: "Hello {{ name }}.", choices: {sales: {keys: 1, words: [sales]}}}}
    then: {sales: end, no_input: end, no_match: end}
"""


@pytest.mark.parametrize(
    "name", ["Ann\r", "\x0cAnn", "\0", "\x85", "\u202eAnn", "\ud800", "{{ Ann"]
)
def test_an_answer_may_have_every_character(tmp_path: Path, name: str) -> None:
    file = tmp_path / "asked.yaml"
    file.write_text(ASKED)
    flow = load_flow(file)
    call = SimulatedCall(flow).waits_for(
        "http", value={"status": 200, "body": {"name": name, name: 1}}
    )
    story = story_of(told(call.presses("1").is_over()), flow)
    assert comes_true(story, flow, tmp_path)
    [step] = [step for step in story.as_read(flow).steps if step.name == "waits_for"]
    assert step.named["value"]["body"] == {"name": name, name: 1}
    assert "\u202e" not in "".join(story.lines("a call"))


def test_why_an_answer_is_lost_may_have_every_character(tmp_path: Path) -> None:
    file = tmp_path / "asked.yaml"
    file.write_text(ASKED)
    flow = load_flow(file)
    call = SimulatedCall(flow).waits_for("http", "failed", reason="{{ \r\u202e").is_over()
    assert comes_true(story_of(told(call), flow), flow, tmp_path)


def test_what_no_story_can_have_is_told(tmp_path: Path) -> None:
    file = tmp_path / "asked.yaml"
    file.write_text(ASKED)
    flow = load_flow(file)
    call = SimulatedCall(flow).waits_for("http", value={"status": 200, "body": {"name": "Ann"}})
    call.waits(1).says("sales\u202e").is_over()
    why = r"no story can have what is in it: text: .*'\\u202e' is not allowed"
    with pytest.raises(CannotReplay, match=why):
        story_of(told(call), flow)


RECORDED = """
ivr: 1
flow: recorded
start: speak
states:
  speak:
    do: [answer, record: {max_seconds: 3}]
    then: {recorded: thanks, too_short: again, failed: end}
  thanks: {do: [{say: {text: Thank you.}}], then: end}
  again: {do: [{say: {text: Nothing was heard.}}], then: end}
"""


@pytest.mark.parametrize("seconds", [0, 0.4, 1.7, 2.9, 5])
def test_a_recording_may_be_over_before_a_silence_would_be(tmp_path: Path, seconds: float) -> None:
    file = tmp_path / "recorded.yaml"
    file.write_text(RECORDED)
    flow = load_flow(file)
    call = SimulatedCall(flow).leaves_a_message(seconds, "silence").is_over()
    story = story_of(told(call), flow)
    assert story.tell(flow).path == call.path == ["speak", "thanks" if seconds > 1 else "again"]
    assert comes_true(story, flow, tmp_path)


def test_a_call_that_cannot_be_made_again_says_where_it_parted(tmp_path: Path) -> None:
    file = tmp_path / "recorded.yaml"
    file.write_text(RECORDED)
    call = SimulatedCall(load_flow(file)).leaves_a_message(2, "#").is_over()
    file.write_text(
        RECORDED.replace("recorded: thanks, too_short: again", "recorded: again, too_short: thanks")
    )
    with pytest.raises(CannotReplay, match=r"at 2\.\d s, in speak, .* has state thanks; it has"):
        story_of(told(call), load_flow(file))


OPEN_DAY = """
ivr: 1
flow: open_day
start: greet
states:
  greet:
    do: [answer, say: {text: "Welcome to the open day of this house.", barge_in: speech}]
    then: menu
  menu:
    do: {ask: {choices: {hours: {keys: 1, words: [hours]}, desk: {keys: 2, words: [desk]}}}}
    then: {hours: greet, desk: end, no_input: end, no_match: end}
"""


@pytest.fixture(scope="module")
def open_day(tmp_path_factory: pytest.TempPathFactory) -> Flow:
    file = tmp_path_factory.mktemp("open") / "open_day.yaml"
    file.write_text(OPEN_DAY)
    return load_flow(file)


def test_a_voice_that_is_only_noticed_is_told_apart_from_what_is_said_later(
    open_day: Flow, tmp_path: Path
) -> None:
    call = SimulatedCall(open_day).waits(1.5).mumbles(0.5).waits(4).says("desk").is_over()
    story = story_of(told(call), open_day)
    said = [step.name for step in story.steps if step.name in ("mumbles", "says")]
    assert said == ["mumbles", "says"] and "mumbles: 0.01 s" in map(str, story.steps)
    assert comes_true(story, open_day, tmp_path)


@given(random=st.randoms(use_true_random=False))
@settings(max_examples=12, deadline=None, derandomize=True)
def test_so_is_whatever_strangers_say(
    tmp_path_factory: pytest.TempPathFactory, open_day: Flow, random: Random
) -> None:
    story = story_of(read(journal_of(open_day, random)), open_day)
    assert comes_true(story, open_day, tmp_path_factory.mktemp("told"))


HOUSE = """
ivr: 1
flow: house
start: greet
states:
  greet: {do: [answer, say: {text: Welcome.}], then: extension}
  extension:
    do: {call_flow: {flow: library/dial_by_extension, domain: pbx.example, pattern: 6XX}}
    then: {answered: end, busy: message, no_answer: message, failed: message, gave_up: message}
  message:
    do: {call_flow: {flow: library/voicemail, box: "601"}}
    then: {sent: listen, nothing: listen, failed: listen}
  listen:
    do: {call_flow: {flow: library/mailbox, box: "601"}}
    then: {done: end, refused: end, failed: end}
"""


@given(random=st.randoms(use_true_random=False))
@settings(max_examples=12, deadline=None, derandomize=True)
def test_flows_of_the_library_are_told_as_well(
    tmp_path_factory: pytest.TempPathFactory, random: Random
) -> None:
    folder = tmp_path_factory.mktemp("house")
    file = folder / "house.yaml"
    file.write_text(HOUSE)
    flow = load_flow(file)
    story = story_of(read(journal_of(flow, random)), flow)
    assert comes_true(story, flow, folder)


AMOUNT = """
ivr: 1
flow: amount
start: ask
states:
  ask:
    do: [answer, {collect: {text: "How much?", into: amount, type: number, sensitive: yes}}]
    then: {done: end, no_input: end, no_match: end}
"""


def test_what_was_still_typed_of_a_wrong_entry_is_told_as_such(tmp_path: Path) -> None:
    file = tmp_path / "amount.yaml"
    file.write_text(AMOUNT, encoding="utf-8")
    call = SimulatedCall(known(file)).is_asked(Text("How much?")).presses("1*2*3#")
    call.waits(0.2).presses("5#").is_over()
    assert [line["kind"] for line in call.journal if "kind" in line].count("dropped") == 2
    story = story_of(told(call), known(file))
    assert comes_true(story, known(file), tmp_path)


HASTY = """
ivr: 1
flow: hasty
start: greet
variables: {visits: {type: number, default: 0}}
states:
  greet:
    do: [answer, pause: 1 s, send_digits: w1, recall: visits, say: {text: Welcome.}]
    then: {done: menu, failed: menu, timeout: menu}
  menu:
    do: {ask: {text: "Which one?", attempts: 1, type_ahead: AHEAD, choices: {one: 1, two: 2}}}
    then: {one: end, two: menu, no_input: end, no_match: end}
"""


@pytest.mark.parametrize("late", [-0.02, -0.0012, 0, 0.0004, 0.004, 0.2])
@pytest.mark.parametrize("timers", range(4))
@pytest.mark.parametrize("ahead", ["keep", "flush"])
def test_a_key_may_come_when_a_timer_is_up_before_the_flow_is_told(
    tmp_path: Path, late: float, timers: int, ahead: str
) -> None:
    file = tmp_path / "hasty.yaml"
    file.write_text(HASTY.replace("AHEAD", ahead), encoding="utf-8")
    flow = load_flow(file)
    call = SimulatedCall(flow, told=["recall"])
    line = call._line
    for _ in range(1 + timers):  # the answer is the first that happens by itself
        assert line.step()
    line.now = line.due + late
    line.press("1")
    call.waits_for("recall", value={"visits": 3}, after=0.003).is_over()
    story = story_of(told(call), flow)
    assert done(story.tell(flow)) == done(call)
    assert comes_true(story, flow, tmp_path)


def done(call: SimulatedCall) -> list[dict[str, Any]]:
    """What the flow did, whenever that was."""
    effects = (line for line in call.journal if "effect" in line)
    return [{name: of for name, of in line.items() if name != "at"} for line in effects]
