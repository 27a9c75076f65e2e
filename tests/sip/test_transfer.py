"""Callers who are handed on: legs that we call, and phones that we refer."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Callable, Sequence

import pytest

from ivr.engine.effects import Answer, Dial, Drop, Effect, Join, Play, Refer, SendDigit, Stop
from ivr.engine.events import (
    Answered,
    Digit,
    Event,
    HungUp,
    LegAnswered,
    LegDigit,
    LegEnded,
    LegRinging,
    Offered,
    PlayDone,
    ReferDone,
)

from ..ports import free_port
from .conftest import Line, Script, StartLine
from .peer import Dialog

pytestmark = pytest.mark.line


def calls(*to: str, early: bool = False) -> Callable[[], Script]:
    """Answers and calls; joins who answers, and passes keys on; `*` drops the legs."""

    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Answered():
                return [Dial(leg, uri) for leg, uri in enumerate(to, 1)]
            case LegRinging(leg, early=True) if early:
                return [Join(leg, early=True)]
            case LegAnswered(leg):
                return [Join(leg)]
            case LegDigit(leg, key):
                return [SendDigit(key)]
            case Digit("*"):
                return [Drop(leg) for leg in range(1, len(to) + 1)]
            case Digit(key):
                return [SendDigit(key, leg=1)]
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
def desk_line(line: StartLine, *codes: int) -> tuple[Line, Desk]:
    port = free_port()
    phone = line(calls(f"sip:601@127.0.0.1:{port}"), peer_port=port)
    return phone, Desk(phone, *codes)


@pytest.mark.parametrize("codes", [(100, 486), (180, 600), (181, 480), (182, 603), (404,), (420,)])
def test_what_the_far_end_says(line: StartLine, codes: tuple[int, ...]) -> None:
    phone, _ = desk_line(line, *codes)
    call = phone.peer.up()
    assert phone.expect(LegEnded) == LegEnded(1, codes[-1])
    ringing = [event.code for event in phone.of(LegRinging)]
    assert ringing == [code for code in codes if 100 < code < 200]
    assert not call.over


def test_a_far_end_that_is_called_no_longer(line: StartLine) -> None:
    phone, desk = desk_line(line, 180)
    call = phone.peer.up()
    assert desk.call
    call.press("*")
    phone.peer.expect(lambda: desk.call.got("CANCEL"), "CANCEL to the far end")
    assert phone.of(LegEnded) == []
    assert not call.over


def test_two_who_talk(line: StartLine) -> None:
    phone, desk = desk_line(line, 180, 200)
    call = phone.peer.up("menu")
    call.speaks, desk.call.speaks = 500, 700
    phone.peer.expect(lambda: (call.tones() or [(0, 0)])[-1][0] == 700, "the far end is heard")
    phone.peer.expect(lambda: desk.call.tones()[-1:] > [(500, 5)], "the caller is heard")
    assert "alice" in desk.call.incoming.header("from")  # type: ignore[union-attr]
    call.press("7")
    phone.peer.expect(lambda: desk.call.keys() == "7", "a key at the far end")
    desk.call.press("8")
    phone.peer.expect(lambda: call.keys() == "8", "a key at the caller")
    desk.call.bye()
    assert phone.expect(LegEnded) == LegEnded(1, 200)
    assert not call.over


def test_the_far_end_is_heard_before_it_answers(line: StartLine) -> None:
    port = free_port()
    phone = line(calls(f"sip:601@127.0.0.1:{port}", early=True), peer_port=port)
    desk = Desk(phone)
    call = phone.peer.up()
    call.speaks = 500
    desk.call.accept(183)
    desk.call.speaks = 700
    phone.peer.expect(lambda: 700 in dict(call.tones()), "the far end is heard")
    assert 500 not in dict(desk.call.tones()), "and hears nobody yet"
    assert phone.of(LegAnswered) == []
    desk.call.accept()
    phone.peer.expect(lambda: 500 in dict(desk.call.tones()), "the caller is heard")


def test_who_answers_is_not_heard_before_he_takes_the_call(line: StartLine) -> None:
    port = free_port()

    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Answered():
                return [Dial(1, f"sip:601@127.0.0.1:{port}")]
            case LegRinging(early=True):
                return [Join(1, early=True)]
            case LegDigit():
                return [Join(1)]
        return []

    phone = line(lambda: script, peer_port=port)
    desk = Desk(phone)
    call = phone.peer.up()
    desk.call.accept(183)
    desk.call.speaks = 700
    phone.peer.expect(lambda: 700 in dict(call.tones()), "the far end is heard")
    desk.call.accept()
    phone.expect(LegAnswered)
    phone.peer.run(None, 0.2)
    call.heard.clear()
    phone.peer.run(None, 0.3)
    assert 700 not in dict(call.tones()), "he thinks about it"
    desk.call.press("1")
    phone.peer.expect(lambda: 700 in dict(call.tones()), "the two are joined")


def test_a_prompt_for_the_far_end_alone(line: StartLine) -> None:
    port = free_port()

    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Answered():
                return [Dial(1, f"sip:601@127.0.0.1:{port}", "100")]
            case LegAnswered():
                return [Play(5, ("600x0.5",), leg=1)]
            case LegDigit(key="1"):
                return [Stop(5), Join(1)]
        return []

    phone = line(lambda: script, peer_port=port)
    desk = Desk(phone, 200)
    call = phone.peer.up()
    phone.peer.expect(lambda: 600 in dict(desk.call.tones()), "the far end hears who calls")
    assert phone.expect(PlayDone) == PlayDone(5)
    assert 600 not in dict(call.tones())
    assert "sip:100@" in desk.call.incoming.header("from")  # type: ignore[union-attr]
    desk.call.press("1")
    desk.call.speaks = 700
    phone.peer.expect(lambda: 700 in dict(call.tones()), "the two are joined")


def test_all_ring_and_one_has_it(line: StartLine) -> None:
    port = free_port()
    uris = [f"sip:{number}@127.0.0.1:{port}" for number in (601, 602)]

    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Answered():
                return [Dial(1, uris[0]), Dial(2, uris[1])]
            case LegAnswered(leg):
                return [Drop(3 - leg), Join(leg)]
        return []

    phone = line(lambda: script, peer_port=port)
    desk = Desk(phone, 180)
    call = phone.peer.up()
    phone.peer.expect(lambda: len(desk.calls) == 2, "both ring")
    first, second = desk.calls
    second.accept()
    second.speaks = 700
    phone.peer.expect(lambda: 700 in dict(call.tones()), "the second is heard")
    phone.peer.expect(lambda: first.got("CANCEL"), "the first rings no longer")


def test_talking_goes_on_after_a_hold(line: StartLine) -> None:
    phone, desk = desk_line(line, 200)
    call = phone.peer.up()
    desk.call.speaks = 700
    phone.peer.expect(lambda: 700 in dict(call.tones()), "the far end is heard")
    for direction in ("sendonly", "sendrecv"):
        call.reinvite(direction)
        phone.peer.expect(lambda: call.answered, "200 to the re-INVITE")
    phone.peer.run(None, 0.1)
    call.heard.clear()
    phone.peer.expect(lambda: dict(call.tones()).get(700, 0) > 5, "the far end is heard again")


@pytest.mark.parametrize("codes", [(180,), (180, 200)])
def test_a_caller_who_leaves_takes_the_far_end_along(
    line: StartLine, codes: tuple[int, ...]
) -> None:
    phone, desk = desk_line(line, *codes)
    call = phone.peer.up()
    assert desk.call
    if 200 in codes:
        desk.call.speaks = 700
        phone.peer.expect(lambda: 700 in dict(call.tones()), "the far end is heard")
    call.bye()
    phone.expect(HungUp)
    method = "BYE" if 200 in codes else "CANCEL"
    phone.peer.expect(lambda: desk.call.got(method), f"{method} to the far end")
    assert phone.of(LegEnded) == []


def test_no_slot_for_a_second_leg(line: StartLine) -> None:
    def on_key(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Digit():
                return [Dial(1, "sip:601@127.0.0.1:9")]
        return []

    phone = line(lambda: on_key)
    calls = [phone.peer.up() for _ in range(phone.ready["capacity"])]
    calls[0].press("1")
    assert phone.expect(LegEnded) == LegEnded(1, 0, "no_slot")


@pytest.mark.parametrize("to", ["nonsense", "sip:", "sip:x@no-such-host.invalid", "tel:+15550100"])
def test_a_far_end_that_cannot_be_reached(line: StartLine, to: str) -> None:
    phone = line(calls(to), may_call=("no-such-host.invalid", "tel:+1."))
    phone.peer.up()
    ended = phone.expect(LegEnded)
    assert to == "sip:" or ended.reason != "not_allowed"
    assert ended.code in (0, 502)
    assert ended.reason or ended.code


def test_a_far_end_that_is_not_there(line: StartLine) -> None:
    port = free_port()
    phone = line(calls(f"sip:601@127.0.0.1:{port}"))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", port))
        call = phone.peer.up()
        assert phone.expect(LegEnded, 25) == LegEnded(1, 408, "no_response")
    assert not call.over


def test_a_far_end_that_is_gone_without_a_word(line: StartLine) -> None:
    port = free_port()
    phone = line(calls(f"sip:601@127.0.0.1:{port}"), peer_port=port, media_timeout=2)
    desk = Desk(phone, 200)
    call = phone.peer.up()
    phone.expect(LegAnswered)
    desk.call.speaks = None
    assert phone.expect(LegEnded) == LegEnded(1, 200, "media_timeout")
    phone.peer.expect(lambda: desk.call.got("BYE"), "BYE")
    assert not call.over


def test_a_far_end_that_thinks_for_long(line: StartLine) -> None:
    phone, _ = desk_line(line, 100)
    phone.peer.up()
    phone.peer.run(None, 8.5)
    assert phone.of(LegEnded) == []


# -- REFER ----------------------------------------------------------------------------------------


def refer(line: StartLine, code: int = 202) -> tuple[Line, Dialog]:
    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Answered():
                return [Refer(1, "sip:601@127.0.0.1:9")]
            case Digit():
                return [Stop(1)]
        return []

    phone = line(lambda: script)
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
    assert not phone.peer.run(lambda: phone.of(ReferDone), 0.1)
    call.notify(200, "terminated;reason=noresource")
    assert phone.expect(ReferDone) == ReferDone(1, 200)


@pytest.mark.parametrize("code", [486, 603, 404])
def test_a_refer_whose_target_says_no(line: StartLine, code: int) -> None:
    phone, call = refer(line)
    call.notify(code, "terminated;reason=noresource")
    assert phone.expect(ReferDone) == ReferDone(1, code)
    assert not call.over


def test_a_refer_that_is_refused(line: StartLine) -> None:
    phone, _ = refer(line, code=603)
    assert phone.expect(ReferDone) == ReferDone(1, 603)


def test_a_refer_of_which_nobody_wants_to_hear_more(line: StartLine) -> None:
    phone, call = refer(line)
    call.press("1")
    phone.expect(Digit)
    call.notify(486, "terminated;reason=noresource")
    phone.peer.run(None, 0.2)
    assert phone.of(ReferDone) == []


def test_a_phone_that_leaves_after_its_202(line: StartLine) -> None:
    phone, call = refer(line)
    phone.peer.run(None, 0.1)
    call.bye()
    phone.expect(HungUp)
    assert [type(e) for _, e in phone.events[-2:]] == [ReferDone, HungUp]
    assert phone.of(ReferDone) == [ReferDone(1, 200)]


def test_a_phone_takes_our_place(line: StartLine) -> None:
    """An attended transfer: REFER with Replaces (RFC 3891, RFC 5589 7)."""
    port = free_port()

    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Answered():
                return [Dial(1, f"sip:601@127.0.0.1:{port}")]
            case LegAnswered():
                return [Refer(7, f"sip:601@127.0.0.1:{port}", 1)]
        return []

    phone = line(lambda: script, peer_port=port)
    desk = Desk(phone, 200)
    call = phone.peer.up()
    phone.peer.expect(lambda: call.got("REFER"), "REFER")
    request = call.got("REFER")
    assert request
    assert desk.call.incoming
    assert "Replaces=" in request.header("refer-to")
    assert desk.call.incoming.header("call-id").split("@")[0] in request.header("refer-to")
    call.notify(200, "terminated;reason=noresource")
    assert phone.expect(ReferDone) == ReferDone(7, 200)


# Of the codes of RFC 3261 21 and its extensions, all that end an INVITE.
FINAL = (
    "300 301 302 305 380 400 401 402 403 404 405 406 407 408 410 413 414 415 416 420 421 423 480"
    " 481 482 483 484 485 486 487 488 491 493 500 501 502 503 504 505 513 600 603 604 606"
)


def test_every_refusal_reaches_the_flow(line: StartLine) -> None:
    port, legs = free_port(), itertools.count(1)

    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Digit():
                return [Dial(next(legs), f"sip:601@127.0.0.1:{port}")]
        return []

    phone = line(lambda: script, peer_port=port)
    call = phone.peer.up()
    for number, code in enumerate(map(int, FINAL.split()), 1):
        Desk(phone, 100, code)
        call.press("1")
        assert phone.expect(LegEnded, count=number) == LegEnded(number, code)
        phone.peer.run(None, 0.03)  # sockets come back with time
    assert not call.over
