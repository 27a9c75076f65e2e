"""Calls of the past on another version of their flow: what changes for callers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ivr.engine.flow import Flow
from ivr.flowfile import load_flow
from ivr.inspect.replay.journal import CannotReplay, Journal, read
from ivr.inspect.replay.many import replay
from ivr.inspect.replay.page import page
from ivr.inspect.replay.player import Replayed, play
from ivr.inspect.replay.script import script_of
from ivr.inspect.replay.story import story_of
from ivr.testing import SimulatedCall
from ivr.testing.caller import is_called
from ivr.testing.scenario import load_scenarios

from .strangers import FLOWS

MENU = """
ivr: 1
flow: menu
start: menu
states:
  menu:
    do:
      - answer
      - ask: {text: Which one, choices: {sales: "1", support: "2"}, attempts: 2}
    then: {sales: sales, support: support, no_input: bye, no_match: bye}
  sales:
    do: [{transfer: "sip:1@pbx.example"}]
    then: {answered: end, busy: bye, no_answer: bye, rejected: bye, unreachable: bye, failed: bye}
  support:
    do:
      - collect: {text: Your number, into: number, length: 3}
      - transfer: "sip:2@pbx.example"
    then: {answered: end, busy: bye, no_answer: bye, rejected: bye, unreachable: bye, failed: bye,
           no_input: bye, no_match: bye}
  bye: {do: [{say: {text: Goodbye.}}], then: end}
"""
Write = Callable[[str], Flow]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def load(text: str) -> Flow:
        file = tmp_path / "menu.yaml"
        file.write_text(text)
        return load_flow(file)

    return load


def journal_of(call: SimulatedCall, id: str = "20261120-1") -> list[dict[str, Any]]:
    flow = call.flow
    head = {"at": 0.0, "call": id, "flow": flow.name, "version": flow.version, "wall": 1.0}
    lines = [head, *call.journal]
    return [json.loads(json.dumps(line, default=str)) for line in lines]


def on(flow: Flow, call: SimulatedCall, **renamed: str) -> Replayed:
    return play(script_of(read(journal_of(call))), flow, renamed)


def to_sales(flow: Flow) -> SimulatedCall:
    call = SimulatedCall(flow).waits(2).is_asked().presses("1")
    return call.is_transferred_to("sip:1@pbx.example", talk=12).is_over()


def to_support(flow: Flow) -> SimulatedCall:
    call = SimulatedCall(flow).waits(3).is_asked().presses("2").waits(2).presses("601")
    return call.is_transferred_to("sip:2@pbx.example", "busy").is_over()


@cache
def known(file: Path) -> Flow:
    return load_flow(file)


def told() -> Iterator[Any]:
    """The calls of the stories of all samples that no operator has a hand in: what he did is no
    caller's doing, and is not done again."""
    for file in FLOWS:
        stories = file.with_suffix(".test.yaml")
        if stories.exists() and not is_called(known(file)):
            for scenario in load_scenarios(stories).scenarios:
                if not {"is_moved_to", "is_dismissed"} & {step.name for step in scenario.steps}:
                    yield pytest.param(file, scenario, id=f"{file.stem}, {scenario.name}")


@pytest.mark.parametrize("file, scenario", list(told()))
def test_on_its_own_version_a_call_goes_as_it_went(file: Path, scenario: Any) -> None:
    call = SimulatedCall(known(file), **scenario.offer)
    for step in scenario.steps:
        step.tell(call)
    if not call.over:
        call.hangs_up()
    call.waits(60)  # for what the flow does after the call
    replayed = on(known(file), call)
    assert replayed.same, replayed


def test_a_choice_that_has_another_key(write: Write) -> None:
    before = to_sales(write(MENU))
    found = on(write(MENU.replace('sales: "1", support: "2"', 'sales: "2", support: "1"')), before)
    assert found.now == ("menu", "support", "bye")
    assert (found.end_before, found.end_now) == ("talks to sip:1@pbx.example", "is let go in bye")
    assert found.unanswered[0] == "support"


def test_another_address_is_another_end(write: Write) -> None:
    before = to_sales(write(MENU))
    found = on(write(MENU.replace("sip:1@", "sip:7@")), before)
    assert found.before == found.now
    assert found.end_now == "talks to sip:7@pbx.example, if they answer"


