"""The map of a flow: what is refused when it is loaded."""

import pytest

from ivr.engine.call import Call
from ivr.engine.codes import Code
from ivr.engine.errors import Fault, FlowError, LoadError
from ivr.engine.flow import END, Flow, Place, State


async def step(call: Call) -> str:
    return "done"


def flow_of(start: str, **states: dict[str, str]) -> Flow:
    flow = Flow("test", start=start, place=Place("test.yaml", 1, 1))
    for line, (name, on) in enumerate(states.items(), 2):
        flow.add(State(name, step, on, Place("test.yaml", line, 3)))
    return flow


def faults(flow: Flow) -> list[str]:
    return [str(fault).partition(" [")[0] for fault in flow.faults()]


class Cursor:
    state = ""


def test_a_whole_map_has_no_faults() -> None:
    flow = flow_of("a", a={"on": "b", "off": END}, b={"back": "a"})
    assert faults(flow) == []
    assert flow.check() is flow


def test_an_unknown_start_is_a_fault() -> None:
    assert faults(flow_of("begin", a={"done": END})) == [
        "test.yaml:1:1: start: no such state: 'begin'; states: a"
    ]


def test_a_flow_without_states_has_no_start() -> None:
    assert faults(flow_of("a")) == ["test.yaml:1:1: start: no such state: 'a'; states: none"]


def test_an_unknown_target_is_a_fault_with_a_hint() -> None:
    assert faults(flow_of("menu", menu={"done": "men", "no": "nowhere"})) == [
        "test.yaml:2:3: menu: done: no such state: 'men'; did you mean 'menu'?",
        "test.yaml:2:3: menu: no: no such state: 'nowhere'; states: menu",
    ]


def test_a_fault_of_an_outcome_stands_where_the_outcome_is_written() -> None:
    flow = Flow("test", start="a")
    places = {"done": Place("test.yaml", 7, 5)}
    flow.add(State("a", step, {"done": "b"}, Place("test.yaml", 2), places))
    [fault] = flow.faults()
    assert (fault.line, fault.column) == (7, 5)


def test_a_state_that_nothing_leads_to_is_a_fault() -> None:
    assert faults(flow_of("a", a={"done": END}, b={"done": END})) == [
        "test.yaml:3:3: state 'b' is never reached"
    ]


def test_a_state_without_a_way_to_an_end_is_a_fault() -> None:
    assert faults(flow_of("a", a={"on": "b", "off": END}, b={"again": "b"})) == [
        "test.yaml:3:3: state 'b' has no way to an end; lead an outcome to 'end'"
    ]


def test_a_state_without_outcomes_ends_the_call() -> None:
    assert faults(flow_of("a", a={"done": "b"}, b={})) == []


def test_check_raises_every_fault_at_once() -> None:
    with pytest.raises(LoadError) as caught:
        flow_of("x", a={"done": "y", "no": "z"}).check()
    assert len(caught.value.faults) == 3
    assert str(caught.value).count("\n") == 2


def test_a_name_is_taken_once() -> None:
    flow = flow_of("a", a={"done": END})
    with pytest.raises(LoadError, match="state 'a' is declared twice"):
        flow.add(State("a", step, {}))


@pytest.mark.parametrize("name", [END, "*", "="])
def test_a_reserved_name_is_refused(name: str) -> None:
    with pytest.raises(LoadError, match="is reserved"):
        flow_of("a", **{name: {"done": END}})


@pytest.mark.parametrize("outcome", ["state", "trigger", "model", "initial", "self", "to_a", "*"])
def test_an_outcome_can_have_any_name(outcome: str) -> None:
    flow = Flow("test", start="a")
    flow.state(**{outcome: END})(_named("a"))
    cursor = Cursor()
    flow.check().enter(cursor)
    flow.move(cursor, outcome)
    assert cursor.state == END


def _named(name: str):  # type: ignore[no-untyped-def]
    async def state(call: Call) -> str:
        return "done"

    state.__name__ = name
    return state


def test_a_cursor_follows_the_outcomes() -> None:
    flow = flow_of("a", a={"go": "b"}, b={"back": "a", "done": END})
    cursor = Cursor()
    flow.enter(cursor)
    path = [cursor.state]
    for outcome in ("go", "back", "go", "done"):
        flow.move(cursor, outcome)
        path.append(cursor.state)
    assert path == ["a", "b", "a", "b", END]


@pytest.mark.parametrize("outcome", ["nonsense", None, 7, ["go"], "done"])
def test_an_outcome_that_is_not_declared_is_refused(outcome: str) -> None:
    flow = flow_of("a", a={"go": "b", "off": END}, b={"done": END})
    cursor = Cursor()
    flow.enter(cursor)
    with pytest.raises(FlowError, match="is not declared; declared: go, off"):
        flow.move(cursor, outcome)
    assert cursor.state == "a"


def test_a_state_without_outcomes_declares_none() -> None:
    flow = flow_of("a", a={})
    cursor = Cursor()
    flow.enter(cursor)
    with pytest.raises(FlowError, match="declared: none"):
        flow.move(cursor, "done")


def test_a_state_added_later_is_part_of_the_map() -> None:
    flow = flow_of("a", a={"go": "b", "off": END})
    assert flow.faults()
    flow.add(State("b", step, {"done": END}))
    cursor = Cursor()
    flow.enter(cursor)
    flow.move(cursor, "go")
    assert cursor.state == "b"


def test_a_python_state_knows_where_it_is_written() -> None:
    flow = Flow("test", start="a")

    @flow.state(done=END)
    async def a(call: Call) -> str:
        return "done"

    assert flow.states["a"].place.file == __file__
    assert str(flow.states["a"].place) == f"{__file__}:{a.__code__.co_firstlineno}"


def test_a_fault_leaves_out_the_places_it_does_not_know() -> None:
    fault = Fault("flow.yaml", 0, 0, "is empty", Code.EMPTY_FILE)
    assert str(fault) == "flow.yaml: is empty [empty-file]"


@pytest.mark.parametrize("name", ["", "../../etc", "g\nlog forged", '"} 1'])
def test_a_name_of_a_flow_goes_into_journals_and_metrics(name: str) -> None:
    with pytest.raises(LoadError, match="is no name of a flow; expected letters"):
        Flow(name, start="a").check()
