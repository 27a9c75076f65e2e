"""What stories cover of a flow, and what not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ivr.engine.effects import File, Text, Url
from ivr.engine.flow import Flow
from ivr.flowfile import load_flow
from ivr.inspect.coverage import Coverage
from ivr.inspect.coverage.items import is_heard
from ivr.inspect.coverage.page import page
from ivr.inspect.coverage.table import missed, rows, too_little
from ivr.testing import SimulatedCall
from ivr.testing.run import run
from ivr.testing.watching import watching

ROOT = Path(__file__).parents[2]
LIBRARY = sorted((ROOT / "ivr/library").glob("*.test.yaml"))
FLOW = """\
ivr: 1
flow: menu
start: menu
language: en
operator: desk
universal: {top: "9", operator: "0", repeat: "*"}
handlers: {no_input: {1: menu, 2: desk}}
states:
  menu:
    do:
      - answer
      - ask:
          text: "Sales, {{ caller }}?"
          choices: {sales: "1", more: "2"}
          attempts: 1
    then: {sales: sales, more: more, no_match: desk}
  sales:
    do: [{transfer: sip:1@pbx.example}]
    on_error: desk
    then: {busy: menu, no_answer: desk, rejected: desk, unreachable: desk, answered: end}
  more:
    do: [{call_flow: {flow: library/yes_no, question: {text: "More?"}}}]
    then: {yes: menu, no: end, gave_up: desk}
  desk:
    do: [{say: {text: One moment.}}, hang_up]
