"""Callers whose phones refer us to somebody else (REFER to us)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ivr.engine.effects import Answer, Dial, Effect, HangUp, Join, Play, Record, Reject, Stop
from ivr.engine.events import (
    Answered,
    Digit,
    Event,
    HungUp,
    LegAnswered,
    LegEnded,
    Offered,
    PlayDone,
    RecordDone,
)

from ..ports import free_port
from .conftest import Line, Script, StartLine
from .peer import LOCAL, Dialog
from .test_transfer import Desk

pytestmark = pytest.mark.line


def menu() -> Script:
    """Plays to whoever is there; `9` hangs up, `5` plays something else."""

    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Answered():
                return [Play(1, ("400x9",))]
            case Digit("5"):
                return [Play(2, ("600x9",))]
            case Digit("9"):
                return [HangUp()]
        return []

    return script


def referring(
    line: StartLine, *codes: int, script: object = menu, **settings: object
) -> tuple[Line, Desk, Dialog]:
    """A line whose callers may refer it, a desk, and a caller who is up."""
    phone = line(script, **{"allow_refer": True, "peer_port": free_port(), **settings})  # type: ignore[arg-type]
    desk = Desk(phone, *codes)
    call = phone.peer.up()
    phone.expect(Answered)
    return phone, desk, call


def refer(call: Dialog, to: str = "") -> int:
    """Asks, and what was answered."""
    to = to or f"<sip:2@{LOCAL}:{call.peer.port}>"
    call.request("REFER", "", "", f"Refer-To: {to}")
    call.peer.expect(lambda: call.final("REFER"), "an answer to REFER")
    answer = call.final("REFER")
    assert answer
    return answer.code


def told(call: Dialog) -> list[str]:
    """What NOTIFY told the phone."""
    return [m.body.split()[1] for m in call.requests if m.method == "NOTIFY"]


def test_nobody_is_referred_unless_the_settings_say_so(line: StartLine) -> None:
    phone, desk, call = referring(line, 200, allow_refer=False)
    assert refer(call) == 603
    assert not desk.calls and phone.of(HungUp) == []


@pytest.mark.parametrize(
    "to",
    [
        "<sip:2@192.0.2.1>",
        f"<sip:2@{LOCAL};maddr=192.0.2.1>",
        f"<sip:2@{LOCAL}?Route=%3Csip:192.0.2.1%3E>",
        f"<sip:2@{LOCAL}?Replaces=1&Route=%3Csip:192.0.2.1%3E>",
        "<sip:>",
        "nonsense",
    ],
)
def test_nobody_is_called_whom_we_may_not_call(line: StartLine, to: str) -> None:
    phone, desk, call = referring(line, 200)
    assert refer(call, to) >= 400
    assert not desk.calls
    call.heard.clear()
    phone.peer.expect(lambda: 400 in dict(call.tones()), "the caller hears his prompt on")


def test_the_flow_goes_on_with_whom_the_phone_refers_us_to(line: StartLine) -> None:
    phone, desk, call = referring(line, 180, 200)
    assert refer(call) == 202
    phone.peer.expect(lambda: 400 in dict(desk.call.tones()), "he hears the prompt")
    phone.peer.expect(lambda: "200" in told(call), "the phone is told")
    phone.peer.expect(lambda: call.got("BYE"), "and is let go")
    desk.call.press("5")
    assert phone.expect(Digit) == Digit("5")
    phone.peer.expect(lambda: 600 in dict(desk.call.tones()), "the flow goes on")
    assert phone.of(HungUp) == []
    desk.call.info("9")
    phone.peer.expect(lambda: desk.call.got("BYE"), "the flow hangs up on him")
    assert phone.expect(HungUp).by == "flow"


def test_he_may_leave_as_a_caller_may(line: StartLine) -> None:
    phone, desk, call = referring(line, 200)
    refer(call)
    phone.peer.expect(lambda: 400 in dict(desk.call.tones()), "he hears the prompt")
    desk.call.bye()
    assert phone.expect(HungUp) == HungUp("caller", 0, "", phone.of(HungUp)[0].media)
    assert [phone.peer.up() for _ in range(phone.ready["capacity"])], "no slot is lost"


def test_a_phone_that_leaves_at_once(line: StartLine) -> None:
    phone, desk, call = referring(line, 180)
    refer(call)
    assert desk.call
    call.bye()
    phone.peer.run(None, 0.3)
    assert phone.of(HungUp) == []
    desk.call.accept()
    phone.peer.expect(lambda: 400 in dict(desk.call.tones()), "he hears the prompt")
    desk.call.press("5")
    phone.expect(Digit)


def test_a_phone_that_leaves_for_somebody_who_does_not_come(line: StartLine) -> None:
    phone, desk, call = referring(line, 180)
    refer(call)
    assert desk.call.incoming
    call.bye()
    phone.peer.run(None, 0.2)
    assert phone.of(HungUp) == []
    desk.call.reply(desk.call.incoming, 486)
    desk.call.over = True
    assert phone.expect(HungUp).by == "caller"


@pytest.mark.parametrize("code", [486, 302, 401])
def test_the_caller_stays_where_nobody_comes(line: StartLine, code: int) -> None:
    phone, _, call = referring(line, code)
    refer(call)
    phone.peer.expect(lambda: str(code) in told(call), "the phone is told")
    call.press("5")
    phone.expect(Digit)
    phone.peer.expect(lambda: 600 in dict(call.tones()), "the flow goes on with the caller")
    assert refer(call) == 202, "and he may try again"


def test_a_caller_who_is_hung_up_on_while_it_rings(line: StartLine) -> None:
    phone, desk, call = referring(line, 180)
    refer(call)
    assert desk.call
    call.press("9")
    phone.peer.expect(lambda: desk.call.got("CANCEL"), "it rings no longer")
    phone.peer.expect(lambda: call.got("BYE"), "BYE to the caller")
    assert phone.expect(HungUp).by == "flow"
    assert len(phone.of(HungUp)) == 1


def test_a_refer_whose_answer_was_lost_is_one(line: StartLine) -> None:
    phone, desk, call = referring(line, 180)
    assert refer(call) == 202
    call.responses.clear()
    to = f"Refer-To: <sip:2@{LOCAL}:{phone.peer.port}>"
    call.request("REFER", "", "", to, cseq=call.cseq)
    phone.peer.expect(lambda: call.final("REFER"), "an answer to REFER")
    assert call.status() == 202
    assert desk.call and len(desk.calls) == 1


def test_without_the_shim_nobody_is_referred(line: StartLine) -> None:
    phone, desk, call = referring(line, 200, shim=False)
    assert refer(call) == 603
    assert not desk.calls and phone.of(HungUp) == []


def test_one_at_a_time(line: StartLine) -> None:
    phone, desk, call = referring(line, 180)
    assert refer(call) == 202
    call.responses.clear()
    assert refer(call) == 603
    phone.peer.expect(lambda: desk.calls, "the call to the desk")
    assert len(desk.calls) == 1 and phone.alive()


def test_no_slot_for_somebody_else(line: StartLine) -> None:
    phone, desk, call = referring(line, 200)
    rest = [phone.peer.up() for _ in range(phone.ready["capacity"] - 1)]
    assert refer(call) == 603
    assert rest and not desk.calls


def test_an_hour_has_room_for_so_many(line: StartLine) -> None:
    phone, _, call = referring(line, 486, calls_per_hour=1)
    assert refer(call) == 202
    phone.peer.expect(lambda: "486" in told(call), "the phone is told")
    call.responses.clear()
    assert refer(call) == 603


def test_a_phone_that_asked_first_hands_on_whom_it_talked_to(line: StartLine) -> None:
    """An attended transfer: who is called sees whose place we take (RFC 5589 7)."""
    phone, desk, call = referring(line, 200)
    to = f"<sip:2@{LOCAL}:{phone.peer.port}?Replaces=abc%40x%3Bto-tag%3D1%3Bfrom-tag%3D2>"
    assert refer(call, to) == 202
    phone.peer.expect(lambda: 400 in dict(desk.call.tones()), "he hears the prompt")
    assert desk.call.incoming
    assert desk.call.incoming.header("replaces") == "abc@x;to-tag=1;from-tag=2"


def test_referred_while_talking_to_a_second_leg(line: StartLine) -> None:
    port = free_port()

    def script() -> Script:
        def on(event: Event) -> Sequence[Effect]:
            match event:
                case Offered():
                    return [Answer()]
                case Answered():
                    return [Dial(1, f"sip:601@{LOCAL}:{port}")]
                case LegAnswered():
                    return [Join(1)]
            return []

        return on

    phone, desk, call = referring(line, 200, script=script, peer_port=port)
    first = desk.call
    phone.expect(LegAnswered)
    call.speaks, first.speaks = 500, 700
    phone.peer.expect(lambda: 500 in dict(first.tones()), "the caller is heard")
    refer(call)
    phone.peer.expect(lambda: len(desk.calls) == 2, "somebody else is called")
    other = desk.calls[1]
    other.speaks = 900
    phone.peer.expect(lambda: 900 in dict(first.tones()), "he is heard")
    phone.peer.expect(lambda: 700 in dict(other.tones()), "and hears")
    first.bye()
    assert phone.expect(LegEnded) == LegEnded(1, 200)


def test_a_message_goes_on(line: StartLine) -> None:
    def script() -> Script:
        def on(event: Event) -> Sequence[Effect]:
            match event:
                case Offered():
                    return [Answer()]
                case Answered():
                    return [Record(1, "m", 60.0, 60.0)]
                case Digit("5"):
                    return [Stop(1)]
            return []

        return on

    phone, desk, call = referring(line, 200, script=script)
    call.speaks = 500
    phone.peer.run(None, 0.3)
    refer(call)
    phone.peer.expect(lambda: call.got("BYE"), "the phone is let go")
    desk.call.speaks = 700
    phone.peer.run(None, 1.0)
    desk.call.press("5")
    done = phone.expect(RecordDone)
    assert done.seconds > 0.7


def test_a_target_that_cannot_be_called(line: StartLine) -> None:
    phone, _, call = referring(line, may_call=("no-such-host.invalid", "tel:+1."))
    refer(call, "<sip:2@no-such-host.invalid>")
    phone.peer.expect(lambda: told(call)[-1:] and told(call)[-1] >= "400", "the phone is told", 15)
    call.press("5")
    phone.expect(Digit)
    call.bye()
    assert phone.expect(HungUp).by == "caller"
    assert phone.of(PlayDone) == []


# -- dialogs that are over -------------------------------------------------------------------------


def test_a_refer_of_a_caller_who_was_turned_away(line: StartLine) -> None:
    """The stack takes it for one in the call that has the slot now, and ends the process."""

    def script() -> Script:
        def on(event: Event) -> Sequence[Effect]:
            match event:
                case Offered(dialled="no"):
                    return [Reject(486)]
                case Offered():
                    return [Answer()]
            return []

        return on

    phone = line(script)
    gone = phone.peer.call("no")
    phone.peer.expect(lambda: gone.status() == 486, "486")
    assert all(phone.peer.up() for _ in range(phone.ready["capacity"]))
    assert refer(gone) == 481
    assert phone.alive() and phone.of(HungUp) == [HungUp("flow", 486, "Busy Here")]


def test_a_key_of_a_caller_who_has_left_is_nobodys(line: StartLine) -> None:
    phone = line(menu)
    gone = phone.peer.up()
    gone.bye()
    phone.expect(HungUp)
    assert all(phone.peer.up() for _ in range(phone.ready["capacity"]))
    gone.info("5")
    phone.peer.expect(lambda: gone.final("INFO"), "an answer to INFO")
    assert gone.status() == 481
    assert not phone.peer.run(lambda: phone.of(Digit), 0.2)


def test_a_refer_of_a_far_end_that_said_no(line: StartLine) -> None:
    phone, desk, call = referring(line, 486)
    refer(call)
    phone.peer.expect(lambda: "486" in told(call), "the phone is told")
    rest = [phone.peer.up() for _ in range(phone.ready["capacity"] - 1)]
    assert refer(desk.call) == 481
    assert rest and phone.alive()
