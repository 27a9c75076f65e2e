"""What a caller is told and hears before the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from ivr.engine.effects import Answer, Early, Effect, HangUp, Play, Redirect, Reject, Ring
from ivr.engine.events import Answered, Digit, EarlyMedia, Event, HungUp, Offered, PlayDone
from ivr.sip import once, opening
from ivr.sip.native import Unusable

from .conftest import Script, StartLine
from .peer import Dialog, Peer
from .wire import Message

pytestmark = pytest.mark.line

SDP_ON_HOLD = (
    "v=0\r\no=t 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 4000 RTP/AVP 0\r\na=inactive\r\n"
)
Reaction = Callable[[Event], Sequence[Effect]]


def on(reactions: dict[type[Event], Sequence[Effect]]) -> Callable[[], Script]:
    """A script that has one reaction for each kind of event."""
    return lambda: lambda event: reactions.get(type(event), ())


def responses(call: Dialog) -> list[Message]:
    return [m for m in call.responses if m.method == "INVITE" and m.code > 100]


def own(message: Message) -> dict[str, list[str]]:
    return {name: v for name, v in message.headers.items() if name.startswith("x-")}


def test_each_provisional_response_has_its_own_code_reason_and_headers(line: StartLine) -> None:
    phone = line(
        on(
            {
                Offered: (
                    Ring(),
                    Ring(182, "Queued, two before you", {"X-Place": "3", "X-Both": "1"}),
                    Ring(181, "", {"X-To": "601", "X-Both": "1"}),
                    Ring(182, "", {"X-Place": "2"}),
                    Ring(headers={"X-Both": "1"}),
                    Answer(),
                )
            }
        )
    )
    call = phone.peer.up()
    assert [(m.first, own(m)) for m in responses(call)] == [
        ("SIP/2.0 180 Ringing", {}),
        ("SIP/2.0 182 Queued, two before you", {"x-place": ["3"], "x-both": ["1"]}),
        ("SIP/2.0 181 Call Is Being Forwarded", {"x-to": ["601"], "x-both": ["1"]}),
        ("SIP/2.0 182 Queued", {"x-place": ["2"]}),
        ("SIP/2.0 180 Ringing", {"x-both": ["1"]}),
        ("SIP/2.0 200 OK", {}),
    ]
    assert [bool(m.body) for m in responses(call)] == [False] * 5 + [True]
    phone.expect(Answered)


def test_a_refusal_keeps_a_header_that_a_ring_had_too(line: StartLine) -> None:
    headers = {"X-Call": "7"}
    phone = line(on({Offered: (Ring(headers=headers), Ring(182), Reject(486, "", headers))}))
    call = phone.peer.call()
    phone.peer.expect(call.final, "486")
    assert [own(m) for m in responses(call)] == [{"x-call": ["7"]}, {}, {"x-call": ["7"]}]


@pytest.mark.parametrize("why", ["switched off", "another wheel", "another layout"])
def test_without_the_shim_a_ring_has_no_headers(
    line: StartLine, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    def another_wheel() -> None:
        raise Unusable("another wheel")

    if why == "another wheel":
        monkeypatch.setattr(once, "usable", another_wheel)
    if why == "another layout":
        monkeypatch.setattr(once, "MESSAGE", once.MESSAGE - 8)
    script = on({Offered: (Ring(180, "Wait", {"X-Call": "7"}), Answer())})
    phone = line(script, shim=why != "switched off")
    call = phone.peer.up()
    assert [m.first for m in responses(call)] == ["SIP/2.0 180 Wait", "SIP/2.0 200 OK"]
    assert all(not own(m) for m in responses(call))


def test_a_caller_who_waits_long_is_reminded(
    line: StartLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "REMINDER", 0.05)
    phone = line(on({Offered: (Ring(182, "", {"X-Place": "3"}),)}))
    call = phone.peer.call()
    phone.peer.expect(lambda: len(responses(call)) >= 3, "two reminders")
    assert {m.first for m in responses(call)} == {"SIP/2.0 182 Queued"}
    assert all(own(m) == {"x-place": ["3"]} for m in responses(call))
    call.cancel()
    assert phone.expect(HungUp).by == "caller"


def test_a_prompt_goes_on_over_the_answer_without_a_gap(line: StartLine) -> None:
    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Ring(), Early()]
            case EarlyMedia():
                return [Play(1, ("400x3",))]
            case Digit():
                return [Answer()]
        return ()

    phone = line(lambda: script)
    call = phone.peer.call()
    phone.expect(EarlyMedia)
    phone.peer.expect(lambda: call.status() == 183, "183")
    early = call.responses[-1]
    call.listen_to(early.body)
    phone.peer.expect(lambda: len(call.heard) > 30, "sound before the answer")
    assert call.final() is None
    call.press("1")
    phone.expect(Answered)
    before = len(call.heard)
    final = call.final()
    assert final and final.body == early.body
    phone.expect(PlayDone)
    phone.peer.run(lambda: False, 0.1)
    assert before < len(call.heard) - 30, "it went on"
    numbers = [packet.sequence for packet in call.heard]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert [tone for tone, _ in call.tones()] == [400]
    assert 148 <= call.tones()[0][1] <= 151


def test_an_announcement_and_then_a_refusal(line: StartLine) -> None:
    phone = line(
        on(
            {
                Offered: (Early(),),
                EarlyMedia: (Play(1, ("400x0.5",)), HangUp(after=1, code=500)),
            }
        )
    )
    call = phone.peer.call()
    phone.expect(EarlyMedia)
    phone.peer.expect(lambda: call.status() == 183, "183")
    call.listen_to(call.responses[-1].body)
    phone.peer.expect(call.final, "500")
    assert [m.code for m in responses(call)] == [183, 500]
    assert [tone for tone, _ in call.tones()] == [400]
    over = phone.expect(HungUp)
    assert (over.by, over.code) == ("flow", 500)


def test_a_caller_gives_up_before_the_answer(line: StartLine) -> None:
    phone = line(on({Offered: (Early(),), EarlyMedia: (Play(1, ("400x3",)),)}))
    call = phone.peer.call()
    phone.expect(EarlyMedia)
    call.cancel()
    over = phone.expect(HungUp)
    assert (over.by, over.code) == ("caller", 487)


def test_who_offered_no_sound_hears_nothing_and_the_flow_goes_on(line: StartLine) -> None:
    phone = line(
        on(
            {
                Offered: (Early(),),
                EarlyMedia: (Play(1, ("400x3",)),),
                PlayDone: (Answer(),),
                Answered: (Play(2, ("700x0.5",)),),
            }
        )
    )
    call = phone.peer.up(offer=False)
    phone.expect(PlayDone, count=2)
    assert [tone for tone, _ in call.tones()] == [700]


def test_nor_does_who_calls_on_hold(line: StartLine) -> None:
    phone = line(
        on({Offered: (Early(),), EarlyMedia: (Play(1, ("400x3",)),), PlayDone: (HangUp(),)})
    )
    call = phone.peer.call(body=SDP_ON_HOLD)
    phone.peer.expect(call.final, "480")
    assert [m.code for m in responses(call)] == [183, 480]


def acknowledges(peer: Peer, call: Dialog, message: Message) -> None:
    """PRACK (RFC 3262)."""
    call.remote, call.uri = message.header("to"), message.header("contact").strip("<>")
    call.request("PRACK", "", "", f"RAck: {message.header('rseq')} 2 INVITE")


def test_a_caller_who_requires_reliable_responses(line: StartLine) -> None:
    phone = line(on({Offered: (Ring(180, "", {"X-Place": "1"}), Early()), EarlyMedia: (Answer(),)}))
    peer = phone.peer
    call = peer.call("1", "Require: 100rel")
    for code in (180, 183):
        peer.expect(lambda code=code: call.status() == code, f"{code}")  # type: ignore[misc]
        told = call.responses[-1]
        assert (told.header("require"), own(told)) == (
            "100rel", {"x-place": ["1"]} if code == 180 else {},
        )  # fmt: skip
        assert bool(told.body) == (code == 183)
        assert not peer.run(call.final, 0.05)
        acknowledges(peer, call, told)
        peer.expect(lambda: call.final("PRACK"), "200 to PRACK")
        call.responses = [m for m in call.responses if m.method == "INVITE" and m is not told]
    peer.expect(call.final, "200")
    assert not own(call.responses[-1])
    phone.expect(Answered)


def test_nothing_is_smuggled_into_a_ring_or_a_redirection(line: StartLine) -> None:
    bad = {"X-One": "a\r\nX-Bad: 1", "X-Two\r\nX-Bad": "1", "Contact": "<sip:evil@x>"}
    contacts = ("<sip:a@b>;q=0.5", "<sip:c@d>;q=0.4\r\nX-Bad: 1", "<sip:e@f>\r\nX-Bad: 1")
    phone = line(
        on(
            {
                Offered: (
                    Ring(182, "No\r\nX-Bad: 1", bad),
                    Redirect(contacts, 300, "Go\nX-Bad:", bad),
                )
            }
        )
    )
    call = phone.peer.call()
    phone.peer.expect(call.final, "300")
    ringing, final = responses(call)
    assert ringing.first == "SIP/2.0 182 No X-Bad: 1"
    assert final.first == "SIP/2.0 300 Go X-Bad:"
    assert own(ringing) == own(final) == {"x-one": ["a X-Bad: 1"]}
    assert final.headers["contact"] == [
        "<sip:a@b>;q=0.5", "<sip:c@d;q=0.4X-Bad:1>", "<sip:e@fX-Bad:1>",
    ]  # fmt: skip
