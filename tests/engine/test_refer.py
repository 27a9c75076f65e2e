"""SEMANTICS 9: the caller's phone, or another one, takes our place."""

import pytest

from ivr.engine.effects import Drop, HangUp, Join, Refer, Stop
from ivr.engine.events import LegAnswered, LegEnded, ReferDone
from ivr.engine.verb import Result

from .handing_over import ONE, dialled, transferring


@pytest.mark.parametrize(
    ("code", "reason", "outcome"),
    [(200, "", "answered"), (486, "", "busy"), (0, "refused", "unreachable")],
)
def test_a_phone_that_is_referred_tells_what_came_of_it(
    code: int, reason: str, outcome: str
) -> None:
    phone = transferring(mode="refer")
    assert phone.effects[-1] == Refer(1, ONE)
    phone.take(ReferDone(7, 486))
    assert phone.take(ReferDone(1, code, reason)) == [HangUp()]
    assert phone.result == Result(outcome, code=code, reason=reason)


def test_a_phone_that_tells_nothing_is_not_waited_for() -> None:
    phone = transferring(mode="refer")
    assert phone.wait(20) == [Stop(1), HangUp()]
    assert phone.result == Result("no_answer", code=408)
    assert transferring(mode="refer").hang_up() == [Stop(1)]


def test_a_refused_refer_becomes_a_bridge() -> None:
    phone = transferring(mode="refer_then_bridge")
    phone.take(ReferDone(1, 405))
    assert dialled(phone) == [ONE]
    phone = transferring(mode="refer_then_bridge")
    phone.take(ReferDone(1, 200))
    assert dialled(phone) == []
    assert phone.result.outcome == "answered"


def test_an_attended_transfer_lets_the_phone_take_our_place() -> None:
    phone = transferring(mode="attended")
    refer = phone.take(LegAnswered(1))[-1]
    assert isinstance(refer, Refer) and (refer.to, refer.leg) == (ONE, 1)
    assert phone.take(ReferDone(refer.id, 200)) == [Drop(1), HangUp()]
    assert phone.result == Result("answered", code=200)


def test_an_attended_transfer_that_the_phone_refuses_stays_a_bridge() -> None:
    phone = transferring(mode="attended")
    refer = phone.take(LegAnswered(1))[-1]
    assert isinstance(refer, Refer)
    assert phone.take(ReferDone(refer.id, 603)) == [Join(1)]
    phone.take(LegEnded(1, 200))
    assert phone.result.outcome == "answered"


def test_a_far_end_that_leaves_while_the_phone_is_asked_is_not_talked_to() -> None:
    phone = transferring(mode="attended")
    refer = phone.take(LegAnswered(1))[-1]
    assert isinstance(refer, Refer)
    assert phone.take(LegEnded(1, 200)) == [], "the phone may be there instead"
    phone.take(ReferDone(refer.id, 603))
    assert phone.result == Result("no_answer", code=480, reason="gone")
    phone = transferring(mode="attended")
    refer = phone.take(LegAnswered(1))[-1]
    assert isinstance(refer, Refer)
    phone.take(LegEnded(1, 200))
    phone.take(ReferDone(refer.id, 200))
    assert phone.result.outcome == "answered"
