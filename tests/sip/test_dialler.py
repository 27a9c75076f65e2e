"""Keys that we press for the far end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from ivr.engine.effects import Answer, Effect, HangUp, SendDigit
from ivr.engine.events import Answered, Event, HungUp, Offered

from .conftest import Script, StartLine
from .wire import Message

pytestmark = pytest.mark.line


def pressing(*effects: Effect) -> Callable[[], Script]:
    reactions: dict[type, Sequence[Effect]] = {Offered: (Answer(),), Answered: effects}

    def script(event: Event) -> Sequence[Effect]:
        return reactions.get(type(event), ())

    return lambda: script


def test_as_events_among_the_sound(line: StartLine) -> None:
    phone = line(pressing(*(SendDigit(key, seconds=0.06) for key in "0159*#AD")))
    call = phone.peer.up()
    phone.peer.expect(lambda: call.keys() == "0159*#AD", "eight keys")


def test_as_info_one_after_the_other(line: StartLine) -> None:
    phone = line(pressing(*(SendDigit(key, "info", 0.25) for key in "1#")))
    call = phone.peer.call(send=False)
    reply, asked = call.reply, list[Message]()

    def later(request: Message, code: int, body: str = "", *headers: str) -> None:
        if request.method == "INFO":
            if request.header("cseq") not in [each.header("cseq") for each in asked]:
                asked.append(request)
        else:
            reply(request, code, body, *headers)

    call.reply = later  # type: ignore[method-assign]
    call.request("INVITE", call.sdp)
    phone.peer.expect(lambda: asked, "an INFO")
    assert not phone.peer.run(lambda: len(asked) > 1, 0.2), "the second waits for an answer"
    reply(asked[0], 200)
    phone.peer.expect(lambda: len(asked) > 1, "the next INFO")
    reply(asked[1], 415)
    assert [m.header("content-type") for m in asked] == ["application/dtmf-relay"] * 2
    assert [m.body.split() for m in asked] == [
        ["Signal=1", "Duration=250"],
        ["Signal=#", "Duration=250"],
    ]


def test_what_is_no_key_is_left_out(line: StartLine) -> None:
    phone = line(pressing(SendDigit("x"), SendDigit("1x", "info"), SendDigit("2"), HangUp(after=7)))
    call = phone.peer.up()
    assert phone.expect(HungUp).by == "flow"
    assert call.got("INFO") is None
