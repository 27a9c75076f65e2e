"""Calls without sound, and sound for callers behind a NAT."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ivr.engine.effects import Answer, Effect, Play
from ivr.engine.events import Answered, Event, HungUp, Offered
from ivr.sip.silence import SOON, Sound, warn

from .conftest import Line, StartLine
from .peer import Dialog

PUBLIC, ELSEWHERE = "127.0.0.9", "127.0.0.7"  # addresses that lead nowhere


def plays(event: Event) -> Sequence[Effect]:
    match event:
        case Offered():
            return [Answer()]
        case Answered():
            return [Play(1, ("400x9",))]
    return []


def up(phone: Line, direction: str = "sendrecv", speaks: int | None = 0) -> Dialog:
    """A call whose SDP names an address where nobody is."""
    call = phone.peer.call(send=False)
    call.speaks = speaks
    call.direction = direction
    call.request("INVITE", call.sdp.replace("c=IN IP4 127.0.0.1", f"c=IN IP4 {ELSEWHERE}"))
    phone.peer.expect(lambda: call.up, "200")
    final = call.final()
    assert final
    call.listen_to(final.body.replace(PUBLIC, "127.0.0.1"))
    return call


@pytest.mark.line
def test_sound_goes_to_where_sound_comes_from(line: StartLine) -> None:
    phone = line(lambda: plays, public_address=PUBLIC)
    call = up(phone)
    final = call.final()
    assert final and f"c=IN IP4 {PUBLIC}\r\n" in final.body
    assert f"<sip:ivr@{PUBLIC}:{phone.port}>" in final.header("contact")
    phone.peer.expect(lambda: max(call.tones(), default=(0, 0)) > (400, 5), "the prompt")


@pytest.mark.line
def test_a_call_without_sound_is_told_of(
    line: StartLine, capfd: pytest.CaptureFixture[str]
) -> None:
    phone = line(lambda: plays, public_address=PUBLIC)
    silent, talking, holding = up(phone, speaks=None), up(phone), up(phone, "sendonly", None)
    phone.expect(Answered, count=3)
    log: list[str] = []

    def is_told() -> bool:
        log.append(capfd.readouterr().err)
        return "no sound" in "".join(log)

    phone.peer.expect(is_told, "the warning", SOON + 15)
    phone.peer.run(None, 0.3)  # and for the others
    for call in (silent, talking, holding):
        call.bye()
    phone.expect(HungUp, count=3)
    names = [id for id, event in phone.events if isinstance(event, Offered)]
    over = [phone.of(HungUp, name)[0].media for name in names]
    assert [media.get("silent") for media in over] == [True, None, None]
    is_told()
    [told] = [row for row in "".join(log).splitlines() if "no sound" in row]
    final = silent.final()
    assert final
    ours = final.body.partition("m=audio ")[2].split()[0]
    theirs = silent.rtp.getsockname()[1]
    assert "no sound from the caller 3 s after the answer: " in told
    assert f"{PUBLIC}:{ours} of us and {ELSEWHERE}:{theirs} of the caller; 0 packets came" in told


@pytest.mark.parametrize(
    ("came", "went", "missing"),
    [(0, 150, "from the caller"), (150, 0, "to the caller"), (0, 0, "either way"), (1, 1, "")],
)
def test_what_is_missing(
    caplog: pytest.LogCaptureFixture, came: int, went: int, missing: str
) -> None:
    assert warn("c1", Sound(came, went, "192.0.2.1:4000", "10.0.0.1:6000")) == bool(missing)
    assert [(row.__dict__["call"], missing in row.message) for row in caplog.records] == (
        [("c1", True)] if missing else []
    )
