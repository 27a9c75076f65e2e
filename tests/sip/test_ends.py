"""How calls end, from either side, before and after the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from ivr.engine.effects import Answer, Effect, HangUp, Play, Redirect, Reject
from ivr.engine.events import Answered, Event, HungUp, Offered

from .conftest import Script, StartLine

pytestmark = pytest.mark.line


def on_offer(*effects: Effect) -> Callable[[], Script]:
    def script(event: Event) -> Sequence[Effect]:
        return effects if isinstance(event, Offered) else []

    return lambda: script


def test_cancel(line: StartLine) -> None:
    phone = line(on_offer())
    call = phone.peer.call()
    phone.expect(Offered)
    call.cancel()
    phone.peer.expect(call.final, "487")
    over = phone.expect(HungUp)
    assert (over.by, over.code) == ("caller", 487)
    assert [m.code for m in call.responses if m.method == "CANCEL"] == [200]


def test_the_caller_hangs_up(line: StartLine) -> None:
    phone = line(on_offer(Answer(), Play(1, ("400x3",))))
    call = phone.peer.up()
    phone.expect(Answered)
    call.bye()
    over = phone.expect(HungUp)
    assert (over.by, over.code) == ("caller", 0)
    assert phone.events[-1][1] == over


def test_a_hang_up_before_the_ack_waits_for_it(line: StartLine) -> None:
    phone = line(on_offer(Answer(), HangUp()))
    call = phone.peer.up()
    assert phone.expect(HungUp).by == "flow"
    phone.peer.expect(lambda: call.got("BYE"), "BYE")


def test_a_hang_up_before_the_answer_is_480(line: StartLine) -> None:
    phone = line(on_offer(HangUp()))
    call = phone.peer.call()
    assert phone.expect(HungUp).by == "flow"
    phone.peer.expect(lambda: call.status() == 480, "480")


def test_every_rejection_arrives_as_it_was_meant(line: StartLine) -> None:
    wanted = {"403": 403, "404": 404, "480": 480, "486": 486, "503": 503, "603": 603,
              "200": 500, "700": 500}  # fmt: skip

    def script(event: Event) -> Sequence[Effect]:
        if not isinstance(event, Offered):
            return []
        headers = {"Reason": "Q.850;cause=21", "X-Why": "because"}
        return [Reject(int(event.dialled), "Not now", headers)]

    phone = line(lambda: script)
    for user, code in wanted.items():
        call = phone.peer.call(user)
        phone.peer.expect(call.final, f"{code}")
        final = call.final()
        assert final
        assert final.first == f"SIP/2.0 {code} Not now"
        assert final.header("reason") == "Q.850;cause=21"
        assert final.header("x-why") == "because"
    phone.expect(HungUp, count=len(wanted))
    assert {over.by for over in phone.of(HungUp)} == {"flow"}


def test_redirect(line: StartLine) -> None:
    contacts = ("sip:601@pbx.test", "tel:+15550100", "nonsense", "sip:a@b\r\nX: 1")
    phone = line(on_offer(Redirect(contacts, 302, "Moved")))
    call = phone.peer.call()
    phone.peer.expect(call.final, "302")
    final = call.final()
    assert final
    assert final.first == "SIP/2.0 302 Moved"
    assert final.headers["contact"] == [
        "<sip:601@pbx.test>;q=1.0",
        "<tel:+15550100>;q=0.9",
        "<sip:a@bX:1>;q=0.8",
    ]
    assert "x" not in final.headers


def test_no_header_can_be_smuggled_in(line: StartLine) -> None:
    headers = {
        "X-One": "a\r\nX-Bad: 1",
        "X-Two\r\nX-Bad": "1",
        "X-Three": "nul\0tab\tbell\a end",
        "To": "<sip:evil@x>",
        "Content-Length": "999",
        "X-Long": "z" * 9000,
        "X-Latin": "caf\udce9 \u2028 über",
    }
    reason = "Bad\r\nX-Bad: 1\r\n\r\n" + "y" * 9000
    phone = line(on_offer(Reject(486, reason, headers)))
    call = phone.peer.call()
    phone.peer.expect(call.final, "486")
    final = call.final()
    assert final and final.code == 486
    assert "x-bad" not in final.headers
    assert final.header("x-one") == "a X-Bad: 1"
    assert final.header("x-three") == "nul tab bell  end"
    assert final.headers["content-length"] == ["0"]
    assert len(final.headers["to"]) == 1 and "evil" not in final.header("to")
    assert len(final.raw) < 4000


def test_strange_bytes_in_an_invite_become_text(line: StartLine) -> None:
    phone = line(on_offer(Reject(404)))
    call = phone.peer.call(
        "a%23b", "X-Odd: caf\udce9 \x01", from_header='"A <sip:x@y> \udcff" <sip:%2B15@h>'
    )
    phone.peer.expect(call.final, "404")
    offer = phone.expect(Offered)
    assert (offer.caller, offer.dialled) == ("+15", "a#b")
    assert offer.headers["x-odd"] == "caf\ufffd"
    str(offer).encode()


def test_refusing_after_the_answer_is_a_hang_up(line: StartLine) -> None:
    phone = line(on_offer(Answer(), Reject(486)))
    call = phone.peer.up()
    phone.expect(HungUp)
    phone.peer.expect(lambda: call.got("BYE"), "BYE")


def test_a_caller_who_vanishes_does_not_keep_the_slot(line: StartLine) -> None:
    def script(event: Event) -> Sequence[Effect]:
        return [Answer()] if isinstance(event, Offered) else []

    phone = line(lambda: script, media_timeout=1.2)
    call = phone.peer.up()
    phone.peer.run(None, 1.8)
    assert not phone.of(HungUp), "who sends RTP is there"
    call.speaks = None
    assert phone.expect(HungUp).by == "media_timeout"
    phone.peer.expect(lambda: call.got("BYE"), "BYE")
