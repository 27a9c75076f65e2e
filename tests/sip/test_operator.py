"""What an operator has done to a call, on the wire."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from ivr.engine.effects import Answer, Effect, HangUp, Play, Stop
from ivr.engine.events import Answered, Digit, Event, HungUp, Offered, PlayDone

from .conftest import Script, StartLine

pytestmark = pytest.mark.line

FLOWS = Play(1, ("400x1.5",))
OPERATORS = Play(2, ("600x0.3",), over=True)


def scripted(**keys: Sequence[Effect]) -> Callable[[], Script]:
    """Answers, plays the flow's prompt, and does what belongs to each key."""

    def script(event: Event) -> Sequence[Effect]:
        match event:
            case Offered():
                return [Answer()]
            case Answered():
                return [FLOWS]
            case Digit(key):
                return keys[f"on_{key}"]
        return []

    return lambda: script


def test_the_flows_prompt_waits_for_the_operators(line: StartLine) -> None:
    phone = line(scripted(on_1=[OPERATORS]))
    call = phone.peer.up()
    phone.peer.expect(lambda: call.tones() and call.tones()[0][1] > 3, "sound")
    call.press("1")
    phone.expect(PlayDone, count=2)
    phone.peer.run(None, 0.1)
    first, second, third = call.tones()
    assert [tone for tone, _ in (first, second, third)] == [400, 600, 400]
    assert second[1] in (15, 16)
    assert first[1] + third[1] in (74, 75, 76)
    assert phone.of(PlayDone) == [PlayDone(2), PlayDone(1)]


def test_what_the_flow_plays_meanwhile_waits(line: StartLine) -> None:
    phone = line(scripted(on_1=[OPERATORS, Play(3, ("500x0.2",))]))
    call = phone.peer.up()
    phone.expect(Answered)
    call.press("1")
    phone.expect(PlayDone, count=2)
    phone.peer.run(None, 0.1)
    assert [tone for tone, _ in call.tones()][-2:] == [600, 500]
    assert call.tones()[-1][1] == 10
    assert phone.of(PlayDone) == [PlayDone(2), PlayDone(3)]


def test_the_operators_prompt_can_be_stopped(line: StartLine) -> None:
    longer = Play(2, ("600x5",), over=True)
    phone = line(scripted(on_1=[longer], on_2=[Stop(2)]))
    call = phone.peer.up()
    phone.expect(Answered)
    call.press("1")
    phone.peer.expect(
        lambda: max(call.tones(), default=(0, 0)) >= (600, 5), "the operator's prompt"
    )
    call.press("2")
    phone.expect(PlayDone)
    assert phone.of(PlayDone) == [PlayDone(1)]
    assert call.tones()[-1][0] == 400


def test_an_operators_prompt_takes_the_place_of_the_last_one(line: StartLine) -> None:
    other = Play(3, ("500x0.1",), over=True)
    phone = line(scripted(on_1=[OPERATORS, other]))
    call = phone.peer.up()
    phone.expect(Answered)
    call.press("1")
    phone.expect(PlayDone, count=2)
    assert phone.of(PlayDone) == [PlayDone(3), PlayDone(1)]


def hangs_up(when: type[Event]) -> Callable[[], Script]:
    def script(event: Event) -> Sequence[Effect]:
        effects = list[Effect]()
        if isinstance(event, Offered) and when is not Offered:
            effects.append(Answer())
        if isinstance(event, when):
            effects.append(HangUp(by="operator"))
        return effects

    return lambda: script


@pytest.mark.parametrize(("when", "code"), [(Answered, 0), (Offered, 480)])
def test_it_is_the_operator_who_ended_it(line: StartLine, when: type[Event], code: int) -> None:
    phone = line(hangs_up(when))
    phone.peer.call()
    over = phone.expect(HungUp)
    assert (over.by, over.code) == ("operator", code)


def test_an_operator_may_end_it_between_200_and_ack(line: StartLine) -> None:
    def script(event: Event) -> Sequence[Effect]:
        return [Answer(), HangUp(by="operator")] if isinstance(event, Offered) else []

    phone = line(lambda: script)
    call = phone.peer.up()
    assert phone.expect(HungUp).by == "operator"
    phone.peer.expect(lambda: call.got("BYE"), "BYE")
