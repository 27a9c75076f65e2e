"""What a flow does once the call is over."""

import pytest

from ivr.engine.call import Call
from ivr.engine.effects import HangUp, Stop, Work
from ivr.engine.errors import CallEnded, StateTooSlow
from ivr.engine.events import (
    Answered,
    Digit,
    Dismissed,
    HungUp,
    Interjected,
    Moved,
    PlayDone,
    WorkDone,
)
from ivr.engine.flow import END, Flow, State
from ivr.engine.values import Secret
from ivr.engine.verbs import call_flow, hang_up, pause, say
from ivr.engine.work import work

from .broken import Foreign
from .driver import Driver
from .menu import menu_flow, started


def parting(**handlers: str) -> tuple[Flow, list[str]]:
    flow, done = menu_flow(**handlers), list[str]()

    @flow.on_hang_up()
    async def tidy(call: Call) -> str:
        done.append(call.state)
        assert call.over
        event = await work(call, "http", {"url": "x"}, 3)
        done.append(event.outcome)
        return "done"

    return flow, done


def test_it_runs_once_after_the_caller_s_hang_up() -> None:
    flow, done = parting()
    phone = started(flow)
    [*_, asked] = phone.hang_up()
    assert isinstance(asked, Work)
    assert (phone.session.ended_by, phone.session.ended) == ("caller", False)
    assert phone.take(Digit("1")) == phone.take(HungUp()) == phone.take(Moved("desk")) == []
    assert done == ["menu"]
    phone.take(WorkDone(asked.id))
    assert done == ["menu", "ok"]
    assert phone.session.ended
    assert phone.noted("end") == ["caller"]
    assert phone.take(WorkDone(asked.id)) == []


def test_it_runs_after_the_flow_s_own_hang_up_too() -> None:
    flow, done = parting()
    phone = started(flow)
    [hung_up, asked] = phone.press("1")
    assert hung_up == HangUp()
    assert isinstance(asked, Work)
    phone.hang_up(by="flow")
    phone.take(WorkDone(asked.id))
    assert done == ["menu", "ok"]
    assert phone.session.ended_by == "flow"


def test_it_runs_after_an_error_and_after_an_operator_too() -> None:
    flow, done = parting()
    flow.states["desk"] = State("desk", Foreign, {"done": END})  # type: ignore[arg-type]
    phone = started(flow)
    phone.press("2")
    assert phone.noted("failed")[0].startswith("desk: ")
    assert (phone.session.ended_by, done) == ("error", ["desk"])
    flow, done = parting()
    phone = started(flow)
    phone.take(Dismissed())
    assert (phone.session.ended_by, done) == ("operator", ["menu"])


def test_it_has_five_seconds() -> None:
    flow = menu_flow()

    @flow.on_hang_up()
    async def tidy(call: Call) -> str:
        try:
            await pause(call, 100)
        finally:
            call.note("tidied")
        return "done"

    phone = started(flow)
    phone.hang_up()
    phone.wait(4.9)
    assert not phone.session.ended
    phone.wait(0.1)
    assert phone.session.ended
    [failed] = phone.noted("failed")
    assert failed.endswith("took longer than 5 seconds")
    assert phone.journal[-2:] == ["tidied: ", "end: caller"]


def test_it_may_not_poll() -> None:
    flow = menu_flow()

    @flow.on_hang_up()
    async def tidy(call: Call) -> str:
        while True:
            await call.next_event(call.now)

    phone = started(flow)
    phone.hang_up()
    phone.wait(0)
    assert phone.session.ended
    assert "a loop in the flow" in phone.noted("failed")[0]


def test_a_wait_without_a_deadline_is_cut_as_well() -> None:
    flow = menu_flow()

    @flow.on_hang_up()
    async def tidy(call: Call) -> str:
        await call.next_event()
        await call.next_event()
        return "done"

    phone = started(flow)
    phone.hang_up()
    phone.take(WorkDone(7))
    phone.wait(5)
    assert phone.session.ended


def test_no_media_comes_of_it() -> None:
    flow = menu_flow()

    @flow.on_hang_up()
    async def tidy(call: Call) -> str:
        await say(call, "hello")
        return "done"

    phone = started(flow)
    assert phone.hang_up() == [], "and no Play"
    assert phone.wait(5) == [Stop(1)]


