"""A flow that goes on, or breaks, when its call is over."""

from contextlib import suppress

import pytest

from ivr.engine.call import Call
from ivr.engine.effects import HangUp, Play, Record, Stop
from ivr.engine.errors import CallEnded, StateTooSlow
from ivr.engine.events import HungUp
from ivr.engine.limits import LONGEST_CALL
from ivr.engine.verbs import answer, hang_up, pause, record, say

from .broken import Foreign, apology, broken, line_of


def test_a_state_that_swallows_the_hang_up_and_returns_just_ends() -> None:
    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        with suppress(BaseException):
            await pause(call, 5)
        return "done"

    phone = broken(greet)
    assert phone.hang_up() == []
    assert phone.session.ended_by == "caller"
    assert phone.noted("failed") == []


def test_a_state_that_waits_on_after_the_hang_up_is_cut_off() -> None:
    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        try:
            await pause(call, 5)
        finally:
            await say(call, "goodbye")
        return "done"

    phone = broken(greet)
    assert phone.hang_up() == [Stop(1)], "of a playback that was never begun"
    assert phone.session.ended_by == "caller"
    [failed] = phone.noted("failed")
    assert line_of(greet, 5) + "went on waiting after the call had ended" in failed


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_state_that_will_not_end_is_left_alone() -> None:
    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        while True:
            try:
                await pause(call, 5)
            except BaseException:
                call.note("not me")

    phone = broken(greet)
    phone.hang_up()
    assert phone.session.ended_by == "caller"
    assert "while closing: RuntimeError: coroutine ignored" in phone.noted("failed")[1]
    assert phone.take(HungUp()) == []


def test_a_clean_up_that_fails_is_noted_and_the_caller_is_still_the_one_who_left() -> None:
    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        try:
            await pause(call, 5)
        finally:
            raise ValueError("cannot tidy up")

    phone = broken(greet)
    assert phone.hang_up() == []
    assert "ValueError: cannot tidy up" in phone.noted("failed")[0]
    assert phone.session.ended_by == "caller"


def test_a_clean_up_that_computes_for_too_long_is_noted() -> None:
    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        try:
            await pause(call, 5)
        finally:
            raise StateTooSlow

    phone = broken(greet)
    assert phone.hang_up() == []
    assert phone.session.ended_by == "caller"


def test_a_clean_up_may_hang_up() -> None:
    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        try:
            await Foreign()
        finally:
            await hang_up(call)
        return "done"

    phone = broken(greet)
    assert phone.effects[-1] == HangUp()
    assert len(phone.noted("failed")) == 1
    assert phone.session.ended_by == "error"


def test_a_flow_that_goes_on_after_its_own_hang_up_is_cut_off() -> None:
    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        with suppress(BaseException):
            await hang_up(call)
        await say(call, "goodbye")
        return "done"

    phone = broken(greet)
    assert phone.effects[1:] == [HangUp(), Stop(1)], "no media, no second end"
    assert phone.session.ended
    assert "went on waiting after the call had ended" in phone.noted("failed")[0]


def test_a_flow_that_raises_the_end_itself_still_hangs_up() -> None:
    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        raise CallEnded

    phone = broken(greet)
    assert phone.effects[1:] == [HangUp()]
    assert phone.session.ended_by == "flow"


def test_a_flow_ends_its_call_once() -> None:
    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        call.emit(HangUp())
        call.emit(HangUp())
        return "done"

    assert broken(greet).effects[1:] == [HangUp()]


def test_a_flow_that_breaks_after_its_own_hang_up_does_not_apologise() -> None:
    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        call.emit(HangUp())
        raise ValueError

    assert broken(greet).effects[1:] == [HangUp()]


def test_what_was_running_is_stopped_before_the_apology() -> None:
    async def greet(call: Call) -> str:
        await answer(call, settle=0)
        await record(call, beep=False, max_seconds=10 * LONGEST_CALL)
        return "done"

    phone = broken(greet)
    phone.wait(LONGEST_CALL)
    assert phone.effects[1:3] == [Record(1, "message", 10 * LONGEST_CALL, 4.0, 1.0), Stop(1)]
    apology(phone)


def test_nothing_gets_out_after_the_end() -> None:
    kept: list[Call] = []

    async def greet(call: Call) -> str:
        kept.append(call)
        await answer(call, settle=0)
        return "done"

    phone = broken(greet)
    kept[0].emit(Play(7, ("ghost",)))
    assert phone.take(HungUp()) == []
    assert kept[0].drain() == []
