"""How the sound of a call was."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ivr.engine.effects import Answer, Effect, Play, Reject
from ivr.engine.events import Answered, Digit, Event, HungUp, Offered
from ivr.sip.quality import Quality, Spread

from . import audio
from .conftest import Line, StartLine
from .peer import Dialog


def answers(event: Event) -> Sequence[Effect]:
    match event:
        case Offered(dialled="nobody"):
            return [Reject(404)]
        case Offered():
            return [Answer()]
        case Answered():
            return [Play(1, ("400x9",))]
    return []


def says_something(phone: Line, call: Dialog) -> int:
    """And then presses a key, by which the line has all of it; how many packets these are."""
    keys = len(phone.of(Digit))
    call.says += [audio.ulaw(0)] * 25
    phone.peer.expect(lambda: not call.says, "all is said")
    call.press("1")
    phone.expect(Digit, count=keys + 1)
    phone.peer.expect(lambda: not call._events, "all of the key is sent")
    return 25 + 8


@pytest.mark.line
def test_the_packets_of_a_call_are_counted(line: StartLine) -> None:
    phone = line(lambda: answers)
    call = phone.peer.up()
    sent = says_something(phone, call)
    call._sequence += 5  # lost on the way
    sent += says_something(phone, call)
    call.bye()
    media = phone.expect(HungUp).media
    assert media["codec"] == "PCMU"
    assert media["packets_lost"] == 5
    assert media["packets_received"] == pytest.approx(sent, abs=8)
    assert media["packets_sent"] == pytest.approx(len(call.heard), abs=3)
    assert 0 <= media["jitter_ms"] <= media["jitter_max_ms"] < 100
    assert media["dtmf"] == "rfc4733"
    assert "round_trip_ms" not in media  # this peer sends no RTCP


@pytest.mark.line
def test_what_came_before_a_reinvite_counts_too(line: StartLine) -> None:
    phone = line(lambda: answers)
    call = phone.peer.up()
    sent = says_something(phone, call)
    call.reinvite("sendrecv")
    sent += says_something(phone, call)
    call.bye()
    assert phone.expect(HungUp).media["packets_received"] == pytest.approx(sent, abs=16)


@pytest.mark.line
@pytest.mark.parametrize("by_info", [False, True])
def test_the_way_of_the_keys(line: StartLine, by_info: bool) -> None:
    phone = line(lambda: answers)
    call = phone.peer.up(events=False)
    phone.expect(Answered)
    if by_info:
        call.info("1")
        phone.expect(Digit)
    call.bye()
    assert phone.expect(HungUp).media["dtmf"] == ("info" if by_info else "none")


@pytest.mark.line
def test_a_call_without_sound_has_none(line: StartLine) -> None:
    phone = line(lambda: answers)
    phone.peer.call("nobody")
    assert phone.expect(HungUp).media == {}


def test_spreads_are_summed_up_by_their_weight() -> None:
    spread = Spread()
    spread.add(0, 0, 0)
    spread.add(100, 2000, 5000)
    spread.add(300, 6000, 4000)
    assert (spread.count, spread.mean, spread.most) == (400, 5000, 5000)


def test_the_round_trip_is_told_where_the_far_end_reports() -> None:
    quality = Quality()
    assert quality.facts("none") == {}
    quality.codec = "PCMA"
    quality.round_trip.add(2, 1234, 2000)
    assert quality.facts("info")["round_trip_ms"] == 1.23
