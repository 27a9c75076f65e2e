"""DESIGN ruling 1: a broken flow hurts its own call, says where, and the caller hears of it."""

import asyncio
from collections.abc import Callable
from typing import NoReturn

import pytest

from ivr.engine.call import Call
from ivr.engine.codes import Code
from ivr.engine.effects import HangUp, Play, Reject, Text
from ivr.engine.errors import StateTooSlow
from ivr.engine.events import Answered, HungUp, Offered
from ivr.engine.flow import END, Flow, Place, State
from ivr.engine.session import Session
from ivr.engine.values import Secret, Value
from ivr.engine.verb import Result
from ivr.engine.verbs import answer, collect, pause, say

from .broken import Foreign, apology, broken, flow_of, line_of
from .driver import Driver


def test_a_state_that_raises_is_reported_with_its_line_and_the_caller_hears_an_apology() -> None:
    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        return str(1 // 0)

    phone = broken(greet)
    expected = line_of(greet, 2) + "ZeroDivisionError: integer division or modulo by zero"
    assert phone.noted("failed") == [f"greet: {expected}"]
    apology(phone)


def test_the_line_is_that_of_the_flow_even_if_something_below_it_raised() -> None:
    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        call.vars["number"] = int(Place("a.yaml", 1).fault("x", Code.BAD_VALUE).message)
        return "done"

    phone = broken(greet)
    assert line_of(greet, 2) in phone.noted("failed")[0]


def test_the_line_in_a_verb_is_the_line_that_used_it() -> None:
    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        return (await say(call, Text("{{ nobody }}"))).outcome

    phone = broken(greet)
    assert line_of(greet, 2) + "'{{ nobody }}': 'nobody' is undefined" in phone.noted("failed")[0]


def test_a_verb_of_a_flow_file_says_where_it_stands_there() -> None:
    async def greet(call: Call) -> str:
        call.place = "menu.yaml:7"
        raise ValueError("no")

    assert broken(greet).noted("failed") == ["greet: menu.yaml:7: ValueError: no"]


def test_a_place_of_an_earlier_state_is_not_blamed() -> None:
    flow = Flow("two", start="first")

    @flow.state(done="second")
    async def first(call: Call) -> str:
        call.place = "menu.yaml:7"
        return "done"

    @flow.state(done=END)
    async def second(call: Call) -> str:
        raise ValueError

    phone = Driver(flow=flow)
    phone.offered()
    assert line_of(second, 2) in phone.noted("failed")[0]


def test_a_state_that_does_not_say_where_it_stands_is_named_at_least() -> None:
    async def greet(call: Call) -> str:
        raise ValueError("no")

    flow = Flow("test", start="greet")
    flow.add(State("greet", greet, {"done": END}))
    phone = Driver(flow=flow)
    phone.offered()
    assert phone.noted("failed") == ["greet: ValueError: no"]


def test_before_the_answer_the_caller_gets_a_500() -> None:
    async def greet(call: Call) -> str:
        raise ValueError

    assert broken(greet).effects == [Reject(500)]


def test_between_answer_and_acknowledgement_the_caller_gets_a_bye() -> None:
    async def greet(call: Call) -> str:
        return (await answer(call)).outcome

    phone = Driver(flow=flow_of(greet))
    phone.offered()
    assert phone.wait(40) == [HangUp()]
    assert "did not acknowledge the answer" in phone.noted("failed")[0]


def test_an_undeclared_outcome_fails() -> None:
    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        return "sales"

    phone = broken(greet)
    assert "the outcome 'sales' is not declared; declared: done" in phone.noted("failed")[0]
    assert line_of(greet, 0) in phone.noted("failed")[0]
    apology(phone)


def test_no_outcome_at_all_fails() -> None:
    async def greet(call: Call) -> str:
        return None  # type: ignore[return-value]

    assert "the outcome None is not declared" in broken(greet).noted("failed")[0]


def test_a_map_that_was_never_checked_and_is_wrong_fails() -> None:
    async def greet(call: Call) -> str:
        raise AssertionError("never entered")

    phone = broken(greet, done="nowhere")
    assert "no such state: 'nowhere'" in phone.noted("failed")[0]
    assert phone.effects == [Reject(500)]


@pytest.mark.parametrize(
    "foreign",
    [Foreign, lambda: asyncio.sleep(0), lambda: asyncio.sleep(1), lambda: Call("x").wait_until],
    ids=["object", "asyncio.sleep(0)", "asyncio.sleep(1)", "not awaitable"],
)
def test_a_state_that_awaits_something_foreign_fails(foreign: Callable[[], object]) -> None:
    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        await foreign()  # type: ignore[misc]
        return "done"

    phone = broken(greet)
    assert line_of(greet, 2) in phone.noted("failed")[0]
    apology(phone)


def test_what_was_awaited_is_named() -> None:
    async def greet(call: Call) -> str:
        await asyncio.sleep(0)
        return "done"

    assert "awaited None; a flow can only await verbs" in broken(greet).noted("failed")[0]


def test_who_waits_with_asyncio_is_told_of_pause() -> None:
    async def greet(call: Call) -> str:
        await asyncio.sleep(1)
        return "done"

    [said] = broken(greet).noted("failed")
    assert "no running event loop; a flow can only await verbs: pause" in said


def test_a_state_that_is_no_async_function_fails() -> None:
    def greet(call: Call) -> str:
        return "done"

    phone = broken(greet)  # type: ignore[arg-type]
    assert "a state must be an async function" in phone.noted("failed")[0]
    assert phone.effects == [Reject(500)]


def test_a_state_with_other_parameters_fails() -> None:
    async def greet() -> str:
        return "done"

    phone = broken(greet)  # type: ignore[arg-type]
    assert "takes 0 positional arguments" in phone.noted("failed")[0]


@pytest.mark.parametrize("error", [StateTooSlow, SystemExit, asyncio.CancelledError, GeneratorExit])
def test_no_exception_gets_out_of_its_call(error: type[BaseException]) -> None:
    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        raise error

    phone = broken(greet)
    assert line_of(greet, 2) in phone.noted("failed")[0]
    apology(phone)


def test_only_the_operator_can_interrupt() -> None:
    async def greet(call: Call) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken(greet)


def test_an_error_that_cannot_be_put_into_words_is_named() -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise ValueError

    async def greet(call: Call) -> str:
        raise Mute

    assert broken(greet).noted("failed")[0].endswith("Mute: without words")


def test_a_secret_does_not_get_out_with_an_error() -> None:
    async def greet(call: Call) -> str:
        call.vars["pin"] = Secret("4711x")
        call.vars["nothing"] = Secret("")
        return str(int("4711x"))

    [failed] = broken(greet).noted("failed")
    assert "4711" not in failed
    assert failed.endswith("invalid literal for int() with base 10: '***'")


def test_the_neighbours_do_not_notice() -> None:
    flow = Flow("shared", start="menu")

    @flow.state(done=END, no_input=END, no_match=END)
    async def menu(call: Call) -> str:
        await answer(call, settle=0)
        result = await collect(call, "pin", into="pin", length=2)
        if result.value == "66":
            raise ValueError("the devil")
        return result.outcome

    phones = [Driver(flow=flow) for _ in range(3)]
    for phone in phones:
        phone.start()
        phone.press("6")
    for phone, key in zip(phones, "162", strict=True):
        phone.press(key)
    assert [phone.session.ended_by for phone in phones] == ["flow", "error", "flow"]
    assert [phone.call.vars.get("pin") for phone in phones] == ["61", "66", "62"]


def test_a_verb_of_ones_own_is_used_like_a_built_in_one() -> None:
    async def hum(call: Call) -> Result:
        call.emit(Play(call.new_id(), ("hum",)))
        await call.next_event(call.now + 1)
        return Result("hummed")

    phone = Driver(hum)
    phone.start()
    phone.wait(1)
    assert phone.result.outcome == "hummed"


def test_a_session_that_was_never_offered_a_call_takes_nothing() -> None:
    async def greet(call: Call) -> str:
        raise AssertionError("never entered")

    session = Session(flow_of(greet), "call-1")
    assert session.handle(Answered(), 1.0) == []
    assert session.handle(HungUp(), 1.0) == []
    assert not session.ended


def test_a_second_offer_is_ignored() -> None:
    async def greet(call: Call) -> str:
        await pause(call, 5)
        return "done"

    phone = broken(greet)
    assert phone.take(Offered("mallory", "666")) == []
    assert phone.call.caller == "alice"


class Unsayable(str):
    """A text that cannot be put into words."""

    def __format__(self, spec: str) -> str:
        raise ValueError(spec)


def test_a_call_whose_variables_cannot_be_told_ends_alone() -> None:
    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        call.keep_secret("4711")
        call.vars["x"] = Unsayable("x")
        return "done"

    phone = broken(greet)
    assert phone.noted("failed")[-1] == "greet: ValueError"
    assert phone.noted("end") == ["error"]
    assert phone.session.ended
    assert phone.call.typed_secrets == []
    assert [each for each in phone.effects if isinstance(each, HangUp)] == [HangUp()]


def test_an_operator_may_stop_us_while_a_call_is_being_rescued() -> None:
    class Stopped(dict[str, Value]):
        def items(self) -> NoReturn:
            raise KeyboardInterrupt

        values = items

    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        call.vars = Stopped(x=1)
        raise ValueError("no")

    with pytest.raises(KeyboardInterrupt):
        broken(greet)