def test_a_question_that_is_new_has_no_answer(write: Write) -> None:
    before = to_support(write(MENU))
    new = MENU.replace("start: menu", "start: language").replace(
        "  menu:\n    do:\n      - answer\n",
        "  language:\n    do: [answer, {ask: {text: English, choices: {en: '1'}, attempts: 1}}]\n"
        "    then: {en: menu, no_input: menu, no_match: menu}\n  menu:\n    do:\n",
    )
    found = on(write(new), before)
    assert found.now == ("language", "menu", "support", "bye")
    assert found.unanswered == ("language",)
    assert found.end_before == found.end_now


def test_what_is_not_asked_any_more_is_told(write: Write) -> None:
    before = to_support(write(MENU))
    new = MENU.replace("      - collect: {text: Your number, into: number, length: 3}\n", "")
    new = new.replace(",\n           no_input: bye, no_match: bye}", "}")
    found = on(write(new), before)
    assert found.before == found.now
    assert found.unused == ("support: 601",)


def renamed(old: str, new: str) -> str:
    return MENU.replace(f"{old}: {old}", f"{old}: {new}").replace(f"  {old}:", f"  {new}:")


def test_a_state_with_another_name_is_known_by_its_question(write: Write) -> None:
    before = to_support(write(MENU))
    assert on(write(renamed("support", "help")), before).same
    other = write(renamed("support", "help").replace("Your number", "Your PIN"))
    assert on(other, before).unanswered[0] == "help"
    assert on(other, before, support="help").same


def test_who_hung_up_in_a_state_with_another_name_hangs_up_there(write: Write) -> None:
    before = SimulatedCall(write(MENU)).waits(2).is_asked().presses("2").waits(1).hangs_up()
    found = on(write(renamed("support", "help")), before)
    assert found.same and found.end_now == "hangs up in help" and not found.unanswered
    found = on(write(renamed("support", "help").replace("Your number", "Your PIN")), before)
    assert found.end_before == "hangs up in support" and found.unanswered[0] == "help"


LEFT = """
ivr: 1
flow: menu
start: greet
states:
  greet: {do: [answer, {say: {text: Please speak.}}], then: speak}
  speak:
    do: [{record: {max_seconds: 30}}]
    then: {recorded: bye, too_short: bye, failed: bye}
  bye: {do: [{say: {text: Goodbye.}}], then: end}
"""


@pytest.mark.parametrize("seconds, state", [(0.8, "greet"), (4.0, "speak"), (5.7, "bye")])
def test_so_does_who_was_asked_nothing_there(write: Write, seconds: float, state: str) -> None:
    flow = write(LEFT)
    call = SimulatedCall(flow).waits(seconds)
    assert call.state == state
    new = LEFT.replace(f" {state}:", " other:").replace(f": {state}", ": other")
    assert on(write(new), call.hangs_up()).same


def test_what_was_said_before_a_state_does_not_name_another(write: Write) -> None:
    silent = LEFT.replace("[{record: {max_seconds: 30}}]", "[{transfer: 'sip:1@pbx.example'}]")
    silent = silent.replace(
        "recorded: bye, too_short: bye",
        "answered: end, busy: bye, rejected: bye, no_answer: bye, unreachable: bye",
    )
    before = SimulatedCall(write(silent)).waits(3).hangs_up()
    new = silent.replace(" speak:", " sales:").replace("then: speak", "then: sales")
    assert on(write(new), before).now[:2] == ("greet", "sales")


def test_what_nobody_knows_is_not_made_up(write: Write) -> None:
    before = to_sales(write(MENU))
    new = "sales:\n    do: [{http: {url: 'https://crm.example/a'}}, {transfer"
    changed = MENU.replace("sales:\n    do: [{transfer", new, 1).replace(
        "failed: bye}", "failed: bye, timeout: bye}", 1
    )
    found = on(write(changed), before)
    assert found.unknown == "sales: what comes of http https://crm.example/a"
    assert found.end_now == "cannot be told"


def changed(lines: list[dict[str, Any]], **what: Any) -> list[dict[str, Any]]:
    return [{**line, **what} if line.get("event") == "digit" else line for line in lines]


