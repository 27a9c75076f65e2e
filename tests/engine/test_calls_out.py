"""Calls that we make: the flow begins with the far end's answer."""

import pytest

from ivr.engine.acceptance import STATE
from ivr.engine.call import Call
from ivr.engine.call_out import CallOut, target
from ivr.engine.effects import HangUp, Play, Text
from ivr.engine.events import (
    Answered,
    Digit,
    Dismissed,
    Event,
    HungUp,
    LegRinging,
    Moved,
    Offered,
    Tick,
)
from ivr.engine.flow import END, Flow
from ivr.engine.limits import LONGEST_CALL
from ivr.engine.sentences import to_accept
from ivr.engine.values import Secret
from ivr.engine.verbs import answer, say, set_variables

from .driver import Driver


def greeting() -> Flow:
    flow = Flow("greeting", start="greet")
    flow.version = "1"

    @flow.state(done=END)
    async def greet(call: Call) -> str:
        await answer(call)
        return (await say(call, "hello")).outcome

    return flow.check()


def calling(accept: str = "") -> Driver:
    order = CallOut("call-1", "sip:601@pbx", "greeting", accept=accept)
    phone = Driver(flow=order.begins_with(greeting()))
    assert phone.take(Offered("100", "601", direction="out")) == []
    return phone


def test_the_flow_begins_with_the_answer() -> None:
    phone = calling()
    for event in (LegRinging(0), Digit("1"), Tick(), Moved("greet")):
        assert phone.take(event) == []
    assert phone.session.state == ""
    [play] = phone.take(Answered())
    assert isinstance(play, Play) and play.prompts == ("hello",)
    assert phone.call.dialled == "601"


@pytest.mark.parametrize("by", ["far_end", "no_answer"])
def test_nobody_takes_it(by: str) -> None:
    phone = calling()
    assert phone.take(HungUp(by, 486)) == []
    assert phone.session.ended_by == by
    assert phone.noted("state") == []
    assert phone.take(Answered()) == []


@pytest.mark.parametrize(("event", "by"), [(Dismissed(), "operator"), (Tick(), "flow")])
def test_it_is_given_up_before_the_answer(event: Event, by: str) -> None:
    phone = calling()
    phone.now += LONGEST_CALL
    assert phone.take(event) == [HangUp(by=by)]  # type: ignore[arg-type]
    assert phone.session.ended_by == by


def test_who_answers_takes_it_with_a_key() -> None:
    phone = calling("1")
    [question] = phone.take(Answered())
    assert isinstance(question, Play) and question.prompts == (to_accept("1", "en"),)
    assert phone.session.state == STATE
    phone.press("1")
    assert phone.session.state == "greet"
    assert (phone.session.flow.name, phone.session.flow.version) == ("greeting", "1")


def test_a_mailbox_never_hears_the_flow() -> None:
    phone = calling("1")
    phone.take(Answered())
    for _ in range(2):
        phone.play_done()
        phone.wait(5)
    assert phone.effects[-1] == HangUp()
    assert phone.noted("not_accepted") == ["no_input"]
    assert phone.noted("state") == [STATE]


def test_an_order_in_words() -> None:
    least = {"to": "sip:601@pbx", "flow": "greeting"}
    assert CallOut.of("a", least) == CallOut("a", "sip:601@pbx", "greeting")
    order = CallOut.of("a", {**least, "ring": "7", "accept": "none", "prompt": "take_it"})
    assert (order.ring, order.accept, order.prompt) == (7.0, "", "take_it")
    assert CallOut.of("a", {**least, "accept": "5"}).accept == "5"


@pytest.mark.parametrize(
    ("to", "uri"),
    [
        ("sip:601@pbx.example", "sip:601@pbx.example"),
        ("SIPS:601@pbx;transport=tls", "SIPS:601@pbx;transport=tls"),
        ("tel:+49301", "tel:+49301"),
        ("+49 (30) 1".replace(" ", ""), "sip:+49301@pbx"),
        ("*21#", "sip:*21%23@pbx"),
    ],
)
def test_whom_to_call(to: str, uri: str) -> None:
    assert target(to, "pbx") == uri


@pytest.mark.parametrize("to", ["", "bob", "sip:", "sip:a@b>", "sip:a b", "601"])
def test_whom_nobody_can_call(to: str) -> None:
    with pytest.raises(ValueError, match="expected such as sip:"):
        target(to)


def test_who_hangs_up_on_the_question_did_not_take_it() -> None:
    phone = calling("1")
    phone.take(Answered())
    phone.hang_up()
    assert phone.noted("not_accepted") == ["hang_up"]


def test_behind_the_question_a_flow_has_all_that_it_has_without_it() -> None:
    flow = Flow("greeting", start="greet", variables={"told": 0}, dead_air=None)
    flow.secrets = {"door": Secret("4711")}

    @flow.state(done=END)
    async def greet(call: Call) -> str:
        await set_variables(call, told="told + 1")
        return (await say(call, "hello")).outcome

    @flow.on_hang_up()
    async def leave(call: Call) -> str:
        call.note("left", str(call.vars["told"]))
        return "done"

    order = CallOut("call-1", "sip:601@pbx", "greeting", accept="1")
    for key, left in (("1", ["1"]), ("", [])):
        phone = Driver(flow=order.begins_with(flow))
        phone.take(Offered("100", "601", direction="out"))
        phone.take(Answered())
        if key:
            phone.press(key)
        phone.hang_up()
        assert phone.call.secrets == flow.secrets
        assert phone.noted("left") == left


def test_it_is_asked_for_in_the_language_of_the_flow() -> None:
    flow = greeting()
    flow.language = "de"
    order = CallOut("call-1", "sip:601@pbx", "greeting", accept="#")
    phone = Driver(flow=order.begins_with(flow))
    phone.take(Offered("100", "601", direction="out"))
    [question] = phone.take(Answered())
    words = "Dies ist ein automatischer Anruf. Um ihn anzunehmen, drücken Sie die Raute-Taste."
    assert isinstance(question, Play) and question.prompts == (Text(words),)
