"""Whom the line calls, and whom it does not: limits, redirects, challenges."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from ivr.engine.effects import Answer, Dial, Effect, Refer
from ivr.engine.events import Answered, Digit, Event, LegAnswered, LegEnded, Offered, ReferDone
from ivr.sip.tolls import Ledger

from ..ports import free_port
from .conftest import Line, Script, StartLine
from .peer import LOCAL, Dialog
from .test_transfer import Desk, calls

pytestmark = pytest.mark.line


def dials_on_key(*to: str) -> Script:
    """Answers; `1` calls the first of `to`, `2` the second, and so on."""

    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Digit(key):
                return [Dial(int(key), to[int(key) - 1])]
        return []

    return script


# -- who may be called ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "to", ["sip:1@192.0.2.1", f"sip:1@{LOCAL};maddr=192.0.2.1", f"sip:1@{LOCAL}?Route=%3Csip:x%3E"]
)
def test_whom_the_settings_do_not_name_is_not_called(line: StartLine, to: str) -> None:
    phone = line(calls(to))
    phone.peer.up()
    assert phone.expect(LegEnded) == LegEnded(1, 0, "not_allowed")


def test_only_numbers_that_are_allowed_are_called(line: StartLine) -> None:
    port = free_port()
    to = [f"sip:{number}@{LOCAL}:{port}" for number in ("555", "655")]
    phone = line(lambda: dials_on_key(*to), peer_port=port, may_call=(f"6XX@{LOCAL}",))
    desk = Desk(phone, 200)
    call = phone.peer.up()
    call.press("1")
    assert phone.expect(LegEnded) == LegEnded(1, 0, "not_allowed")
    assert not desk.calls
    call.press("2")
    assert phone.expect(LegAnswered) == LegAnswered(2)


def test_a_phone_is_not_referred_to_whom_we_may_not_call(line: StartLine) -> None:
    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Answered():
                return [Refer(5, "sip:1@192.0.2.1")]
        return []

    phone = line(lambda: script)
    call = phone.peer.up()
    assert phone.expect(ReferDone) == ReferDone(5, 0, "not_allowed")
    assert call.got("REFER") is None


def test_an_hour_has_room_for_so_many_calls_of_all_lines(line: StartLine, tmp_path: Path) -> None:
    port, ledger = free_port(), tmp_path / "run/calls-out"
    to = f"sip:1@{LOCAL}:{port}"
    more = {"calls_per_hour": 2, "ledger": ledger}
    first = line(lambda: dials_on_key(to, to, to), peer_port=port, **more)
    desk = Desk(first, 486)
    call = first.peer.up()
    for key in "123":
        call.press(key)
        first.expect(LegEnded, count=int(key))
    assert first.of(LegEnded) == [
        LegEnded(1, 486),
        LegEnded(2, 486),
        LegEnded(3, 0, "too_many_calls"),
    ]
    assert len(desk.calls) == 2
    other = line(calls(to), **more)
    other.peer.up()
    assert other.expect(LegEnded) == LegEnded(1, 0, "too_many_calls")


def test_minutes_are_counted_while_they_are_talked(line: StartLine, tmp_path: Path) -> None:
    port, ledger = free_port(), tmp_path / "calls-out"
    to = f"sip:1@{LOCAL}:{port}"
    phone = line(lambda: dials_on_key(to, to), peer_port=port, ledger=ledger, minutes_per_hour=1)
    desk = Desk(phone, 200)
    call = phone.peer.up()
    call.press("1")
    phone.expect(LegAnswered)
    # As if another worker had talked for nearly all of it; what is missing, this one talks.
    Ledger(ledger, phone.port + 1).talked(59_900, time.time())
    phone.peer.run(None, 0.2)
    call.press("2")
    assert phone.expect(LegEnded) == LegEnded(2, 0, "too_many_minutes")
    desk.call.bye()
    assert phone.expect(LegEnded, count=2) == LegEnded(1, 200)


# -- slots that are kept for them -----------------------------------------------------------------


def test_kept_slots_are_for_second_legs_alone(line: StartLine) -> None:
    port = free_port()
    to = [f"sip:{number}@{LOCAL}:{port}" for number in (1, 2)]
    phone = line(lambda: dials_on_key(*to), peer_port=port, kept=1)
    room = phone.ready["capacity"]
    Desk(phone, 200)
    callers = [phone.peer.up() for _ in range(room)]
    late = phone.peer.call()
    phone.peer.expect(lambda: late.status() == 503, "503: the slot that is left is not a caller's")
    callers[0].press("1")
    phone.expect(LegAnswered)
    callers[0].press("2")
    assert phone.expect(LegEnded) == LegEnded(2, 0, "no_slot")
    callers[1].bye()
    phone.peer.expect(lambda: callers[1].final("BYE"), "200 to the BYE")
    assert phone.peer.up(), "the leg has the kept slot, so this one is a caller's again"


# -- redirects ------------------------------------------------------------------------------------


class Redirecting(Desk):
    """A desk that redirects who calls some numbers, and then says something else."""

    def __init__(self, phone: Line, contacts: dict[str, str], *codes: int) -> None:
        super().__init__(phone, *codes)
        self.contacts = contacts

    def answer(self, dialog: Dialog) -> None:
        assert dialog.incoming
        number = dialog.incoming.first.partition(":")[2].partition("@")[0]
        contact = self.contacts.get(number, "").replace("PORT", str(self.phone.peer.port))
        if not contact:
            super().answer(dialog)
            return
        self.calls.append(dialog)
        dialog.reply(dialog.incoming, 302, "", f"Contact: {contact}")

    @property
    def numbers(self) -> list[str]:
        """Who was called."""
        return [c.incoming.first.partition(":")[2].partition("@")[0] for c in self.calls]  # type: ignore[union-attr]


def redirecting(
    line: StartLine, contacts: dict[str, str], *codes: int, **settings: object
) -> tuple[Line, Redirecting]:
    port = free_port()
    phone = line(calls(f"sip:1@{LOCAL}:{port}"), peer_port=port, **settings)
    return phone, Redirecting(phone, contacts, *codes)


def test_a_redirect_is_followed(line: StartLine) -> None:
    phone, desk = redirecting(line, {"1": f'"Two, 2" <sip:2@{LOCAL}:PORT>;q=0.5'}, 200)
    call = phone.peer.up()
    phone.expect(LegAnswered)
    assert desk.numbers == ["1", "2"]
    desk.call.speaks = 700
    phone.peer.expect(lambda: 700 in dict(call.tones()), "who was redirected to is heard")
    desk.call.bye()
    assert phone.expect(LegEnded) == LegEnded(1, 200)


def test_whom_a_call_was_redirected_to_says_no(line: StartLine) -> None:
    phone, desk = redirecting(line, {"1": f"<sip:2@{LOCAL}:PORT>"}, 486)
    phone.peer.up()
    assert phone.expect(LegEnded) == LegEnded(1, 486)
    assert desk.numbers == ["1", "2"]


def test_of_several_contacts_the_one_that_is_allowed(line: StartLine) -> None:
    to = f"<sip:900@{LOCAL}:PORT>;q=1.0, <sip:601@{LOCAL}:PORT>;q=0.5"
    phone, desk = redirecting(line, {"1": to}, 200, may_call=(f"6XX@{LOCAL}", f"1@{LOCAL}"))
    phone.peer.up()
    phone.expect(LegAnswered)
    assert desk.numbers == ["1", "601"]


@pytest.mark.parametrize(
    "contact",
    [
        "<sip:2@192.0.2.1>",
        f"<sip:2@{LOCAL}:PORT;maddr=192.0.2.1>",
        f"<sip:2@{LOCAL}:PORT;maddr=192.0.2.1>, <sip:2@{LOCAL}:PORT>",
        f"<sip:2@{LOCAL}:PORT?Route=%3Csip:192.0.2.1%3E>",
        "<tel:+15550100>",
        "<mailto:two@pbx.example>",
    ],
)
def test_a_redirect_to_whom_we_may_not_call_is_not_followed(line: StartLine, contact: str) -> None:
    phone, desk = redirecting(line, {"1": contact})
    call = phone.peer.up()
    assert phone.expect(LegEnded) == LegEnded(1, 302)
    assert desk.numbers == ["1"] and not call.over


def test_redirects_come_to_an_end(line: StartLine) -> None:
    contacts = {str(n): f"<sip:{n + 1}@{LOCAL}:PORT>" for n in range(1, 20)}
    phone, desk = redirecting(line, contacts)
    phone.peer.up()
    assert phone.expect(LegEnded) == LegEnded(1, 302)
    assert desk.numbers == ["1", "2", "3", "4", "5", "6"]


# -- challenges -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "header"), [(401, "WWW"), (407, "Proxy")])
def test_a_challenge_without_credentials(line: StartLine, code: int, header: str) -> None:
    port = free_port()
    phone = line(calls(f"sip:1@{LOCAL}:{port}"), peer_port=port)
    challenge = f'{header}-Authenticate: Digest realm="pbx", nonce="1", algorithm=MD5'

    def answer(dialog: Dialog) -> None:
        assert dialog.incoming
        dialog.reply(dialog.incoming, code, "", challenge)

    phone.peer.answer = answer
    call = phone.peer.up()
    assert phone.expect(LegEnded) == LegEnded(1, code)
    assert not call.over
