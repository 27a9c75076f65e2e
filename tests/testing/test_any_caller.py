"""Callers that nobody thought of: what they do, and that they break none of our flows."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

import ivr.testing
from ivr.flowfile import load_flow
from ivr.testing import SimulatedCall, callers
from ivr.testing.any_answer import work_of
from ivr.testing.any_caller import Caller
from ivr.testing.scenario import load_scenarios
from ivr.testing.steps import Step

from .samples import broken, menu, secret, voicemail

ROOT = Path(__file__).parents[2]
STORIES = sorted(
    [
        ROOT / "flows/auto_attendant.test.yaml",
        *(ROOT / "flows/samples").glob("*.test.yaml"),
        *(ROOT / "ivr/library").glob("*.test.yaml"),
    ]
)
QUICK = settings(
    max_examples=10,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("file", STORIES, ids=lambda file: file.name.split(".")[0])
def test_no_caller_breaks_a_flow_of_ours(file: Path) -> None:
    """Each is called as its stories are, by others."""
    loaded = load_scenarios(file)
    offers = {repr(s.offer): s.offer for s in loaded.scenarios}.values()
    for flow in loaded.flows.values():

        @QUICK
        @given(st.sampled_from(list(offers)).flatmap(lambda offer: callers(flow, **offer)))
        def nothing_fails(caller: Caller) -> None:
            assert caller.call.failures == []
            assert caller.call.ended_by

        nothing_fails()


FOUND = settings(QUICK, max_examples=2000, phases=[Phase.generate, Phase.shrink])


def shortest(strategy: st.SearchStrategy[Caller], wanted: Any) -> list[Step]:
    return find(strategy, wanted, settings=FOUND).story


def by_name(story: list[Step]) -> dict[str, Any]:
    return {step.name: step.named for step in story}


def test_who_meets_a_fault_does_no_more_than_it_takes() -> None:
    story = shortest(callers(broken), lambda caller: caller.call.failures)
    assert list(by_name(story)) == ["waits", "hangs_up", "is_over"] or len(story) <= 2
    keys = shortest(callers(menu), lambda caller: "desk" in caller.call.path)
    assert list(by_name(keys)) == ["waits", "presses", "hangs_up", "is_over"]


def test_callers_wait_speak_leave_messages_and_are_transferred() -> None:
    def gone(state: str) -> Any:
        return lambda caller: state in caller.call.path

    assert "mumbles" in by_name(shortest(callers(voicemail), gone("thanks")))
    refused = shortest(callers(menu), lambda c: ("transfer", "busy 486") in c.call.notes)
    assert by_name(refused)["is_transferred_to"]["result"] == "busy"
    spoken = shortest(callers(menu), lambda c: gone("desk")(c) and "says" in by_name(c.story))
    assert by_name(spoken)["says"]["text"] in ("sales", "support")


def test_callers_know_what_their_story_knows() -> None:
    strategy = callers(secret, keys=["4711"])
    story = shortest(strategy, lambda c: ("entry", "typed ***") in c.call.notes)
    assert "presses" in by_name(story)


def test_who_is_called_may_not_answer() -> None:
    story = shortest(callers(menu, direction="out"), lambda caller: True)
    assert list(map(str, story)) == ["is_not_answered", "is_over"]
    taken = shortest(callers(menu, direction="out", most=2), lambda caller: caller.call.path)
    assert taken[0].name == "is_answered"


def test_services_answer_what_the_flow_looks_for() -> None:
    work = work_of(load_flow(ROOT / "flows/samples/account_balance.yaml"))
    found = find(work["http"], lambda given: given.get("value", {}).get("body"))
    assert set(found["value"]["body"]) == {"balance"}
    rows = find(work["sql"], lambda given: given.get("value"))
    assert set(rows["value"][0]) == {"pin"}
    verified = callers(ROOT / "flows/samples/account_balance.yaml", keys=["12345674"])
    assert shortest(verified, lambda caller: "pin" in caller.call.path)
    assert find(work["notify"], lambda given: given == {"result": "timeout"})


@QUICK
@given(
    callers(
        ROOT / "flows/samples/appointment_line.yaml",
        results={"http": st.just({"value": {"status": 201, "body": {"number": "9"}}})},
    )
)
def test_services_answer_what_they_are_given(caller: Caller) -> None:
    assert all(
        step.named["value"]["status"] == 201 for step in caller.story if step.name == "waits_for"
    )


@QUICK
@given(callers(ROOT / "flows/auto_attendant.yaml"))
def test_a_caller_is_a_story_that_goes_the_same_way(tmp_path: Path, caller: Caller) -> None:
    file = tmp_path / "one.test.yaml"
    flow = ROOT / "flows/auto_attendant.yaml"
    told = indent(str(caller), "    ")
    file.write_text(f"ivr: 1\nflow: {flow}\nscenarios:\n  one:\n{told}", "utf-8")
    [scenario] = load_scenarios(file).scenarios
    call = SimulatedCall(caller.call.flow, **scenario.offer)
    for step in scenario.steps:
        step.tell(call)
    assert call.journal == caller.call.journal
    assert repr(caller).endswith(str(caller))


COMPUTED = """
from ivr import END, Call, Choices, Flow, Text, answer, ask, collect, http

flow = Flow("menu", start="menu")


def made(what):
    return what


@flow.state(left="look", no_input=END, no_match=END)
async def menu(call: Call) -> str:
    await answer(call)
    return (await ask(call, Text("Left?"), choices=made(Choices({"left": ["1"]})))).outcome


@flow.state(done=END, no_input=END, no_match=END)
async def look(call: Call) -> str:
    await http(call, "https://a.example/", into=made({"colour": "body.colour"}))
    return (
        await collect(call, Text("Which?"), into=made("which"), patterns=(made("1XX"),))
    ).outcome
"""


def test_what_a_flow_in_python_computes_for_its_verbs_is_no_hindrance(tmp_path: Path) -> None:
    path = tmp_path / "menu.py"
    path.write_text(COMPUTED)
    assert find(callers(path), lambda caller: caller.call.over, settings=QUICK)


def test_without_hypothesis_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "ivr.testing.any_caller")
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    with pytest.raises(ImportError, match="pip install hypothesis"):
        _ = ivr.testing.callers
    with pytest.raises(AttributeError, match="no attribute 'caler'"):
        _ = ivr.testing.caler
