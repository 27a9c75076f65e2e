"""Callers who are handed on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from ivr.engine.effects import Answer, Effect, Stop, Transfer
from ivr.engine.effects import TransferMode as Mode
from ivr.engine.events import Answered, Digit, Event, HungUp, Joined, Offered, TransferDone

from .conftest import Line, Script, StartLine, free_port
from .peer import Dialog

pytestmark = pytest.mark.line


def transfers(to: str, mode: Mode = "bridge", ring: float = 5) -> Callable[[], Script]:
    """Answers and hands on; `*` takes it back."""

    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Answered():
                return [Transfer(1, to, ring, mode)]
            case Digit("*"):
                return [Stop(1)]
        return []

    return lambda: script


class Desk:
    """The far end: what it does with an INVITE, and the call it got."""

    def __init__(self, phone: Line, *codes: int) -> None:
        self.phone = phone
        self.codes = codes
        self.calls: list[Dialog] = []
        phone.peer.answer = self.answer

    def answer(self, dialog: Dialog) -> None:
        self.calls.append(dialog)
        assert dialog.incoming
        for code in self.codes:
            if code == 200:
                dialog.accept()
            else:
                dialog.reply(dialog.incoming, code)
                dialog.over = code > 299

    @property
    def call(self) -> Dialog:
        self.phone.peer.expect(lambda: self.calls, "the second leg")
        return self.calls[-1]


# The peer's own address is known only when it is there: these lines send calls back to it.
def desk_line(line: StartLine, mode: Mode, *codes: int, ring: float = 5) -> tuple[Line, Desk]:
    port = free_port()
    phone = line(transfers(f"sip:601@127.0.0.1:{port}", mode, ring), peer_port=port)
    return phone, Desk(phone, *codes)


@pytest.mark.parametrize(
    ("codes", "outcome"),
    [
        ((100, 486), "busy"),
        ((180, 600), "busy"),
        ((180, 480), "no_answer"),
        ((603,), "rejected"),
        ((403,), "rejected"),
        ((404,), "unreachable"),
        ((503,), "unreachable"),
        ((420,), "failed"),
    ],
)
def test_what_the_far_end_says(line: StartLine, codes: tuple[int, ...], outcome: str) -> None:
    phone, _ = desk_line(line, "bridge", *codes)
    call = phone.peer.up()
    done = phone.expect(TransferDone)
    assert (done.id, done.outcome, done.code) == (1, outcome, codes[-1])
    assert not call.over


def test_a_far_end_that_does_not_answer(line: StartLine) -> None:
    phone, desk = desk_line(line, "bridge", 180, ring=0.5)
    call = phone.peer.up()
    done = phone.expect(TransferDone)
    assert (done.outcome, done.code) == ("no_answer", 0)
    phone.peer.expect(lambda: desk.call.got("CANCEL"), "CANCEL")
    assert {hertz for hertz, _ in call.tones()} == {425}, "the caller heard it ring"


def test_two_who_talk(line: StartLine) -> None:
    phone, desk = desk_line(line, "bridge", 180, 200)
    call = phone.peer.up("menu")
    call.speaks, desk.call.speaks = 500, 700
    phone.peer.expect(lambda: (call.tones() or [(0, 0)])[-1][0] == 700, "the far end is heard")
    phone.peer.expect(lambda: desk.call.tones()[-1:] > [(500, 5)], "the caller is heard")
    assert "alice" in desk.call.incoming.header("from")  # type: ignore[union-attr]
    call.press("7")
    phone.peer.expect(lambda: desk.call.keys() == "7", "a key at the far end")
    desk.call.press("8")
    phone.peer.expect(lambda: call.keys() == "8", "a key at the caller")
    assert phone.of(Digit) == []
    assert phone.of(Joined) == [Joined(1)]
    desk.call.bye()
    done = phone.expect(TransferDone)
    assert (done.outcome, done.code) == ("answered", 200)
    assert not call.over


def test_talking_goes_on_after_a_hold(line: StartLine) -> None:
    phone, desk = desk_line(line, "bridge", 200)
    call = phone.peer.up()
    desk.call.speaks = 700
    phone.peer.expect(lambda: 700 in dict(call.tones()), "the far end is heard")
    call.reinvite("sendonly")
    phone.peer.run(None, 0.1)
    call.reinvite("sendrecv")
    phone.peer.run(None, 0.1)
    call.heard.clear()
    phone.peer.expect(lambda: dict(call.tones()).get(700, 0) > 5, "the far end is heard again")


def test_a_caller_who_leaves_takes_the_far_end_along(line: StartLine) -> None:
    phone, desk = desk_line(line, "bridge", 180, 200)
    call = phone.peer.up()
    desk.call.speaks = 700
    phone.peer.expect(lambda: 700 in dict(call.tones()), "the far end is heard")
    call.bye()
    phone.expect(HungUp)
    phone.peer.expect(lambda: desk.call.got("BYE"), "BYE to the far end")
    assert phone.of(TransferDone) == []


def test_a_caller_who_leaves_while_it_rings(line: StartLine) -> None:
    phone, desk = desk_line(line, "bridge", 180)
    call = phone.peer.up()
    assert desk.call
    call.bye()
    phone.expect(HungUp)
    phone.peer.expect(lambda: desk.call.got("CANCEL"), "CANCEL to the far end")


def test_a_transfer_that_is_taken_back(line: StartLine) -> None:
    phone, desk = desk_line(line, "bridge", 180)
    call = phone.peer.up()
    assert desk.call
    call.press("*")
    done = phone.expect(TransferDone)
    assert (done.outcome, done.reason) == ("no_answer", "stopped")
    phone.peer.expect(lambda: desk.call.got("CANCEL"), "CANCEL to the far end")


def test_no_slot_for_a_second_leg(line: StartLine) -> None:
    def on_key(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Digit():
                return [Transfer(1, "sip:601@127.0.0.1:9", 5)]
        return []

    phone = line(lambda: on_key)
    calls = [phone.peer.up() for _ in range(phone.ready["capacity"])]
    calls[0].press("1")
    done = phone.expect(TransferDone)
    assert (done.outcome, done.code, done.reason) == ("unreachable", 0, "no_slot")


@pytest.mark.parametrize("to", ["nonsense", "sip:", "sip:x@no-such-host.invalid", "tel:+15550100"])
def test_a_far_end_that_cannot_be_reached(line: StartLine, to: str) -> None:
    phone = line(transfers(to))
    phone.peer.up()
    done = phone.expect(TransferDone)
    assert done.outcome == "unreachable"
    assert done.reason


def refer(
    line: StartLine, ring: float = 5, mode: Mode = "refer", code: int = 202
) -> tuple[Line, Dialog]:
    phone, _ = desk_line(line, mode, 180, 200, ring=ring)
    phone.peer.refer_code = code
    call = phone.peer.up()
    phone.peer.expect(lambda: call.got("REFER"), "REFER")
    return phone, call


def test_a_refer_that_is_taken_up(line: StartLine) -> None:
    phone, call = refer(line)
    request = call.got("REFER")
    assert request and request.header("refer-to").startswith("<sip:601@127.0.0.1:")
    call.notify(100)
    call.notify(180)
    assert not phone.peer.run(lambda: phone.of(TransferDone), 0.1)
    call.notify(200, "terminated;reason=noresource")
    done = phone.expect(TransferDone)
    assert (done.outcome, done.code) == ("answered", 200)


@pytest.mark.parametrize(
    ("code", "outcome"), [(486, "busy"), (603, "rejected"), (404, "unreachable")]
)
def test_a_refer_whose_target_says_no(line: StartLine, code: int, outcome: str) -> None:
    phone, call = refer(line)
    call.notify(code, "terminated;reason=noresource")
    done = phone.expect(TransferDone)
    assert (done.outcome, done.code) == (outcome, code)
    assert not call.over


def test_a_refer_that_is_refused(line: StartLine) -> None:
    phone, _ = refer(line, code=603)
    done = phone.expect(TransferDone)
    assert (done.outcome, done.code) == ("rejected", 603)


def test_a_refer_that_leads_nowhere(line: StartLine) -> None:
    phone, _ = refer(line, ring=0.5)
    done = phone.expect(TransferDone)
    assert (done.outcome, done.code) == ("no_answer", 0)


def test_a_phone_that_leaves_after_its_202(line: StartLine) -> None:
    phone, call = refer(line)
    phone.peer.run(None, 0.1)
    call.bye()
    phone.expect(HungUp)
    assert [type(e) for _, e in phone.events[-2:]] == [TransferDone, HungUp]
    assert phone.of(TransferDone)[0].outcome == "answered"


def test_a_refused_refer_becomes_a_bridge(line: StartLine) -> None:
    phone, call = refer(line, mode="refer_then_bridge", code=405)
    phone.peer.expect(lambda: len(phone.peer.dialogs) == 2, "the second leg")
    far = list(phone.peer.dialogs.values())[1]
    far.speaks = 700
    phone.peer.expect(lambda: 700 in dict(call.tones()), "the far end is heard")
    assert phone.of(TransferDone) == []
