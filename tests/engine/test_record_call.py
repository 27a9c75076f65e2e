"""Recording of whole calls: told to the caller first, and silent while a secret is asked for."""

from typing import Any

import pytest

from ivr.engine.call import Call
from ivr.engine.effects import HangUp, Mask, Play, RecordCall, Stop, Text, Tone
from ivr.engine.events import Dismissed, Moved, RecordDone
from ivr.engine.flow import END, Flow
from ivr.engine.verb import Result
from ivr.engine.verbs import answer, collect, pause, record_call, say, stop_recording

from .broken import apology, broken
from .driver import Driver, Walk

NOTICE = ("notice",)


def started(*verbs: Walk) -> tuple[Driver, RecordCall]:
    """A call that is being recorded, in the next of *verbs*."""
    phone = Driver(lambda call: record_call(call, NOTICE), *verbs)
    phone.start()
    effects = phone.play_done()
    assert isinstance(effects[0], RecordCall)
    return phone, effects[0]


def pin(attempts: int = 1) -> Walk:
    return lambda call: collect(
        call, "pin", into="pin", length=4, attempts=attempts, sensitive=True, first_digit=2
    )


def test_it_begins_when_the_caller_has_been_told() -> None:
    phone = Driver(lambda call: record_call(call, NOTICE, "orders"), lambda call: pause(call, 5))
    [notice] = phone.start()
    assert notice == Play(1, NOTICE)
    assert phone.call.recording == 0
    assert phone.play_done() == [RecordCall(2, "orders", NOTICE)]
    assert phone.call.recording == 2


def test_the_notice_is_heard_to_its_end_and_keys_meanwhile_mean_nothing() -> None:
    phone = Driver(lambda call: record_call(call, NOTICE), lambda call: pause(call, 5))
    phone.start()
    assert phone.press("1") == []
    assert isinstance(phone.play_done()[0], RecordCall)
    assert not phone.call.keys


def test_a_beep_is_by_wish() -> None:
    phone = Driver(lambda call: record_call(call, NOTICE, beep=True))
    phone.start()
    assert phone.play_done() == [Play(2, (Tone(),))]
    assert isinstance(phone.play_done()[0], RecordCall)


def test_without_consent_only_in_so_many_words() -> None:
    phone = Driver(lambda call: record_call(call, ()), lambda call: pause(call, 5))
    assert phone.start() == [RecordCall(1, "call", ())]


def test_what_was_said_is_what_was_heard() -> None:
    notice = (Text("Hello {{ caller }}, this call is recorded."),)
    phone = Driver(lambda call: record_call(call, notice), lambda call: pause(call, 5))
    phone.start()
    [effect] = phone.play_done()
    assert effect == RecordCall(2, "call", (Text("Hello alice, this call is recorded."),))


def test_a_call_is_recorded_once_at_a_time() -> None:
    phone, first = started(
        lambda call: record_call(call, NOTICE),
        stop_recording,
        stop_recording,
        lambda call: record_call(call, ()),
        lambda call: pause(call, 5),
    )
    assert phone.effects[-2:] == [Stop(first.id), RecordCall(3, "call", ())]
    assert [result.outcome for result in phone.results] == ["done"] * 5


def test_it_outlives_steps_and_states_and_moves() -> None:
    flow = Flow("two", start="one")

    @flow.state(done="two")
    async def one(call: Call) -> str:
        call.answered = True
        await record_call(call, ())
        return (await pause(call, 5)).outcome

    @flow.state(done=END)
    async def two(call: Call) -> str:
        return (await pause(call, 5)).outcome

    phone = Driver(flow=flow)
    phone.offered()
    assert phone.take(Moved("two")) == []
    assert phone.call.recording


def test_one_that_fails_leaves_the_call_alone_and_may_be_begun_again() -> None:
    phone, taping = started(
        lambda call: pause(call, 5), lambda call: record_call(call, ()), lambda call: pause(call, 5)
    )
    assert phone.take(RecordDone(taping.id, 0, "error", detail="disk full")) == []
    assert phone.call.recording == 0
    assert isinstance(phone.wait(5)[0], RecordCall)
    phone.take(RecordDone(taping.id, 0, "stopped"))
    assert phone.call.recording


def test_nothing_is_recorded_before_the_answer() -> None:
    flow = Flow("early", start="early")

    @flow.state(done=END)
    async def early(call: Call) -> str:
        return (await record_call(call, NOTICE)).outcome

    phone = Driver(flow=flow)
    phone.offered()
    assert "nothing can be recorded before the call is answered" in phone.noted("failed")[0]


# -- secrets -------------------------------------------------------------------------------------


def test_it_is_masked_from_the_prompt_of_a_sensitive_step_to_its_end() -> None:
    phone, _ = started(pin(), lambda call: say(call, "thanks"))
    mask, question = phone.effects[-2:]
    assert mask == Mask(True)
    assert question == Play(3, ("pin",))
    end, thanks = phone.press("1234")[-2:]
    assert end == Mask(False)
    assert thanks == Play(4, ("thanks",))


def test_all_attempts_are_one_step() -> None:
    phone, _ = started(pin(attempts=3), lambda call: pause(call, 5))
    for _ in range(3):
        phone.play_done()
        phone.wait(2)
    masks = [effect for effect in phone.effects if isinstance(effect, Mask)]
    assert masks == [Mask(True), Mask(False)]


def test_it_is_not_unmasked_when_the_caller_hangs_up_in_the_middle() -> None:
    phone, _ = started(pin())
    phone.press("12")
    assert Mask(False) not in phone.hang_up()


def test_nor_when_an_operator_ends_the_call() -> None:
    phone, _ = started(pin())
    phone.press("12")
    assert phone.take(Dismissed()) == [HangUp(by="operator")]


def test_a_step_that_is_cut_off_is_over() -> None:
    phone, _ = started(pin())
    assert phone.take(Moved("only"))[:2] == [Stop(3), Mask(False)]


def test_so_is_one_that_breaks() -> None:
    async def breaks(call: Call) -> str:
        await answer(call, settle=0)
        await record_call(call, ())
        soon: Any = "soon"
        return (await collect(call, into="pin", sensitive=True, first_digit=soon)).outcome

    phone = broken(breaks)
    assert phone.effects[-4:-2] == [Mask(True), Mask(False)]
    apology(phone)


@pytest.mark.parametrize("sensitive", [False, True])
def test_without_a_recording_or_a_secret_there_is_nothing_to_mask(sensitive: bool) -> None:
    async def ask(call: Call) -> Result:
        call.recording = 0 if sensitive else call.recording
        return await collect(call, "pin", into="pin", length=4, sensitive=sensitive)

    phone, _ = started(ask)
    phone.press("1234")
    assert not any(isinstance(effect, Mask) for effect in phone.effects)
