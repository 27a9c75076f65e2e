"""Handlers: what a state does not say is looked up from there outwards."""

import pytest

from ivr.engine.call import Call
from ivr.engine.effects import HangUp, Play, Reject
from ivr.engine.errors import FlowError, LoadError
from ivr.engine.flow import END, Flow, State
from ivr.engine.handlers import APOLOGY, SORRY, handled, targets
from ivr.engine.verbs import answer, call_flow, say

from .broken import apology
from .driver import Driver
from .menu import menu_flow, started

# -- outcomes ------------------------------------------------------------------------------------


def test_an_outcome_that_a_state_leaves_out_leads_where_the_flow_says() -> None:
    phone = started(menu_flow(handlers={"no_input": "desk", "no_match": "desk"}))
    phone.wait(5)
    assert phone.noted("state") == ["greet", "menu", "desk"]


def test_the_state_goes_before_the_flow() -> None:
    flow = menu_flow(handlers={"sales": "greet", "no_input": "desk", "no_match": "desk"})
    phone = started(flow)
    phone.press("1")
    assert phone.session.ended_by == "flow"


def test_a_handler_counts_how_often_it_was_needed_in_this_call() -> None:
    phone = started(menu_flow(handlers={"no_input": {1: "greet", 3: "desk"}}))
    phone.wait(20)
    assert phone.noted("state") == ["greet", "menu"] * 3 + ["desk"]


def test_a_handler_that_counts_begins_with_the_first_time() -> None:
    with pytest.raises(FlowError, match="begins with 1"):
        Flow("f", start="a", handlers={"no_input": {2: "a"}})


def test_work_that_failed_is_an_error_where_nobody_says_otherwise() -> None:
    for failure in ("failed", "timeout"):
        flow = Flow("f", start="a", on_error="sorry")

        @flow.state(ok=END)
        async def a(call: Call, failure: str = failure) -> str:
            return failure

        @flow.state(done=END)
        async def sorry(call: Call) -> str:
            return "done"

        assert started(flow).noted("state") == ["a", "sorry"]


def test_what_a_state_need_not_say_and_where_that_leads() -> None:
    flow = menu_flow(handlers={"no_input": {1: "greet", 2: "desk"}}, on_error="desk")
    assert handled(flow) == {"no_input", "failed", "timeout"}
    assert handled(menu_flow(handlers={}), "desk") == {"failed", "timeout"}
    assert targets(flow, flow.states["menu"], "no_input") == {"greet", "desk"}
    assert targets(flow, flow.states["menu"], "sales") == {END}


def test_handlers_lead_somewhere() -> None:
    flow = menu_flow(handlers={"no_input": "dsk"}, on_error="desc", operator="nowhere")
    flow.states["greet"] = State("greet", flow.states["greet"].step, {"done": "menu"}, on_error="x")
    assert [fault.message for fault in flow.faults()] == [
        "greet: on_error: no such state: 'x'; states: greet, menu, desk",
        "handlers: no_input: no such state: 'dsk'; did you mean 'desk'?",
        "on_error: no such state: 'desc'; did you mean 'desk'?",
        "operator: no such state: 'nowhere'; states: greet, menu, desk",
    ]


def test_a_state_that_only_a_handler_leads_to_is_reached() -> None:
    unreached = menu_flow(handlers={}).faults()
    assert [fault.message for fault in unreached] == ["state 'desk' is never reached"]
    assert menu_flow(handlers={"no_input": "desk"}).faults() == []
    assert menu_flow(handlers={}, on_error="desk").faults() == []
    assert menu_flow(handlers={}, operator="desk").faults() == []
    flow = menu_flow(handlers={"no_input": "desk"})
    for name, state in flow.states.items():
        flow.states[name] = State(name, state.step, state.on, left=frozenset())
    assert [f.message for f in flow.faults()] == ["state 'desk' is never reached"]


# -- errors --------------------------------------------------------------------------------------


def failing(**handlers: str) -> Flow:
    """Its second state fails, the third is there for that."""
    flow = Flow("test", start="greet", **handlers)  # type: ignore[arg-type]

    @flow.state(done="broken")
    async def greet(call: Call) -> str:
        return (await answer(call, settle=0)).outcome

    @flow.state(done=END)
    async def broken(call: Call) -> str:
        await say(call, "long")
        raise ValueError

    @flow.state(done=END, again="broken")
    async def desk(call: Call) -> str:
        await say(call, "desk")
        return "done" if call.vars else "again"

    return flow


