from __future__ import annotations

from pathlib import Path

from ivr.flowfile import load_flow
from ivr.inspect.chart import Edge, chart, charts

FLOW = """
ivr: 1
flow: menu
start: menu
operator: desk
universal: {top: "9", operator: "0"}
handlers: {no_input: {1: menu, 3: desk}}
states:
  menu:
    do:
      - answer
      - ask: {prompts: welcome, choices: {sales: "1"}}
    then: {sales: sales, no_match: desk}
  sales:
    do: [{transfer: sip:1@pbx.example}]
    then: {busy: menu, no_answer: desk, rejected: desk, unreachable: desk, answered: end}
    on_error: menu
  desk:
    do: [{transfer: sip:0@pbx.example}]
    then: {busy: end, no_answer: end, rejected: end, unreachable: end, answered: end, failed: end}
"""


def read(folder: Path, text: str) -> Path:
    file = folder / "menu.yaml"
    file.write_text(text)
    return file


def test_where_each_way_comes_from(tmp_path: Path) -> None:
    here = chart(load_flow(read(tmp_path, FLOW)))
    of_menu = [edge for edge in here.edges if edge.source == "menu"]
    assert of_menu == [
        Edge("menu", "sales", "sales"),
        Edge("menu", "no_match", "desk"),
        Edge("menu", "no_input", "menu", "handler"),
        Edge("menu", "no_input", "desk", "handler", 3),
        Edge("menu", "top", "menu", "universal"),
        Edge("menu", "operator", "desk", "universal"),
        Edge("menu", "error", "desk", "error"),
    ]


def test_flows_that_are_called_have_maps_of_their_own(tmp_path: Path) -> None:
    asking = """
ivr: 1
flow: menu
start: sure
states:
  sure:
    do: [answer, {call_flow: {flow: library/yes_no, question: {text: Sure}}}]
    then: {yes: end, no: end, gave_up: end}
"""
    own, called = charts(load_flow(read(tmp_path, asking)))
    assert own.path_name("sure") == "sure"
    assert called.path_name("ask") == "yes_no.ask"
    assert called.edges and {edge.source for edge in called.edges} <= called.states.keys()
