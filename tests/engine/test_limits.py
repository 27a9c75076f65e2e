"""SEMANTICS 19: nothing is silent for long; and no call lasts longer than its flow says."""

from typing import Any

import pytest

from ivr.engine.call import Call
from ivr.engine.choices import Choices
from ivr.engine.effects import Dial, File, HangUp, Play, Record, Refer, Reject, Stop, Text
from ivr.engine.errors import CallEnded, LoadError
from ivr.engine.events import Interjected, LegEnded, PlayDone, RecordDone, WorkDone
from ivr.engine.flow import END, USUAL, Flow, Place
from ivr.engine.limits import COMFORT, DeadAir, MaxDuration
from ivr.engine.variables import Variable
from ivr.engine.verb import Result
from ivr.engine.verbs import answer, ask, call_flow, pause, record, say, transfer
from ivr.engine.work import work

from .driver import Driver, Walk


async def waiting(call: Call) -> Result:
    """For work, as long as it takes."""
    return Result((await work(call, "http", {}, 50)).outcome)


GREETED = {"name": Variable("text", "Ada")}
WORDS = (Text("{{ name }}"), File("a.wav"))
SAID = (Text("Ada"), File("outer/a.wav"))
NONSENSE = (Text("{{ nobody }}"),)


def in_a_called_flow(verb: Walk, **limits: Any) -> Driver:
    """A call in a flow that was called by one with *limits*, in another folder and with a name."""
    called = Flow("called", start="only", outcomes=["done"], place=Place("inner/f.yaml"))

    @called.state(done="done")
    async def only(call: Call) -> str:
        call.vars["name"] = "inner"
        await verb(call)
        return "done"

    flow = Flow("f", start="calls", variables=GREETED, place=Place("outer/f.yaml"), **limits)

    @flow.state(done=END)
    async def calls(call: Call) -> str:
        await answer(call, settle=0)
        return (await call_flow(call, called)).outcome

    phone = Driver(flow=flow)
    phone.start()
    return phone


def started(
    *verbs: Walk, dead_air: DeadAir | None = USUAL, limit: MaxDuration | None = None
) -> Driver:
    phone = Driver(*verbs)
    flow = Flow("one", start="only", dead_air=dead_air, max_duration=limit)
    flow.add(phone.session.flow.states["only"])
    phone.session = type(phone.session)(flow, "call-1")
    phone.start()
    return phone


# -- dead air ------------------------------------------------------------------------------------


def test_who_waits_in_silence_hears_something_every_four_seconds() -> None:
    phone = started(waiting)
    assert phone.wait(3.9) == []
    assert phone.wait(0.1) == [Play(2, (COMFORT,))]
    phone.play_done()
    assert phone.wait(3.9) == []
    assert phone.wait(0.1) == [Play(3, (COMFORT,))]
    assert phone.noted("dead_air") == ["4 s without a sound"] * 2
    phone.take(WorkDone(1))
    assert phone.result.outcome == "ok"


def test_the_flow_says_what_and_after_how_long_or_that_it_wants_silence() -> None:
    phone = started(waiting, dead_air=DeadAir(2, ("wait", Text("{{ caller }}"))))
    assert phone.wait(2) == [Play(2, ("wait", Text("alice")))]
    phone = started(waiting, dead_air=None)
    assert phone.wait(40) == []


def test_it_is_said_in_the_words_of_the_flow_that_took_the_call() -> None:
    phone = in_a_called_flow(waiting, dead_air=DeadAir(2, WORDS))
    assert phone.wait(2) == [Play(2, SAID)]
    assert phone.call.vars == {"name": "inner"}


def test_where_it_cannot_be_said_there_is_a_tone() -> None:
    phone = started(waiting, dead_air=DeadAir(2, NONSENSE))
    assert phone.wait(2) == [Play(2, (COMFORT,))]
    assert "nobody" in phone.noted("not_played")[0]


def test_it_does_not_disturb_what_comes_after_it() -> None:
    for verb in (
        lambda call: say(call, "hello"),
        lambda call: record(call, beep=False),
        lambda call: transfer(call, "sip:1@pbx", mode="refer"),
    ):
        phone = started(waiting, verb)
        phone.wait(4)
        effects = phone.take(WorkDone(1))
        assert effects[0] == Stop(2)
        assert isinstance(effects[1], Play | Record | Refer)


def test_what_is_over_has_to_be_what_was_heard() -> None:
    phone = started(lambda call: say(call, "long"))
    phone.take(RecordDone(1, 0.0, "stopped"))  # of the playback's number
    assert phone.wait(30) == []
    phone.play_done()
    assert phone.result.outcome == "done"


def test_it_ends_with_the_call() -> None:
    phone = started(waiting)
    phone.wait(4)
    assert phone.take(WorkDone(1)) == [Stop(2), HangUp()]
    phone = started(waiting)
    phone.wait(4)
    assert Stop(2) in phone.hang_up()


@pytest.mark.parametrize(
    "verb",
    [
        lambda call: pause(call, 30),
        lambda call: ask(call, silent=True, choices=Choices({"x": ["1"]}), first_digit=30),
        lambda call: record(call, beep=False, silence=0),
        lambda call: transfer(call, "sip:1@pbx", ringing="silence", ring=30),
        lambda call: transfer(call, "sip:1@pbx", mode="refer", ring=30),
    ],
)
def test_silence_that_is_wanted_is_left_alone(verb: Walk) -> None:
    phone = started(verb)
    phone.wait(29)
    assert phone.noted("dead_air") == []


