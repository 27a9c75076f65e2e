"""Waiting for what is done outside: what the caller hears, and when it is given up."""

from typing import Any

from ivr.engine.call import Call
from ivr.engine.effects import Early, Play, Stop, Work
from ivr.engine.events import EarlyMedia, WorkDone
from ivr.engine.flow import END, Flow
from ivr.engine.limits import COMFORT
from ivr.engine.verb import Result
from ivr.engine.work import LOST, WhileWaiting, work

from .driver import Driver

MUSIC = WhileWaiting(("music",), after=2.0)


def waits(seconds: float = 5.0, waiting: WhileWaiting | None = None, **others: Any) -> Driver:
    async def verb(call: Call) -> Result:
        done = await work(call, "http", {"url": "x"}, seconds, waiting, **others)
        return Result(done.outcome, reason=done.reason)

    return Driver(verb)


def ordered(phone: Driver) -> Work:
    [found] = [effect for effect in phone.effects if isinstance(effect, Work)]
    return found


def test_what_comes_of_work_is_the_result() -> None:
    phone = waits()
    assert phone.start() == [Work(1, "http", {"url": "x"}, 5.0)]
    phone.take(WorkDone(7, "failed"))  # of something else
    assert not phone.results
    phone.take(WorkDone(1, "failed", reason="no"))
    assert phone.result == Result("failed", reason="no")


def test_work_of_which_nothing_is_heard_is_lost_a_second_after_its_time() -> None:
    phone = waits(2.0)
    phone.start()
    phone.wait(2.9)
    assert not phone.results
    assert Stop(1) in phone.wait(0.2)
    assert phone.result == Result("timeout", reason=LOST.reason)


def test_music_is_played_once_it_was_silent_for_long_enough_and_again_and_again() -> None:
    phone = waits(20.0, MUSIC)
    phone.start()
    assert phone.wait(1.9) == []
    assert phone.wait(0.1) == [Play(2, ("music",))]
    assert phone.press("1") == []  # kept for the next question
    phone.wait(1)
    assert phone.play_done() == [Play(3, ("music",))]
    assert phone.take(WorkDone(1))[0] == Stop(3)
    assert phone.result.outcome == "ok"
    assert list(phone.call.keys) == []  # the call is over


def test_music_that_is_over_at_once_is_not_played_for_ever() -> None:
    phone = waits(20.0, MUSIC)
    phone.start()
    phone.wait(2)
    assert phone.play_done() == [], "it could not be heard"
    assert phone.wait(18.9)[0] == Play(3, (COMFORT,)), "but nobody waits in silence"


def test_no_music_where_it_was_done_in_time() -> None:
    phone = waits(20.0, MUSIC)
    phone.start()
    phone.wait(1)
    phone.take(WorkDone(1))
    assert not [effect for effect in phone.effects if isinstance(effect, Play)]


def test_whoever_gives_up_waits_no_longer() -> None:
    phone = waits(20.0, WhileWaiting(("music",), after=1.0, give_up=3.0))
    phone.start()
    phone.wait(3)
    assert phone.result.outcome == "timeout"
    assert Stop(1) in phone.effects and Stop(2) in phone.effects


def test_who_hangs_up_ends_it() -> None:
    phone = waits(20.0, MUSIC)
    phone.start()
    phone.wait(3)
    phone.hang_up()
    assert phone.effects[-2:] == [Stop(1), Stop(2)]


def test_before_the_sound_is_open_it_is_silent() -> None:
    flow = Flow("early", start="only")

    @flow.state(done=END)
    async def only(call: Call) -> str:
        await work(call, "http", {}, 10, MUSIC)
        call.emit(Early())
        while not call.early:
            await call.next_event(call.now + 1)
        await work(call, "http", {}, 10, MUSIC)
        return "done"

    phone = Driver(flow=flow)
    phone.offered()
    assert phone.wait(5) == []
    phone.take(WorkDone(1))
    phone.take(EarlyMedia())
    assert phone.wait(5) == [Play(3, ("music",))]


def test_no_secret_is_in_the_reason_of_a_failure() -> None:
    phone = waits()
    phone.start()
    phone.call.keep_secret("4711")
    phone.take(WorkDone(1, "failed", reason="no card 4711"))
    assert phone.result == Result("failed", reason="no card ***")


def test_what_is_secret_is_not_shown() -> None:
    phone = waits(secret=True)
    phone.start()
    assert ordered(phone).id in phone.call.secret_work