def test_an_error_leads_to_its_handler() -> None:
    phone = started(failing(on_error="desk"))
    phone.call.vars["x"] = 1
    phone.press("1")
    assert phone.playing == Play(2, ("desk",)), "what was typed before counts no more"
    assert len(phone.noted("failed")) == 1
    phone.play_done()
    assert phone.effects[-1] == HangUp()
    assert phone.session.ended_by == "flow"


def test_the_state_s_own_handler_goes_before() -> None:
    flow = failing(on_error="greet")
    broken = flow.states["broken"]
    flow.states["broken"] = State("broken", broken.step, broken.on, on_error="desk")
    phone = started(flow)
    phone.play_done()
    assert phone.noted("state")[-1] == "desk"


def test_without_a_handler_the_caller_hears_an_apology_and_goes_to_the_operator() -> None:
    phone = started(failing(operator="desk"))
    phone.play_done()
    assert phone.playing == Play(2, (APOLOGY,))
    phone.play_done()
    assert phone.playing == Play(3, ("desk",))
    assert phone.noted("state")[-2:] == [SORRY, "desk"]


def test_before_the_answer_nobody_is_taken_to_an_operator() -> None:
    flow = failing(operator="desk")
    flow.start = "broken"
    phone = Driver(flow=flow)
    phone.offered()
    assert phone.effects == [Reject(500)]


def test_an_error_in_the_handler_ends_the_call() -> None:
    flow = failing(on_error="broken")
    del flow.states["desk"]
    phone = started(flow)
    phone.play_done()
    assert phone.noted("state")[-2:] == ["broken", "broken"]
    phone.play_done()
    apology(phone)
    flow = Flow("f", start="a", on_error="b")

    @flow.state(done=END)
    async def a(call: Call) -> str:
        raise ValueError

    @flow.state(done=END)
    async def b(call: Call) -> str:
        raise KeyError

    phone = started(flow)
    assert phone.noted("state") == ["a", "b"]
    assert len(phone.noted("failed")) == 2
    assert phone.session.ended_by == "error"


def test_a_state_that_an_error_led_to_once_may_fail_later() -> None:
    flow = Flow("f", start="a", on_error="menu")

    @flow.state(done="menu")
    async def a(call: Call) -> str:
        await answer(call, settle=0)
        raise ValueError

    @flow.state(on_error="desk", done="b")
    async def menu(call: Call) -> str:
        if "again" in call.vars:
            raise ValueError
        return "done"

    @flow.state(done="menu")
    async def b(call: Call) -> str:
        call.vars["again"] = True
        return "done"

    @flow.state(done=END)
    async def desk(call: Call) -> str:
        return "done"

    phone = started(flow)
    assert phone.noted("state") == ["a", "menu", "b", "menu", "desk"]
    assert phone.session.ended_by == "flow"


def test_errors_are_not_dealt_with_for_ever() -> None:
    phone = started(failing(on_error="desk"))
    for _ in range(20):
        if phone.playing:
            phone.play_done()
    assert len(phone.noted("failed")) == 4
    assert phone.session.ended_by == "error"


def test_an_interrupt_is_the_operator_s_also_in_a_handler() -> None:
    flow = Flow("f", start="a", on_error="b")

    @flow.state(done=END)
    async def a(call: Call) -> str:
        raise ValueError

    @flow.state(done=END)
    async def b(call: Call) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Driver(flow=flow).offered()


def test_a_called_flow_has_handlers_of_its_own() -> None:
    called = Flow("called", start="a", outcomes=["done"], on_error="b")

    @called.state(done="done")
    async def a(call: Call) -> str:
        raise ValueError

    @called.state(done="done", again="a")
    async def b(call: Call) -> str:
        await say(call, "sorry")
        return "done" if call.rescues == 1 else "again"

    phone = Driver(lambda call: call_flow(call, called))
    phone.start()
    phone.play_done()
    phone.play_done()
    assert phone.result.outcome == "done"
    assert [failed[:10] for failed in phone.noted("failed")] == ["called.a: "] * 2
    called.on_error = "a"
    phone = Driver(lambda call: call_flow(call, called))
    phone.start()
    assert len(phone.noted("failed")) == 1, "a handler that fails is not tried again"


def test_outcomes_of_a_called_flow_are_counted_there() -> None:
    called = menu_flow(handlers={"no_input": {1: "menu", 2: "desk"}})
    phone = Driver(lambda call: call_flow(call, called))
    phone.start()
    phone.wait(10)
    assert phone.call.counts == {"test: no_input": 2}


def test_handlers_of_a_flow_that_was_never_loaded_are_checked_too() -> None:
    flow = menu_flow(on_error="nowhere")
    with pytest.raises(LoadError):
        flow.check()