def test_a_far_end_that_left_leaves_silence_behind() -> None:
    async def calls_out(call: Call) -> Result:
        call.emit(Dial(call.new_leg(), "sip:1@pbx"))
        while True:
            await call.next_event(call.now + 50)

    phone = started(calls_out)
    phone.wait(10)
    phone.take(LegEnded(1))
    assert phone.wait(4) == [Play(1, (COMFORT,))]


def test_before_the_sound_is_open_it_is_silent() -> None:
    async def only(call: Call) -> str:
        await waiting(call)
        return "done"

    flow = Flow("f", start="only")
    flow.state(done=END)(only)
    phone = Driver(flow=flow)
    phone.offered()
    phone.wait(30)
    assert phone.noted("dead_air") == []


# -- the longest call ----------------------------------------------------------------------------


def test_a_call_has_its_time_is_told_so_and_ends() -> None:
    limit = MaxDuration(100, ("soon_over",), 30, ("goodbye",))
    cleaned: list[bool] = []

    async def long(call: Call) -> Result:
        try:
            return await pause(call, 1000)
        finally:
            cleaned.append(call.over)

    phone = started(long, limit=limit)
    assert phone.wait(69) == []
    assert phone.wait(1) == [Play(1, ("soon_over",), over=True)]
    phone.take(PlayDone(1))
    assert phone.wait(29) == []
    assert phone.wait(1) == [Play(2, ("goodbye",)), HangUp(2, "timeout")]
    assert cleaned == [False]
    assert phone.noted("max_duration") == ["100 s"]
    assert phone.noted("failed") == []
    assert phone.session.ended_by == "timeout"


def test_its_words_are_those_of_the_flow_that_took_the_call() -> None:
    limit = MaxDuration(100, WORDS, 30, WORDS)
    phone = in_a_called_flow(lambda call: pause(call, 1000), max_duration=limit)
    assert phone.wait(70) == [Play(1, SAID, over=True)]
    phone.take(PlayDone(1))
    assert phone.wait(30) == [Play(2, SAID), HangUp(2, "timeout")]


def test_a_warning_that_cannot_be_said_is_left_out_and_nobody_is_cut_off_in_silence() -> None:
    limit = MaxDuration(100, NONSENSE, 30, NONSENSE)
    phone = started(lambda call: pause(call, 1000), limit=limit)
    assert phone.wait(100) == [Play(1, ("sorry",)), HangUp(1, "timeout")]
    assert len(phone.noted("not_played")) == 2
    assert phone.noted("failed") == []


def test_a_warning_that_cannot_come_is_a_fault() -> None:
    limit = MaxDuration(30, ("soon_over",))
    with pytest.raises(LoadError, match="due 60 s before the end"):
        Flow("f", start="a", max_duration=limit).check()


def test_the_warning_waits_until_the_operator_has_spoken() -> None:
    limit = MaxDuration(100, ("soon_over",), 30)
    phone = started(lambda call: pause(call, 1000), limit=limit)
    phone.wait(60)
    phone.take(Interjected("news"))
    assert phone.wait(20) == []
    assert phone.take(PlayDone(1)) == []
    assert phone.wait(0) == [Play(2, ("soon_over",), over=True)]
    phone.take(PlayDone(2))
    assert phone.wait(20) == [HangUp(by="timeout")]


def test_without_words_it_just_ends() -> None:
    phone = started(lambda call: say(call, "long"), limit=MaxDuration(10))
    assert phone.wait(10) == [Stop(1), HangUp(by="timeout")]


def test_also_while_an_operator_talks_or_nobody_has_answered() -> None:
    phone = started(lambda call: pause(call, 1000), limit=MaxDuration(10))
    phone.take(Interjected("news"))
    assert phone.wait(10) == [HangUp(by="timeout")]

    async def only(call: Call) -> str:
        await pause(call, 1000)
        return (await answer(call)).outcome

    flow = Flow("f", start="only", max_duration=MaxDuration(10, play=("goodbye",)))
    flow.state(done=END)(only)
    phone = Driver(flow=flow)
    phone.offered()
    assert phone.wait(10) == [HangUp(by="timeout")]


def test_a_flow_that_will_not_end_is_ended() -> None:
    async def stubborn(call: Call) -> Result:
        while True:
            try:
                await pause(call, 1000)
            except CallEnded:
                call.note("not me")
                await pause(call, 1000)

    phone = started(stubborn, limit=MaxDuration(10))
    phone.wait(10)
    assert "went on waiting after the call's time was up" in phone.noted("failed")[0]
    assert phone.session.ended_by == "error"

    async def hangs_up(call: Call) -> Result:
        try:
            return await pause(call, 1000)
        finally:
            call.end()
            raise CallEnded

    phone = started(hangs_up, limit=MaxDuration(10))
    assert phone.wait(10) == [HangUp()]
    assert phone.session.ended_by == "timeout"


def test_its_prompts_are_the_flow_s() -> None:
    assert Flow("f", start="a").prompts == set()
    limit = MaxDuration(10, ("warning",), 5, ("goodbye",))
    flow = Flow("f", start="a", dead_air=DeadAir(4, ("wait",)), max_duration=limit)
    assert flow.prompts == {"warning", "goodbye", "wait"}
    assert Flow("f", start="a", dead_air=None).prompts == set()


def test_a_refusal_ends_comfort_too() -> None:
    async def only(call: Call) -> str:
        call.early = True
        await waiting(call)
        call.emit(Reject(486))
        raise CallEnded

    flow = Flow("f", start="only")
    flow.state(done=END)(only)
    phone = Driver(flow=flow)
    phone.offered()
    phone.wait(4)
    assert phone.take(WorkDone(1)) == [Stop(2), Reject(486)]
