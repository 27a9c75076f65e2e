"""A flow that loops, waits for ever or computes for ever."""

import pytest

from ivr.engine.budget import MAX_MOVES, MAX_VISITS
from ivr.engine.call import Call
from ivr.engine.effects import Work
from ivr.engine.errors import StateTooSlow
from ivr.engine.events import WorkDone
from ivr.engine.flow import END, Flow
from ivr.engine.limits import LONGEST_CALL
from ivr.engine.session import LONGEST_WAIT
from ivr.engine.verbs import answer, collect, pause, say
from ivr.engine.work import work

from .broken import apology, broken, line_of
from .driver import Driver


def test_a_loop_of_states_that_never_wait_fails() -> None:
    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        return "again"

    phone = broken(greet, again="greet", done=END)
    assert f"{MAX_MOVES} steps without waiting once: a loop" in phone.noted("failed")[0]
    assert line_of(greet, 0) in phone.noted("failed")[0]
    apology(phone)


def test_a_loop_of_states_that_wait_for_no_time_fails_too() -> None:
    flow = Flow("loop", start="one")

    @flow.state(done="two")
    async def one(call: Call) -> str:
        await answer(call, settle=0)
        await collect(call, into="x", first_digit=0, attempts=1)
        return "done"

    @flow.state(done="one", over=END)
    async def two(call: Call) -> str:
        await collect(call, into="x", first_digit=0, attempts=1)
        return "done"

    phone = Driver(flow=flow)
    phone.start()
    phone.wait(1)
    assert "a loop in the flow" in phone.noted("failed")[0]
    apology(phone)


def test_a_state_that_polls_without_waiting_fails() -> None:
    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        while True:
            await call.next_event(call.now)

    phone = broken(greet)
    phone.wait(0)
    assert "a loop in the flow" in phone.noted("failed")[0]
    apology(phone)


def asking_again() -> Driver:
    """A flow that asks the world again and again, whatever that says."""
    flow = Flow("loop", start="greet")

    @flow.state(done="look")
    async def greet(call: Call) -> str:
        return (await answer(call, settle=0)).outcome

    @flow.state(ok=END, failed="look")
    async def look(call: Call) -> str:
        return (await work(call, "http", {}, 5)).outcome

    phone = Driver(flow=flow)
    phone.start()
    return phone


def asked(phone: Driver, times: int, seconds: float) -> int:
    """How many requests there are if each fails after *seconds*, and *times* is enough."""
    for _ in range(times):
        orders = (effect for effect in reversed(phone.effects) if isinstance(effect, Work))
        order = next(orders)
        phone.now += seconds
        phone.take(WorkDone(order.id, "failed"))
    return sum(isinstance(effect, Work) for effect in phone.effects)


def test_a_loop_of_work_that_fails_at_once_is_one_too() -> None:
    phone = asking_again()
    assert asked(phone, 200, 0.001) <= MAX_MOVES + 1
    assert "a loop in the flow" in phone.noted("failed")[0]


def test_a_state_is_not_entered_for_ever_however_long_each_round_takes() -> None:
    phone = asking_again()
    assert asked(phone, MAX_VISITS, 0.5) == MAX_VISITS
    wrong = f"{MAX_VISITS} times in 'look' within an hour: a loop in the flow"
    assert wrong in phone.noted("failed")[0]
    apology(phone)


def test_who_asks_once_a_second_may_go_on() -> None:
    phone = asking_again()
    assert asked(phone, 2 * MAX_VISITS, 1.0) == 2 * MAX_VISITS + 1


def test_a_loop_that_takes_its_time_or_in_which_keys_are_pressed_is_none() -> None:
    phone = asking_again()
    assert asked(phone, 200, 0.1) == 201
    for _ in range(200):
        phone.press("1")
        asked(phone, 1, 0.001)
    assert phone.noted("failed") == []


def test_rushing_through_many_states_by_type_ahead_is_no_loop() -> None:
    flow = Flow("fast", start="begin")

    @flow.state(done="take")
    async def begin(call: Call) -> str:
        await answer(call, settle=0)
        await pause(call, 5)
        return "done"

    @flow.state(done="say_it", no_input=END, no_match=END)
    async def take(call: Call) -> str:
        return (await collect(call, "key", into="key", length=1)).outcome

    @flow.state(done="third")
    async def say_it(call: Call) -> str:
        return (await say(call, "thanks")).outcome

    @flow.state(done="take")
    async def third(call: Call) -> str:
        return "done"

    phone = Driver(flow=flow)
    phone.start()
    phone.press("1" * 32)
    phone.wait(5)
    assert phone.noted("failed") == []
    assert phone.playing and phone.playing.prompts == ("thanks",)


def test_a_state_that_waits_without_a_deadline_fails_in_the_end() -> None:
    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        await call.next_event()
        return "done"

    phone = broken(greet)
    phone.wait(LONGEST_WAIT - 0.1)
    assert not phone.session.ended
    phone.wait(0.1)
    assert f"{line_of(greet, 2)}waited 60 seconds without a deadline" in phone.noted("failed")[0]
    apology(phone)


def test_a_state_that_keeps_itself_busy_for_ever_meets_the_limit_of_a_call() -> None:
    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        while True:
            await call.next_event(call.now + 60)

    phone = broken(greet)
    phone.wait(LONGEST_CALL - 0.1)
    assert not phone.session.ended
    phone.wait(0.1)
    assert f"{line_of(greet, 3)}the call lasted longer than 4 hours" in phone.noted("failed")[0]
    apology(phone)


def test_a_deadline_beyond_the_limit_of_a_call_is_cut() -> None:
    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        return (await pause(call, 10 * LONGEST_CALL)).outcome

    phone = broken(greet)
    phone.wait(LONGEST_CALL)
    apology(phone)


@pytest.mark.parametrize("until", [float("nan"), "5"])
def test_a_deadline_that_is_no_time_fails(until: float) -> None:
    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        await call.next_event(until)
        return "done"

    apology(broken(greet))


def test_a_state_that_computes_for_too_long_says_so() -> None:
    async def greet(call: Call) -> str:
        raise StateTooSlow

    assert "computed for too long without awaiting" in broken(greet).noted("failed")[0]


def test_a_state_that_swallows_the_interruption_is_interrupted_again() -> None:
    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        try:
            raise StateTooSlow
        except BaseException:
            raise StateTooSlow from None

    apology(broken(greet))
