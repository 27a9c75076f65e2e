"""Two INVITEs or UPDATEs of one call at the same time: RFC 3261 14.1 and 14.2."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ivr.engine.effects import Effect, Ring
from ivr.engine.events import Event, HungUp, Offered
from ivr.sip import glare
from ivr.sip.glare import pause

from .conftest import Line, StartLine
from .peer import Dialog
from .test_session import hears, timed, tone
from .wire import Message

pytestmark = pytest.mark.line


def rings(event: Event) -> Sequence[Effect]:
    return [Ring()] if isinstance(event, Offered) else []


def finals(call: Dialog, cseq: int) -> list[Message]:
    """The final answers to the INVITE with this number."""
    return [m for m in call.responses if m.code >= 200 and m.header("cseq") == f"{cseq} INVITE"]


def refreshed(phone: Line, *methods: str) -> tuple[Dialog, list[Message]]:
    """A call whose session is about to be refreshed by the line, and by which requests: they are
    collected, and the first is not answered."""
    call = timed(phone, "uas", f"Allow: {', '.join(('INVITE', 'ACK', 'BYE', *methods))}")
    came: list[Message] = []
    otherwise = phone.peer._request

    def take(dialog: Dialog, message: Message) -> None:
        if message.method not in ("INVITE", "UPDATE"):
            otherwise(dialog, message)
        elif message.header("cseq") not in [each.header("cseq") for each in came]:
            came.append(message)
            if len(came) > 1:
                dialog.reply(message, 200, dialog.sdp, "Session-Expires: 90;refresher=uac")

    phone.peer._request = take  # type: ignore[method-assign]
    call.info("1")
    phone.peer.expect(lambda: came, "a refresh")
    return call, came


def test_an_invite_while_ours_is_pending_is_491(line: StartLine) -> None:
    phone = line(tone)
    call, came = refreshed(phone)
    call.request("INVITE", call.sdp)
    number = call.cseq
    phone.peer.expect(lambda: finals(call, number), "an answer")
    assert [m.code for m in finals(call, number)] == [491]
    call.reply(came[0], 200, call.sdp)
    hears(phone, call, 400)
    call.request("INVITE", call.sdp)
    phone.peer.expect(lambda: finals(call, call.cseq), "an answer")
    assert [m.code for m in finals(call, call.cseq)] == [200]


def test_an_invite_before_the_first_is_answered_is_500(line: StartLine) -> None:
    phone = line(lambda: rings)
    call = phone.peer.call()
    phone.peer.expect(lambda: call.status() == 180, "180")
    call.remote = call.responses[-1].header("to")
    first, number = call.branch, call.cseq
    call.request("INVITE", call.sdp)
    phone.peer.expect(lambda: finals(call, number + 1), "an answer")
    [refusal] = finals(call, number + 1)
    assert refusal.code == 500 and 0 <= int(refusal.header("retry-after")) <= 10
    assert not finals(call, number) and not phone.of(HungUp)
    call.request("CANCEL", branch=first, cseq=number)
    phone.expect(HungUp)


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
def test_a_refresh_that_is_answered_491_comes_again(
    line: StartLine, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """Without that the session ends: the stack itself asks once."""
    monkeypatch.setattr(glare, "pause", lambda ours, chance: pause(ours, 0.0))
    phone = line(tone)
    call, came = refreshed(phone, *(("UPDATE",) if method == "UPDATE" else ()))
    call.reply(came[0], 491)
    phone.peer.expect(lambda: len(came) == 2, "it comes again")
    assert [m.method for m in came] == [method, method]
    assert came[1].at - came[0].at < 2.1  # the Call-ID is the caller's
    hears(phone, call, 400)
    call.info("1")
    phone.peer.expect(lambda: len(came) == 3, "the next refresh, as if nothing had been")
    assert not phone.of(HungUp)


def test_the_two_sides_wait_for_different_times() -> None:
    assert [pause(False, chance) for chance in (0, 1)] == [0, 2]
    assert [pause(True, chance) for chance in (0, 1)] == [2.1, 4]


def test_a_call_that_ends_meanwhile_is_not_asked_again(line: StartLine) -> None:
    phone = line(tone)
    call, came = refreshed(phone)
    call.reply(came[0], 491)
    call.bye()
    phone.expect(HungUp)
    phone.peer.run(None, 2.1)
    assert len(came) == 1