"""


@pytest.fixture
def menu(tmp_path: Path) -> Flow:
    file = tmp_path / "menu.yaml"
    file.write_text(FLOW)
    return load_flow(file)


def covered(*calls: SimulatedCall) -> Coverage:
    coverage = Coverage()
    coverage.add(calls)
    return coverage


def items(coverage: Coverage, flow: str = "menu") -> dict[str, int]:
    (found,) = [each for each in coverage.known.values() if each.name == flow]
    return {str(item): count for item, count in found.items.items()}


def test_what_one_call_covers(menu: Flow) -> None:
    call = SimulatedCall(menu).is_asked("Sales").presses("1")
    call.is_transferred_to("sip:1@pbx.example", result="busy").is_asked("Sales").hangs_up()
    found = items(covered(call))
    assert {item: count for item, count in found.items() if count} == {
        "state menu": 2,
        "state sales": 1,
        "transition menu → sales": 1,
        "transition sales → menu": 1,
        "outcome menu: sales": 1,
        "outcome sales: busy": 1,
        'prompt menu: "Sales, {{ caller }}?"': 2,
        "choice menu: sales": 1,
        "language en": 3,
    }
    assert "outcome desk: done" not in found, "it ends the call"


def test_a_call_that_ends_has_gone_to_the_end(menu: Flow) -> None:
    call = SimulatedCall(menu).is_asked("Sales").presses("1").is_transferred_to("sip:1@pbx.example")
    assert items(covered(call.is_over()))["transition sales → end"] == 1


def test_handlers_lead_further_each_time(menu: Flow) -> None:
    call = SimulatedCall(menu).is_asked("Sales").waits(8).is_asked("Sales").waits(8)
    found = items(covered(call.is_over()))
    assert found["transition menu → menu"] == found["transition menu → desk"] == 1
    assert found["outcome menu: no_input"] == 2


def test_choices_that_every_question_offers(menu: Flow) -> None:
    repeated = SimulatedCall(menu).is_asked("Sales").presses("*").is_asked("Sales").presses("9")
    assert items(covered(repeated))["choice repeat"] == 1
    found = items(covered(repeated, SimulatedCall(menu).is_asked("Sales").presses("0").is_over()))
    assert found["choice top"] == found["choice operator"] == 1
    assert found["outcome menu: no_match"] == 0


def test_flows_that_are_called_count_where_they_are_not_of_the_library(menu: Flow) -> None:
    coverage = covered(
        SimulatedCall(menu).is_asked("Sales").presses("2").is_asked("More?").presses("1")
    )
    assert items(coverage)['prompt more: "More?"'] == 1
    assert items(coverage)["outcome more: yes"] == 1
    assert items(coverage, "yes_no")["outcome ask: yes"] == 1
    assert [flow.name for flow in coverage.flows] == ["menu"]
    (on_map,) = coverage.on_maps()
    assert on_map["states"]["yes_no.ask"] == 1
    assert ["yes_no.ask", "yes", "yes", 1] in on_map["edges"]
    assert ["more", "yes", "menu", 1] in on_map["edges"]


def test_a_flow_that_is_there_to_be_called_counts_where_a_story_is_told_of_it() -> None:
    flow = load_flow("library/yes_no")
    call = SimulatedCall(flow, arguments={"question": Text("Really?")}).presses("2")
    coverage = covered(call.ends_with("no"))
    assert [flow.name for flow in coverage.flows] == ["yes_no"]
    assert items(coverage, "yes_no")["transition ask → no"] == 1


def test_where_an_error_leads_is_on_the_map_and_does_not_count(tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text(
        "ivr: 1\nflow: broken\nstart: fall\noperator: desk\nstates:\n"
        "  fall: {do: [answer, say: {text: '{{ 1 / 0 }}'}], then: end}\n"
        "  desk: {do: hang_up}\n"
    )
    coverage = covered(SimulatedCall(load_flow(file)).hears("sorry").is_over())
    (on_map,) = coverage.on_maps()
    assert ["fall", "error", "desk", 1] in on_map["edges"]
    assert "outcome fall: error" not in items(coverage, "broken")
    assert items(coverage, "broken")["outcome fall: done"] == 0


def test_what_is_not_covered_is_told_with_its_place(menu: Flow) -> None:
    coverage = Coverage()
    coverage.know(menu)
    assert [line.rpartition("/")[2] for line in missed(coverage)] == [
        "menu.yaml:3:8: language en",
        "menu.yaml:6:1: choice operator, repeat, top",
        "menu.yaml:9:3: state menu",
        "menu.yaml:17:3: state sales",
        "menu.yaml:21:3: state more",
        "menu.yaml:24:3: state desk",
    ]
    assert rows(coverage)[-1] == ["all", "0/4", "0/10", "0/13", "0/3", "0/1", "0/5", "0 %"]
    assert too_little(coverage, 50) == "coverage is 0 %, less than 50 %"
    assert too_little(coverage, 0) == ""


def test_where_there_is_nothing_nothing_is_covered() -> None:
    assert rows(Coverage())[-1] == ["all", *"------", "0 %"]
    assert too_little(Coverage(), 1) == "coverage is 0 %, less than 1 %"


def test_what_others_counted_counts_too(menu: Flow) -> None:
    ours = covered(SimulatedCall(menu).is_asked("Sales").presses("1"))
    theirs = covered(SimulatedCall(menu).is_asked("Sales").presses("2"))
    handed_over = json.loads(json.dumps(theirs.plain()))
    ours.merge(handed_over)
    both = covered(
        SimulatedCall(menu).is_asked("Sales").presses("1"),
        SimulatedCall(menu).is_asked("Sales").presses("2"),
    )
    assert items(ours) == items(both)
    assert ours.on_maps() == both.on_maps()
    assert ours.share == both.share > theirs.share


def test_the_page_shows_each_line(menu: Flow) -> None:
    words = page(covered(SimulatedCall(menu).is_asked("Sales").presses("1")))
    assert "state more" in words and "&#34;Sales, {{ caller }}?&#34;" in words
    assert words.count("<details") == 1


@pytest.mark.parametrize(
    ("written", "played", "same"),
    [
        ("menu", "menu", True),
        ("menu", "night", False),
        (Text("You are {{ place }}."), Text("You are 7."), True),
        (Text("You are {{ place }}."), Text("Who are you?"), False),
        (Text("{% if a %}A{% endif %}"), Text("A"), True),
        (Url("https://a.example/{{ n }}"), Url("https://a.example/1"), True),
        (File("a.wav"), File("/flows/a.wav"), True),
        (File("a.wav"), File("/others/a.wav"), False),
    ],
)
def test_a_prompt_is_known_by_what_it_becomes(written: object, played: object, same: bool) -> None:
    flow = Flow("f", start="a")
    flow.place = type(flow.place)("/flows/f.yaml", 1, 1)
    assert is_heard(flow, written, played) is same  # type: ignore[arg-type]


def test_stories_of_the_library_cover_its_states() -> None:
    with watching() as calls:
        run(LIBRARY)
    coverage = covered(*calls)  # type: ignore[arg-type]
    assert {flow.of("state")[0] - flow.of("state")[1] for flow in coverage.flows} == {0}


def test_choices_that_a_function_makes_do_not_count(tmp_path: Path) -> None:
    file = tmp_path / "menu.py"
    file.write_text(
        """
from ivr import END, Call, Choices, Flow, Text, answer, ask

flow = Flow("menu", start="menu")


def made():
    return Choices({"left": ["1"]})


@flow.state(left=END, no_input=END, no_match=END)
async def menu(call: Call) -> str:
    await answer(call)
    return (await ask(call, Text("Left?"), choices=made())).outcome
"""
    )
    call = SimulatedCall(load_flow(file)).presses("1")
    assert not [each for each in missed(covered(call)) if ": choice " in each]