@pytest.mark.parametrize("what", ["error", "slow", "end", "foreign", "stubborn", "no coroutine"])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_whatever_it_does_the_call_ends(what: str) -> None:
    flow = menu_flow()

    async def tidy(call: Call) -> str:
        call.vars["pin"] = Secret("4711")
        match what:
            case "error":
                raise ValueError("not 4711")
            case "slow":
                raise StateTooSlow
            case "end":
                await hang_up(call)
            case "foreign":
                await Foreign()
        while True:
            try:
                await pause(call, 100)
            except GeneratorExit:
                call.note("not me")

    flow.on_hang_up()(tidy if what != "no coroutine" else lambda call: None)  # type: ignore[arg-type,return-value]
    phone = started(flow)
    phone.hang_up()
    phone.wait(5)
    assert phone.session.ended
    assert phone.noted("end") == ["caller"]
    assert phone.call.vars == {}
    assert bool(phone.noted("failed")) == (what != "end")
    assert "4711" not in "".join(phone.journal)


def test_an_interrupt_is_the_operator_s_also_after_the_call() -> None:
    flow = menu_flow()

    @flow.on_hang_up()
    async def tidy(call: Call) -> str:
        raise KeyboardInterrupt

    phone = started(flow)
    with pytest.raises(KeyboardInterrupt):
        phone.hang_up()


def test_it_does_not_run_where_the_flow_never_began() -> None:
    flow, done = parting()
    phone = Driver(flow=flow)
    phone.offered()
    phone.session.state = ""
    phone.hang_up()
    assert done == []


def test_a_state_s_own_goes_before_and_a_called_flow_s_is_done_first() -> None:
    done: list[str] = []

    def noting(name: str) -> Flow:
        flow = menu_flow()

        @flow.on_hang_up()
        async def of_the_flow(call: Call) -> str:
            done.append(f"{name} {dict(call.vars)}")
            return "done"

        @flow.on_hang_up("menu")
        async def of_the_state(call: Call) -> str:
            done.append(f"{name} menu {dict(call.vars)}")
            return "done"

        return flow

    outer, inner = noting("outer"), noting("inner")
    started(outer).hang_up()
    phone = Driver(flow=outer)
    phone.offered()
    phone.hang_up()
    assert done == ["outer menu {}", "outer {}"]

    async def calling(call: Call) -> str:
        call.vars["x"] = 1
        return (await call_flow(call, inner)).outcome

    async def stubborn(call: Call) -> str:
        try:
            return await calling(call)
        except CallEnded:
            return await calling(call)

    for step in (calling, stubborn):
        outer.states["menu"] = State("menu", step, {"done": "desk"})
        started(outer).hang_up()
        assert done[2:] == ["inner menu {}", "outer menu {'x': 1}"]
        del done[2:]


def test_the_record_has_the_variables_of_the_flow_that_took_the_call() -> None:
    inner, outer = menu_flow(), menu_flow()
    for flow in (inner, outer):

        @flow.on_hang_up()
        async def tidy(call: Call, name: str = "outer" if flow is outer else "inner") -> str:
            call.vars[name] = 1
            await pause(call, 3)
            call.note("tidied", name)
            return "done"

    async def calling(call: Call) -> str:
        call.vars["order"] = 7
        return (await call_flow(call, inner)).outcome

    outer.states["menu"] = State("menu", calling, {"done": "desk"})
    phone = started(outer)
    phone.hang_up()
    phone.wait(5)
    assert phone.noted("tidied") == ["inner"], "both have the same five seconds"
    assert phone.noted("variables") == ["order=7, outer=1"]
    assert phone.session.ended


def test_what_a_called_flow_does_wrong_after_the_call_is_not_the_calling_flow_s_fault() -> None:
    inner, (outer, done) = menu_flow(), parting()

    @inner.on_hang_up()
    async def tidy(call: Call) -> str:
        raise ValueError

    async def calling(call: Call) -> str:
        return (await call_flow(call, inner)).outcome

    outer.states["menu"] = State("menu", calling, {"done": "desk"})
    phone = started(outer)
    phone.hang_up()
    assert len(phone.noted("failed")) == 1 and done == ["menu"]


def test_the_time_of_it_is_not_held_up_by_an_operator_s_prompt() -> None:
    flow, _ = parting()
    phone = started(flow)
    phone.take(Interjected("wait"))
    phone.wait(10)
    phone.hang_up()
    phone.wait(5)
    assert phone.session.ended
    assert phone.take(PlayDone(99)) == phone.take(Answered()) == []
