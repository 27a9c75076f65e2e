"""What an operator does to a live call: move it, have a prompt played in between, end it."""

import gc
from datetime import UTC, datetime

import pytest

from ivr.engine.call import Call
from ivr.engine.choices import Choices
from ivr.engine.effects import (
    Answer,
    Drop,
    Effect,
    HangUp,
    Play,
    Record,
    Stop,
    Text,
    Unlisten,
)
from ivr.engine.events import Answered, Dismissed, Interjected, Moved, PlayDone, Tick
from ivr.engine.flow import END, Flow
from ivr.engine.limits import LONGEST_CALL
from ivr.engine.verb import Result
from ivr.engine.verbs import answer, ask, collect, hang_up, pause, record, say, transfer
from ivr.engine.work import work

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


def flow_of(first: Walk, second: Walk) -> Flow:
    flow = Flow("two", start="here")

    @flow.state(done="there", other=END)
    async def here(call: Call) -> str:
        await answer(call, settle=0)
        await first(call)
        return "done"

    @flow.state(done=END)
    async def there(call: Call) -> str:
        await second(call)
        return "done"

    return flow


def two_states(first: Walk, second: Walk = WAITING["say"]) -> Driver:
    """A call in the state `here`, which does *first*; an operator may move it `there`."""
    return Driver(flow=flow_of(first, second))


def started(first: Walk, second: Walk = WAITING["say"]) -> Driver:
    phone = two_states(first, second)
    phone.start()
    return phone


# -- moved ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", WAITING.values(), ids=WAITING)
def test_a_call_is_moved_out_of_every_verb(verb: Walk) -> None:
    phone = started(verb)
    *stops, play = phone.take(Moved("there"))
    assert phone.session.state == "there"
    assert play == Play(play.id, ("welcome",))  # type: ignore[union-attr]
    assert all(isinstance(effect, Stop | Drop | Unlisten) for effect in stops)
    assert phone.noted("state") == ["here", "there"]
    phone.play_done()
    assert phone.session.ended_by == "flow"
    assert phone.noted("failed") == []


@pytest.mark.parametrize(
    ("verb", "running"),
    [("say", Play), ("ask", Play), ("collect", Play), ("record", Record), ("transfer", Play)],
)
def test_what_was_running_is_stopped_first(verb: str, running: type[Effect]) -> None:
    phone = started(WAITING[verb])
    [effect] = [effect for effect in phone.effects if isinstance(effect, running)]
    assert phone.take(Moved("there"))[0] == Stop(effect.id)  # type: ignore[union-attr]


def test_clean_up_runs_once_and_nothing_swallows_the_move() -> None:
    cleaned: list[str] = []

    async def walk(call: Call) -> Result:
        try:
            return await pause(call, 5)
        except Exception:
            raise AssertionError from None
        finally:
            cleaned.append(call.id)

    phone = started(walk)
    phone.take(Moved("there"))
    phone.hang_up()
    assert cleaned == ["call-1"]


def test_a_state_that_swallows_the_move_is_left_all_the_same() -> None:
    async def walk(call: Call) -> Result:
        try:
            await pause(call, 5)
        finally:
            return Result()  # noqa: B012

    phone = started(walk)
    phone.take(Moved("there"))
    assert phone.session.state == "there"


def test_a_state_that_goes_on_waiting_is_broken() -> None:
    async def walk(call: Call) -> Result:
        try:
            await pause(call, 5)
        finally:
            await pause(call, 5)
        return Result()

    phone = started(walk)
    phone.take(Moved("there"))
    [fault] = phone.noted("failed")
    assert fault.endswith("went on waiting after the call was moved")
    assert phone.session.ended_by == "error"


def test_clean_up_may_end_the_call() -> None:
    async def walk(call: Call) -> Result:
        try:
            return await pause(call, 5)
        finally:
            await hang_up(call)

    phone = started(walk)
    assert phone.take(Moved("there")) == [HangUp()]
    assert phone.session.ended_by == "flow"


def test_an_unknown_state_changes_nothing() -> None:
    phone = started(WAITING["pause"])
    deadline = phone.session.deadline
    assert phone.take(Moved("nowhere")) == []
    assert phone.noted("not_moved") == ["no such state: 'nowhere'; states: here, there"]
    assert (phone.session.state, phone.session.deadline) == ("here", deadline)


