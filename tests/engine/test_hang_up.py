"""SEMANTICS 7: the caller may leave at any moment."""

import gc

import pytest

from ivr.engine.call import Call
from ivr.engine.choices import Choices
from ivr.engine.effects import (
    Answer,
    Dial,
    Drop,
    Effect,
    HangUp,
    Play,
    Record,
    Reject,
    Stop,
    Unlisten,
)
from ivr.engine.events import Answered, Digit, HungUp, PlayDone, Tick
from ivr.engine.flow import END, Flow
from ivr.engine.verb import Result
from ivr.engine.verbs import answer, ask, collect, hang_up, pause, record, say, transfer

from .driver import Driver, Walk

WORDS = Choices({"one": ["1", "one"]})
WAITING: dict[str, Walk] = {
    "say": lambda call: say(call, "welcome"),
    "ask": lambda call: ask(call, "menu", choices=WORDS),
    "collect": lambda call: collect(call, "pin", into="pin", length=4),
    "record": lambda call: record(call, beep=False),
    "transfer": lambda call: transfer(call, "sip:1@pbx"),
    "pause": lambda call: pause(call, 5),
}


@pytest.mark.parametrize("verb", WAITING.values(), ids=WAITING)
def test_it_can_come_in_every_verb(verb: Walk) -> None:
    phone = Driver(verb)
    phone.start()
    effects = phone.hang_up()
    assert phone.session.ended_by == "caller"
    assert phone.session.deadline is None
    assert not phone.results
    assert phone.noted("failed") == []
    assert all(isinstance(effect, Stop | Drop | Unlisten) for effect in effects), "no media"


@pytest.mark.parametrize(
    ("verb", "started"),
    [("say", Play), ("ask", Play), ("collect", Play), ("record", Record), ("transfer", Play)],
)
def test_what_was_running_is_stopped(verb: str, started: type[Effect]) -> None:
    phone = Driver(WAITING[verb])
    phone.start()
    [running] = [effect for effect in phone.effects if isinstance(effect, started)]
    assert Stop(running.id) in phone.hang_up()  # type: ignore[union-attr]


def test_it_can_come_before_the_answer() -> None:
    phone = Driver(WAITING["say"])
    phone.offered()
    assert phone.hang_up() == []
    assert phone.session.ended_by == "caller"


def test_it_can_come_while_the_caller_has_not_yet_acknowledged_the_answer() -> None:
    flow = Flow("wait", start="ring")

    @flow.state(done=END)
    async def ring(call: Call) -> str:
        await pause(call, 3)
        await answer(call)
        return "done"

    phone = Driver(flow=flow)
    phone.offered()
    phone.wait(3)
    phone.hang_up()
    assert phone.session.ended_by == "caller"


def test_clean_up_runs_exactly_once_and_variables_stay() -> None:
    cleaned: list[str] = []

    async def walk(call: Call) -> Result:
        call.vars["step"] = "pin"
        try:
            return await collect(call, into="pin", length=4)
        finally:
            cleaned.append(call.id)

    phone = Driver(walk)
    phone.start()
    phone.press("12")
    phone.hang_up()
    phone.hang_up()
    phone.wait(10)
    assert cleaned == ["call-1"]
    assert phone.call.vars == {"step": "pin"}


def test_a_flow_may_write_notes_while_it_tidies_up() -> None:
    async def walk(call: Call) -> Result:
        try:
            return await pause(call, 5)
        finally:
            call.note("tidied", "up")

    phone = Driver(walk)
    phone.start()
    phone.hang_up()
    assert phone.journal[-2:] == ["tidied: up", "end: caller"]


def test_there_is_no_media_after_the_end() -> None:
    async def walk(call: Call) -> Result:
        try:
            return await pause(call, 5)
        finally:
            call.emit(Play(9, ("goodbye",)))
            call.emit(Dial(1, "sip:1@pbx"))
            call.end()

    phone = Driver(walk)
    phone.start()
    assert phone.hang_up() == []


@pytest.mark.parametrize(
    "event", [Answered(), Digit("1"), PlayDone(1), Tick(), HungUp("drain")], ids=repr
)
def test_late_events_are_ignored(event: Answered | Digit | PlayDone | Tick | HungUp) -> None:
    phone = Driver(WAITING["say"])
    phone.start()
    phone.hang_up()
    assert phone.take(event) == []
    assert phone.session.ended_by == "caller"


@pytest.mark.parametrize("by", ["caller", "media_timeout", "drain", "error"])
def test_who_hung_up_is_recorded(by: str) -> None:
    phone = Driver(WAITING["say"])
    phone.start()
    phone.hang_up(by)
    assert phone.session.ended_by == by
    assert phone.noted("end") == [by]


def test_the_flow_can_hang_up_itself() -> None:
    phone = Driver(hang_up)
    assert phone.start() == [HangUp()]
    assert phone.session.ended_by == "flow"
    assert phone.hang_up() == []


def test_the_flow_can_hang_up_before_the_answer() -> None:
    flow = Flow("no", start="no")

    @flow.state()
    async def no(call: Call) -> str:
        return (await hang_up(call)).outcome

    phone = Driver(flow=flow)
    assert phone.offered() == [Reject(480)]


def test_a_flow_that_comes_to_its_end_hangs_up() -> None:
    phone = Driver()
    assert phone.start() == [HangUp()]
    assert phone.noted("end") == ["flow"]


def test_a_flow_that_comes_to_its_end_unanswered_says_unavailable() -> None:
    flow = Flow("no", start="no")

    @flow.state(done=END)
    async def no(call: Call) -> str:
        return "done"

    phone = Driver(flow=flow)
    assert phone.offered() == [Reject(480)]
    assert phone.session.ended


def test_a_call_hung_up_while_the_answer_is_on_its_way_gets_a_bye() -> None:
    flow = Flow("hasty", start="hasty")

    @flow.state()
    async def hasty(call: Call) -> str:
        call.emit(Answer())
        return (await hang_up(call)).outcome

    phone = Driver(flow=flow)
    assert phone.offered()[1:] == [HangUp()]


def test_a_recording_is_closed_and_kept() -> None:
    phone = Driver(WAITING["record"])
    phone.start()
    [taking] = [effect for effect in phone.effects if isinstance(effect, Record)]
    assert phone.hang_up() == [Stop(taking.id)]


@pytest.mark.parametrize("verb", WAITING.values(), ids=WAITING)
@pytest.mark.parametrize("broken", [False, True])
def test_an_ended_call_leaves_nothing_for_the_garbage_collector(verb: Walk, broken: bool) -> None:
    """A worker runs with the collector off."""
    flow = Flow("one", start="only")

    @flow.state(done=END)
    async def only(call: Call) -> str:
        await answer(call)
        return (await verb(call)).outcome

    def run() -> None:
        phone = Driver(flow=flow)
        phone.start()
        phone.wait(0.5)
        phone.press("9*12#")
        phone.hang_up()
        if broken:
            phone = Driver(flow=flow)
            phone.start()
            phone.wait(20_000)

    run()
    gc.collect()
    gc.disable()
    try:
        run()
        assert gc.collect() == 0
    finally:
        gc.enable()
