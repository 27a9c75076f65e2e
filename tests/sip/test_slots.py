"""Slots of callers who have gone silent."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from ivr.engine.effects import Answer, Effect, HangUp, Play
from ivr.engine.events import Answered, Digit, Event, HungUp, Offered
from ivr.sip import slots
from ivr.sip.slots import Slots

from .conftest import Line, Script, StartLine
from .peer import Dialog
from .wire import Message

pytestmark = pytest.mark.line

PATIENCE = 3.0


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slots, "PATIENCE", PATIENCE)  # the line's process is a copy of this one


def serves() -> Script:
    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Answered():
                return [Play(1, ("400x9",))]
            case Digit():
                return [HangUp()]
        return []

    return script


def silent(phone: Line) -> Dialog:
    """A caller who does not say ACK."""
    call = phone.peer.call(send=False)
    call.acknowledges = False
    call.request("INVITE", call.sdp)
    phone.peer.expect(lambda: call.up, "200")
    return call


def is_served(phone: Line) -> bool:
    """Whether one more caller is answered: sooner than the stack's own patience has it."""
    call = phone.peer.call()
    phone.peer.expect(call.final, "an answer")
    return call.up


@pytest.mark.parametrize("shim", [True, False])
def test_callers_who_never_acknowledge(line: StartLine, shim: bool) -> None:
    phone = line(serves, shim=shim)
    calls = [silent(phone) for _ in range(phone.ready["capacity"])]
    late = phone.peer.call()
    phone.peer.expect(late.final, "an answer")
    assert late.status() == 503
    phone.expect(HungUp, count=len(calls))
    assert {(end.by, end.code) for end in phone.of(HungUp)} == {("error", 408)}
    phone.peer.expect(lambda: all(call.got("BYE") for call in calls), "BYE")
    phone.peer.expect(lambda: is_served(phone), "a slot that is free again")


def test_callers_who_do_not_answer_our_bye(
    line: StartLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = line(serves)
    calls = [phone.peer.up() for _ in range(phone.ready["capacity"])]
    phone.expect(Answered, count=len(calls))

    def hear(dialog: Dialog, message: Message) -> None:
        dialog.requests.append(message)

    monkeypatch.setattr(phone.peer, "_request", hear)
    for call in calls:
        call.press("1")
    phone.expect(HungUp, count=len(calls))
    phone.peer.expect(lambda: all(call.got("BYE") for call in calls), "BYE")
    late = phone.peer.call()
    phone.peer.expect(late.final, "an answer")
    assert late.status() == 503

    phone.peer.expect(lambda: is_served(phone), "a slot that is free again")


def test_a_late_ack_is_soon_enough(line: StartLine) -> None:
    phone = line(serves)
    call = silent(phone)
    phone.peer.expect(lambda: len(call.responses) > 2, "200 again")
    call.request("ACK", cseq=call.cseq)
    phone.expect(Answered)
    phone.peer.run(None, PATIENCE)
    heard = len(call.heard)
    phone.peer.expect(lambda: len(call.heard) > heard + 5, "the prompt goes on")
    assert phone.of(HungUp) == []


class Sessions:
    """All of them at one place in memory, one after the other."""

    def __init__(self) -> None:
        self.ended = 0

    def hold(self, transaction: int) -> int:
        return 7

    def end(self, session: int) -> None:
        self.ended += 1

    def release(self, session: int) -> None:
        pass


def test_a_call_is_not_taken_for_the_one_that_was_there_before() -> None:
    sessions = Sessions()
    timers: list[tuple[float, Callable[[], None]]] = []
    slots = Slots(sessions, lambda seconds, action: timers.append((seconds, action)))
    slots.answered(slots.hold(1))
    slots.confirmed(7)
    slots.over(7, left=True)
    (_, unconfirmed), (at_once, leave) = timers
    assert at_once == 0
    leave()
    slots.answered(slots.hold(2))
    unconfirmed()
    assert sessions.ended == 0
    timers[-1][1]()
    assert sessions.ended == 1