def test_a_state_can_be_entered_anew() -> None:
    phone = started(lambda call: ask(call, "menu", choices=WORDS, attempts=2, first_digit=1))
    phone.play_done()
    phone.wait(1)
    phone.take(Moved("here"))
    for _ in range(2):
        phone.play_done()
        assert phone.session.state == "here"
        phone.wait(1)
    assert phone.session.state == "there"


def test_keys_of_a_step_that_was_cut_off_are_gone() -> None:
    phone = started(WAITING["collect"], WAITING["collect"])
    phone.press("12")
    phone.take(Moved("there"))
    assert phone.noted("entry") == ["cut off 12"]
    phone.press("3456")
    assert phone.call.vars["pin"] == "3456"


def ringing(second: Walk) -> Driver:
    flow = Flow("two", start="here")

    @flow.state(done="there")
    async def here(call: Call) -> str:
        return (await pause(call, 5)).outcome

    @flow.state(done=END)
    async def there(call: Call) -> str:
        return (await second(call)).outcome

    phone = Driver(flow=flow)
    phone.offered()
    return phone


def test_a_call_that_rings_can_be_moved() -> None:
    assert ringing(answer).take(Moved("there")) == [Answer()]


def test_a_call_that_is_being_answered_is_moved_when_the_caller_is_there() -> None:
    phone = two_states(WAITING["pause"])
    phone.offered()
    assert phone.take(Moved("there")) == []
    assert phone.session.state == "here"
    phone.take(Answered())
    assert phone.session.state == "there"
    assert phone.playing
    phone.take(Moved("here"))
    assert phone.session.state == "here"


def test_a_call_that_is_over_is_not_moved() -> None:
    phone = started(hang_up)
    assert phone.take(Moved("there")) == []
    assert phone.noted("state") == ["here"]


# -- a prompt in between -------------------------------------------------------------------------


def interjected(phone: Driver, prompt: str = "news") -> Play:
    [play] = phone.take(Interjected(prompt))
    assert phone.interjection == play == Play(play.id, (prompt,), over=True)  # type: ignore[union-attr]
    return phone.interjection


def test_the_time_of_a_step_stands_still_while_the_operator_speaks() -> None:
    phone = started(lambda call: ask(call, "menu", choices=WORDS, first_digit=5))
    phone.play_done()
    phone.wait(4)
    news = interjected(phone)
    phone.wait(20)
    assert phone.take(PlayDone(news.id)) == []
    phone.wait(0.9)
    assert phone.noted("entry") == []
    phone.wait(0.2)
    assert phone.noted("entry") == ["no_input"]


def test_what_a_step_plays_goes_on_after_it() -> None:
    phone = started(WAITING["say"])
    phone.wait(1)
    news = interjected(phone)
    phone.wait(3)
    assert phone.take(PlayDone(news.id)) == []
    phone.wait(1)
    phone.press("1")
    assert phone.noted("barge_in")[0] == "after 2.00 s"


def test_a_key_counts_also_meanwhile() -> None:
    phone = started(lambda call: collect(call, "pin", into="pin", length=2, inter_digit=2))
    news = interjected(phone)
    phone.press("1")
    phone.wait(10)
    phone.take(PlayDone(news.id))
    phone.wait(1.9)
    phone.press("2")
    assert phone.call.vars["pin"] == "12"
    assert phone.session.state == "there"


def test_its_words_are_spoken_as_they_are() -> None:
    phone = started(WAITING["pause"])
    [play] = phone.take(Interjected(Text("{{ account }}")))
    assert play == Play(1, (Text("{{ account }}"),), over=True)


def test_a_second_one_takes_the_place_of_the_first() -> None:
    phone = started(lambda call: pause(call, 2))
    phone.wait(1)
    first = interjected(phone)
    phone.wait(5)
    stop, second = phone.take(Interjected("other"))
    assert stop == Stop(first.id) and isinstance(second, Play)
    phone.wait(5)
    phone.take(PlayDone(first.id))
    phone.wait(5)
    assert phone.session.state == "here"
    phone.take(PlayDone(second.id))
    phone.wait(0.9)
    assert phone.session.state == "here"
    phone.wait(0.2)
    assert phone.session.state == "there"