@pytest.mark.parametrize(
    "spoil, why",
    [
        (lambda lines: lines[1:], "its first lines are lost"),
        (lambda lines: lines[:6], "its last lines are lost"),
        (lambda lines: changed(lines, event="tone"), "another version of ivr: 'tone'"),
        (lambda lines: changed(lines, at="soon"), "no number"),
        (lambda lines: [*lines[:-1], {"at": 9.0, "event": "heard"}, lines[-1]], "no 'text'"),
        (lambda lines: [line for line in lines if line.get("kind") != "end"], "lines are lost"),
    ],
)
def test_a_journal_that_does_not_tell_all_is_refused(
    write: Write, spoil: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], why: str
) -> None:
    lines = journal_of(to_sales(write(MENU)))
    assert isinstance(read(lines), Journal)
    with pytest.raises(CannotReplay, match=why):
        read(spoil(lines))


@pytest.mark.parametrize("written", [{}, {"code": 0, "media": {}}], ids=["once", "now"])
def test_a_call_whose_worker_died_goes_as_far_as_it_went(
    write: Write, written: dict[str, Any]
) -> None:
    flow = write(MENU)
    call = SimulatedCall(flow).waits(2).is_asked().presses("2").waits(3)
    died = {"at": 95.0, "event": "hung_up", "by": "worker", "reason": "worker hung", **written}
    journal = read([*journal_of(call), died])
    replayed = play(script_of(journal), flow)
    assert replayed.same and replayed.end_before == "is let go in support"
    assert story_of(journal, flow).tell(flow).path == ["menu", "support"]


@pytest.mark.parametrize("by", ["error", "drain", "media_timeout"])
def test_an_end_that_came_from_the_line_comes_from_it_again(write: Write, by: str) -> None:
    flow = write(MENU)
    call = SimulatedCall(flow).waits(2).is_asked().presses("2").waits(3)
    call._line.hang_up(by)
    assert on(flow, call).same
    assert story_of(read(journal_of(call)), flow).tell(flow).path == ["menu", "support"]


def test_a_caller_whose_ack_never_came_does_not_send_it_now(write: Write) -> None:
    flow = write(MENU)
    call = SimulatedCall(flow)
    call._line.pass_until(0.01)
    lines = [{**line, "at": 10.0} for line in journal_of(call.hangs_up())[-2:]]
    lines[0] |= {"by": "error", "code": 408}
    lines[1] |= {"detail": "error"}
    journal = read([*journal_of(call)[:-2], *lines])
    replayed = play(script_of(journal), flow)
    assert replayed.same and replayed.end_now == "fails in menu"
    assert story_of(journal, flow).tell(flow).path == ["menu"]


def test_a_call_of_ours_that_was_cut_off_as_it_rang_is_not_answered_now(write: Write) -> None:
    flow = write(MENU)
    call = SimulatedCall(flow, direction="out").waits(4)
    call._line.hang_up("drain")
    assert on(flow, call).same


def files(folder: Path, flow: Flow) -> list[Path]:
    """Journals of 250 calls, of which one is torn and one of another flow."""
    found = []
    sales, support = journal_of(to_sales(flow)), journal_of(to_support(flow))
    for number in range(250):
        lines = [{**line} for line in (sales if number % 5 else support)]
        lines[0] |= {"call": f"<call {number}>", "flow": "other" if number == 7 else "menu"}
        found.append(folder / f"{number:03}.jsonl")
        found[-1].write_text("".join(json.dumps(line) + "\n" for line in lines))
    found[3].write_text(found[3].read_text()[:-20])
    return found


@pytest.mark.parametrize("processes", [1, 2])
def test_many_are_added_up(tmp_path: Path, write: Write, processes: int) -> None:
    journals = files(tmp_path, write(MENU))
    new = write(MENU.replace("sip:1@", "sip:7@"))
    summary = replay(journals, new, {}, frozenset(["menu"]), processes=processes)
    assert (summary.calls, summary.same) == (248, 50)
    moved = ("talks to sip:1@pbx.example", "talks to sip:7@pbx.example, if they answer")
    assert summary.ends == {moved: 198}
    assert summary.skipped == {"a line of it is torn": 1}
    assert len(summary.examples[moved]) == 3
    shown = page(summary, "menu & more")
    assert "&lt;call " in shown and "<call" not in shown and "menu &amp; more" in shown
