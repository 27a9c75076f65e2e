"""What a flow may emit: effects with fields of the right types, and nothing else."""

from typing import Any

import pytest

from ivr.engine.call import Call
from ivr.engine.effect_check import check_effect
from ivr.engine.effects import (
    Answer,
    Dial,
    HangUp,
    Mask,
    Note,
    Play,
    Record,
    RecordCall,
    Redirect,
    Refer,
    Reject,
    Screen,
    Stop,
    Text,
    Tone,
)
from ivr.engine.errors import FlowError
from ivr.engine.flow import END, Flow
from ivr.engine.verb import DONE, Result
from ivr.engine.verbs import answer, record, redirect, reject

from .driver import Driver

ANY: Any = None


@pytest.mark.parametrize(
    "effect",
    [
        Answer(),
        Play(1, ("a", Text("b"), Tone())),
        Play(1, ("a",), over=True),
        Record(1, "m", 5, 0.5),
        RecordCall(1, "m", ("notice", Text("b"))),
        Mask(True),
        Dial(1, "sip:a@b"),
        Refer(1, "sip:a@b", 2),
        Screen(1, 4),
        Reject(486, "", {"X": "y"}),
        HangUp(),
        HangUp(after=1),
        HangUp(by="operator"),
    ],
)
def test_an_effect_passes(effect: object) -> None:
    check_effect(effect)


@pytest.mark.parametrize(
    "effect",
    [
        Stop,
        "Stop",
        None,
        Play(1, ANY),
        Play(1, ("a", ANY)),
        Play("1", ("a",)),  # type: ignore[arg-type]
        Record(1, ANY, 5, 5),
        RecordCall(1, "m", ANY),
        Mask(ANY),
        HangUp(by="nobody"),  # type: ignore[arg-type]
        Record(1, "m", float("nan"), 5),
        Dial("1", "sip:a@b"),  # type: ignore[arg-type]
        Screen(1, "4"),  # type: ignore[arg-type]
        Reject("486"),  # type: ignore[arg-type]
        Reject(486, headers={"X": ANY}),
        Reject(486, headers=ANY),
        Redirect("sip:a@b"),  # type: ignore[arg-type]
        HangUp(after="x"),  # type: ignore[arg-type]
    ],
)
def test_what_is_none_is_the_flows_fault(effect: Any) -> None:
    with pytest.raises(FlowError):
        check_effect(effect)


async def emits_a_class(call: Call) -> Result:
    call.emit(Stop)  # type: ignore[arg-type]
    return DONE


async def rejects_with_a_text(call: Call) -> Result:
    return await reject(call, ANY)


async def rejects_with_200(call: Call) -> Result:
    return await reject(call, 200)


async def redirects_with_200(call: Call) -> Result:
    return await redirect(call, "sip:a@b", code=200)


@pytest.mark.parametrize(
    "slip", [emits_a_class, rejects_with_a_text, rejects_with_200, redirects_with_200]
)
def test_a_slip_ends_the_call_politely(slip: Any) -> None:
    flow = Flow("slip", start="only")

    @flow.state(done=END)
    async def only(call: Call) -> str:
        return (await slip(call)).outcome  # type: ignore[no-any-return]

    phone = Driver(flow=flow)
    assert phone.offered()[-1] == Reject(500)
    assert phone.session.ended_by == "error"


def test_a_slip_after_the_answer_is_an_apology() -> None:
    async def slip(call: Call) -> Result:
        await answer(call, settle=0)
        return await record(call, ANY, beep=False)

    phone = Driver(slip)
    phone.start()
    assert phone.effects[-2:] == [Play(2, ("sorry",)), HangUp(after=2)]
    assert "Record cannot have name=None" in phone.noted("failed")[0]


def test_a_note_of_anything_is_a_text() -> None:
    call = Call("c")
    call.note("x", ANY)
    assert call.drain() == [Note("x", "None")]