def test_silence_after_two_of_them_is_silence() -> None:
    phone = started(lambda call: work(call, "http", {}, 60))  # type: ignore[arg-type,return-value]
    interjected(phone)
    _, second = phone.take(Interjected("other"))
    phone.take(PlayDone(second.id))  # type: ignore[union-attr]
    phone.wait(4)
    assert phone.noted("dead_air") == ["4 s without a sound"]


def test_one_that_never_ends_is_stopped() -> None:
    phone = started(WAITING["pause"])
    news = interjected(phone)
    assert phone.wait(600) == [Stop(news.id)]
    assert phone.noted("playback_without_end") == ["of an operator's prompt"]
    phone.wait(5)
    assert phone.session.state == "there"


def test_nothing_is_played_before_the_answer() -> None:
    phone = ringing(answer)
    assert phone.take(Interjected("news")) == []
    assert phone.noted("not_played") == ["the call is not answered"]


def test_the_time_of_day_goes_on() -> None:
    start = datetime(2026, 11, 2, 12, tzinfo=UTC).timestamp()
    phone = two_states(WAITING["pause"])
    phone.start(wall=start)
    news = interjected(phone)
    phone.wait(60)
    phone.take(PlayDone(news.id))
    phone.wait(5)
    assert phone.call.time.timestamp() == pytest.approx(start + 65)


def test_the_time_of_day_goes_on_after_a_call_that_ended_meanwhile() -> None:
    start = datetime(2026, 11, 2, 12, tzinfo=UTC).timestamp()
    phone = two_states(WAITING["pause"])

    @phone.session.flow.on_hang_up()
    async def tidy(call: Call) -> str:
        call.note("over", call.time.isoformat())
        return "done"

    phone.start(wall=start)
    interjected(phone)
    phone.wait(60)
    phone.hang_up()
    assert phone.noted("over") == ["2026-11-02T12:01:00+00:00"]


def test_no_call_is_longer_for_it_than_any_may_be() -> None:
    phone = started(lambda call: pause(call, 86400))
    phone.wait(LONGEST_CALL - 1)
    interjected(phone)
    phone.wait(1)
    assert phone.session.ended_by == "error"


@pytest.mark.parametrize("lost", [0.1, 0.3, 1 / 3, 7.7])
def test_a_step_is_due_exactly_when_it_said_whatever_was_lost(lost: float) -> None:
    phone = started(lambda call: pause(call, 1.1))
    phone.wait(0.7)
    news = interjected(phone)
    phone.wait(lost)
    phone.take(PlayDone(news.id))
    assert phone.session.deadline
    phone.now = phone.session.deadline
    phone.take(Tick())
    assert phone.session.state == "there"


def test_a_move_meanwhile_is_a_move_as_always() -> None:
    phone = started(WAITING["pause"])
    news = interjected(phone)
    phone.take(Moved("there"))
    assert phone.playing
    assert phone.take(PlayDone(news.id)) == []
    phone.play_done()
    assert phone.session.ended_by == "flow"


# -- dismissed -----------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", WAITING.values(), ids=WAITING)
def test_a_call_is_ended_in_every_verb(verb: Walk) -> None:
    phone = started(verb)
    end, *stops = phone.take(Dismissed())
    assert end == HangUp(by="operator")
    assert all(isinstance(effect, Stop | Drop | Unlisten) for effect in stops)
    assert phone.session.ended_by == "operator"
    assert phone.noted("end") == ["operator"]
    assert phone.hang_up("operator") == []


def test_a_call_that_rings_is_ended_too() -> None:
    phone = ringing(answer)
    assert phone.take(Dismissed()) == [HangUp(by="operator")]
    assert phone.session.ended_by == "operator"


# -- and nothing is left -------------------------------------------------------------------------


@pytest.mark.parametrize("verb", WAITING.values(), ids=WAITING)
def test_nothing_is_left_for_the_garbage_collector(verb: Walk) -> None:
    """A worker runs with the collector off."""

    flow = flow_of(verb, verb)

    def run() -> None:
        phone = Driver(flow=flow)
        phone.start()
        phone.take(Moved("there"))
        phone.take(PlayDone(interjected(phone).id))
        phone.take(Dismissed())

    run()
    gc.collect()
    gc.disable()
    try:
        run()
        assert gc.collect() == 0
    finally:
        gc.enable()
