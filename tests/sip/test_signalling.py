"""The SIP messages of a call, as they are told for its journal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from ivr.engine.effects import Answer, Dial, Effect, HangUp, Reject
from ivr.engine.events import Answered, Event, HungUp, LegAnswered, LegEnded, Offered

from ..ports import free_port
from .conftest import Line, Script, StartLine
from .test_transfer import Desk

pytestmark = pytest.mark.line


def does(*effects: Effect, then: Sequence[Effect] = ()) -> Callable[[], Script]:
    """What is done with an offer, and once it is answered."""

    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return effects
            case Answered():
                return then
        return ()

    return lambda: script


def ladder(phone: Line, leg: int = 0) -> list[str]:
    """`>` came, `<` was sent; repetitions have a plus."""
    return [
        f"{'<' if told.sent else '>'}{'+' * told.again}"
        f"{told.line.removeprefix('SIP/2.0 ').split()[0]}"
        for _, told in phone.signals
        if told.leg == leg
    ]


def shows(phone: Line, *rungs: str, leg: int = 0) -> None:
    """Whatever is said again where one of the two is late."""

    def there() -> bool:
        found = [rung for rung in ladder(phone, leg) if "+" not in rung]
        return found[: len(rungs)] == list(rungs)

    try:
        phone.peer.expect(there, "the ladder")
    except AssertionError:
        raise AssertionError(f"expected {rungs}, found {ladder(phone, leg)}") from None


def test_a_call_that_the_flow_ends(line: StartLine) -> None:
    phone = line(does(Answer(), then=[HangUp()]))
    call = phone.peer.up("100")
    phone.expect(HungUp)
    shows(phone, ">INVITE", "<100", "<200", ">ACK", "<BYE", ">200")
    told = [signal for _, signal in phone.signals]
    assert told[0].line == f"INVITE sip:100@127.0.0.1:{phone.port} SIP/2.0"
    assert told[0].cseq == "2 INVITE" and told[4].cseq.endswith(" BYE")
    port = call.rtp.getsockname()[1]
    assert told[0].media == f"audio {port} RTP/AVP 0 101 at 127.0.0.1"
    assert told[2].media.startswith(f"audio {phone.settings.rtp_port} RTP/AVP 0 ")
    assert not told[1].media and not told[3].media
    moments = [signal.moment for signal in told]
    assert moments == sorted(moments)


def test_what_the_shim_answers_is_there_and_no_body(line: StartLine) -> None:
    phone = line(does(Answer()))
    call = phone.peer.up()
    call.info("7")
    phone.peer.expect(lambda: call.final("INFO"), "200 to INFO")
    call.reinvite("sendonly")
    phone.peer.expect(lambda: ladder(phone).count(">ACK") == 2, "ACK")
    call.bye()
    shows(phone, ">INVITE", "<100", "<200", ">ACK", ">INFO", "<200", ">INVITE", "<200", ">ACK",
          ">BYE", "<200")  # fmt: skip
    info, hold, held = (phone.signals[n][1] for n in (4, 6, 7))
    assert "Signal=" not in repr(info) and info.media == ""
    assert hold.media.endswith(" sendonly") and held.media.endswith(" recvonly")


def test_repetitions_are_counted(line: StartLine) -> None:
    phone = line(does(Answer()))
    call = phone.peer.call()
    call.acknowledges = False
    phone.peer.expect(lambda: len(ladder(phone)) >= 5, "repeated 200")
    assert ladder(phone)[:5] == [">INVITE", "<100", "<200", "<+200", "<++200"]
    call.bye()


def test_a_refused_call(line: StartLine) -> None:
    phone = line(does(Reject(486)))
    phone.peer.call()
    phone.expect(HungUp)
    shows(phone, ">INVITE", "<100", "<486", ">ACK")


def test_a_caller_who_gives_up(line: StartLine) -> None:
    phone = line(does())
    call = phone.peer.call()
    phone.expect(Offered)
    call.cancel()
    phone.expect(HungUp)
    phone.peer.expect(lambda: ">ACK" in ladder(phone), "ACK")
    assert sorted(ladder(phone)) == ["<100", "<200", "<487", ">ACK", ">CANCEL", ">INVITE"]


def test_a_second_leg_has_a_number(line: StartLine) -> None:
    port = free_port()
    to = f"sip:bob@127.0.0.1:{port}"
    phone = line(does(Answer(), then=[Dial(1, to)]), peer_port=port)
    desk = Desk(phone, 180, 200)
    call = phone.peer.up()
    phone.expect(LegAnswered)
    desk.call.bye()
    phone.expect(LegEnded)
    call.bye()
    phone.expect(HungUp)
    shows(phone, "<INVITE", ">180", ">200", "<ACK", ">BYE", "<200", leg=1)
    shows(phone, ">INVITE", "<100", "<200", ">ACK", ">BYE", "<200")
    invite = next(told for _, told in phone.signals if told.leg == 1)
    assert invite.line == f"INVITE sip:bob@127.0.0.1:{port} SIP/2.0"


def test_strangers_are_not_told_of(line: StartLine) -> None:
    phone = line(does(Answer()))
    phone.peer.up()
    stranger = phone.peer.call(send=False)
    stranger.request("OPTIONS")
    phone.peer.expect(lambda: stranger.status() == 200, "200")
    shows(phone, ">INVITE", "<100", "<200", ">ACK")
    assert len(ladder(phone)) == 4


@pytest.mark.parametrize("why", ["switched off", "another layout"])
def test_without_the_tap_pjsua2_tells_what_it_knows(
    line: StartLine, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if why == "another layout":
        monkeypatch.setattr("ivr.sip.wiretap.RECORD", 64)
    shim = why != "switched off"
    phone = line(does(Answer()), shim=shim)
    call = phone.peer.up()
    call.reinvite("sendonly")
    phone.peer.expect(lambda: len(call.responses) >= 3, "200 to the re-INVITE")
    call.bye()
    phone.expect(HungUp)
    shows(phone, ">INVITE", "<100", "<200", ">ACK", ">INVITE", "<200", ">BYE", "<200")
    assert not any(told.again for _, told in phone.signals)
    refusing = line(does(Reject(486)), shim=shim)
    refusing.peer.call()
    refusing.expect(HungUp)
    shows(refusing, ">INVITE", "<100", "<486")
