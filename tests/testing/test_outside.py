"""Stories of flows that have something done outside."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console

from ivr import END, Call, Flow, answer, say
from ivr.engine.effects import Text
from ivr.engine.state import State
from ivr.engine.verbs import authenticate, http, recall, remember
from ivr.engine.work import WhileWaiting
from ivr.testing import SimulatedCall, StoryError
from ivr.testing.handset import Handset
from ivr.testing.interactive import hold
from ivr.testing.memory import Lost
from ivr.testing.scenario import load_scenarios

URL = "https://crm.example/{{ caller }}"
flow = Flow("desk", start="look")


@flow.state(ok="greet", failed="sorry", timeout="sorry")
async def look(call: Call) -> str:
    await answer(call)
    into = {"name": "body.name", "sum": "body.sum"}
    headers = {"Authorization": "Bearer {{ secrets.crm }}"}
    waiting = WhileWaiting(("music",), after=1.0)
    return (await http(call, URL, headers=headers, into=into, while_waiting=waiting)).outcome


@flow.state(done=END)
async def greet(call: Call) -> str:
    await remember(call, {"name": "{{ name }}"}, {"visits": 1}, keep=3600)
    await recall(call, "visits", "language")
    return (await say(call, Text("Hello {{ name }}, visit {{ visits }}"))).outcome


@flow.state(done=END)
async def sorry(call: Call) -> str:
    return (await say(call, "sorry")).outcome


BODY = {"status": 200, "body": {"name": "Ada", "sum": Decimal("1.10")}}


def test_a_caller_hears_music_while_something_is_looked_up() -> None:
    call = SimulatedCall(flow, durations={"music": 1})
    call.waits_for("http", value=BODY, after=2.5).hears("visit 1").is_over()
    assert [entry for entry in call.transcript.splitlines() if "music" in entry]
    assert call.variables == {"name": "Ada", "sum": Decimal("1.10"), "visits": 1}


def test_what_is_ordered_can_be_looked_at() -> None:
    call = SimulatedCall(flow).waits(1)
    assert call.order["url"] == "https://crm.example/%2B15550100"
    assert call.order["headers"]["Authorization"] == "Bearer crm"  # secrets are made up
    assert "Bearer" not in str(call.journal)


def test_a_story_remembers_from_its_beginning_on() -> None:
    call = SimulatedCall(flow, memory={"caller:+15550100": {"visits": 4, "language": "de"}})
    call.waits_for("http", value=BODY).hears("visit 5").is_over()
    known = {"visits": 5, "language": "de", "name": "Ada"}
    assert call.memory == {"caller:+15550100": known}
    assert call.variables["language"] == "de"


def test_what_was_kept_for_a_while_is_forgotten() -> None:
    call = SimulatedCall(flow).waits_for("http", value=BODY).hears("visit 1").is_over()
    call.waits(3601)
    assert call.memory == {}


def test_what_fails_is_told() -> None:
    call = SimulatedCall(flow).waits_for("http", "failed", reason="down").hears("sorry").is_over()
    assert ("http", "failed down") in call.notes
    with pytest.raises(StoryError, match="the flow waits for http"):
        SimulatedCall(flow).hears("visit")


def test_a_scenario_begins_with_a_memory(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        """ivr: 1
flow: a
start: a
states:
  a:
    do: [answer, recall: [language, n], say: {text: '{{ language }} {{ n + 1 }}'}]
    then: {done: end, failed: end, timeout: end}
"""
    )
    (tmp_path / "a.test.yaml").write_text(
        """ivr: 1
scenarios:
  known:
    memory: {'caller:1': {language: de, n: 3}}
    caller: '1'
    steps: [hears: {text: de 4}, is_over]
"""
    )
    [result] = load_scenarios(tmp_path / "a.test.yaml").run()
    assert result.passed, result.report()


def test_in_the_terminal_the_caller_decides() -> None:
    out = io.StringIO()
    lines = [
        *("work ok", "", "", "work nothing", "work ok {"),
        'work ok {"status": 200, "body": {"name": "Eve"}}',
        *("", "", "", ""),
    ]
    phone = Handset(flow)
    hold(phone, lines, Console(file=out, width=200))
    told = out.getvalue()
    assert "nothing is being done outside" in told
    assert "http https://crm.example/%2B15550100; decide it" in told
    assert "no such result; expected one of ok, failed, timeout" in told
    assert "is no JSON" in told
    assert phone.call.variables["name"] == "Eve"


def test_in_the_terminal_it_may_fail_as_well() -> None:
    out = io.StringIO()
    lines = ["", "", "work failed it is down", "", ""]
    hold(Handset(flow), lines, Console(file=out, width=200))
    assert "failed it is down" in out.getvalue()


@pytest.mark.parametrize("result", ["failed", "timeout"])
def test_a_memory_that_is_out_of_reach(result: Lost) -> None:
    desk = Flow("desk", start="look")

    @desk.state(ok=END, failed="failed", timeout="timeout")
    async def look(call: Call) -> str:
        await answer(call)
        return (await recall(call, "visits")).outcome

    for name in ("failed", "timeout"):
        desk.add(State(name, sorry, {"done": END}))
    call = SimulatedCall(desk, memory={"caller:+15550100": {"visits": 3}})
    call.has_no_memory(result).hears("sorry").goes_through("look", result)


def test_a_secret_that_is_typed_is_what_the_story_says() -> None:
    door = Flow("door", start="ask")

    @door.state(ok=END, failed="sorry", locked="sorry")
    async def ask(call: Call) -> str:
        await answer(call)
        return (await authenticate(call, "pin", expected="secrets.pin", length=4)).outcome

    door.add(State("sorry", sorry, {"done": END}))
    call = SimulatedCall(door, secrets={"pin": "4711"})
    call.is_asked("pin").presses("4711").is_over()
    assert call.path == ["ask"]
