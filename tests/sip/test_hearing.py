"""What a caller hears, and how soon."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import pytest

from ivr.engine.effects import Answer, Effect, HangUp, Play, Stop
from ivr.engine.events import Answered, Digit, Event, HungUp, Offered, PlayDone

from .conftest import Script, StartLine

pytestmark = pytest.mark.line


def plays(*prompts: str, then: Sequence[Effect] = ()) -> Callable[[], Script]:
    """Answers, plays, and goes on with `then` at the end."""

    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Answered():
                return [Play(1, prompts)]
            case PlayDone():
                return then
        return []

    return lambda: script


def test_the_caller_hears_the_prompt(line: StartLine) -> None:
    phone = line(plays("400x0.5", then=[HangUp()]))
    call = phone.peer.up("menu")
    over = phone.expect(HungUp)
    assert over == HungUp("flow", 0, over.reason, over.media)
    phone.peer.expect(lambda: call.got("BYE"), "BYE")
    assert call.tones() == [(400, 25)]
    offer = phone.of(Offered)[0]
    assert (offer.caller, offer.dialled) == ("alice", "menu")
    assert offer.headers["content-type"] == "application/sdp"


def test_a_list_is_played_without_a_gap(line: StartLine) -> None:
    phone = line(plays("400x0.1", "500x0.1", "600x0.1", then=[HangUp()]))
    call = phone.peer.up()
    phone.expect(HungUp)
    assert call.tones() == [(400, 5), (500, 5), (600, 5)]
    sound = [p for p in call.heard if p.kind == 0]
    assert {b.stamp - a.stamp for a, b in itertools.pairwise(sound)} == {160}


def test_a_key_stops_the_prompt_within_one_packet(line: StartLine) -> None:
    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Answered():
                return [Play(1, ("400x3",))]
            case Digit():
                return [Stop(1), Play(2, ("500x0.1",)), HangUp(after=2)]
        return []

    phone = line(lambda: script)

    def late() -> float:
        """Seconds from a key to the last packet of the prompt."""
        done = len(phone.of(HungUp))
        call = phone.peer.up()
        phone.peer.expect(lambda: len(call.heard) > 20, "sound")
        call.press("5")
        phone.expect(HungUp, count=done + 1)
        assert [hertz for hertz, _ in call.tones()] == [400, 500]
        assert call.tones()[1] == (500, 5)
        last = max(p.at for p in call.heard if p.kind == 0 and p.payload == call.heard[5].payload)
        return last - call.pressed_at

    # Either process may be kept waiting by the machine, but hardly each time.
    assert any(late() < 0.025 for _ in range(5))
    assert set(phone.of(PlayDone)) == {PlayDone(2)}
