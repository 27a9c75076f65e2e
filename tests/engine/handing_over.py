"""Callers who are handed over."""

from typing import Any

from ivr.engine.call import Call
from ivr.engine.effects import Dial, Effect, Join, Play
from ivr.engine.events import LegAnswered
from ivr.engine.verb import Result
from ivr.engine.verbs import transfer

from .driver import Driver

ONE, TWO = "sip:601@pbx", "sip:602@pbx"


def transferring(*to: str, **given: Any) -> Driver:
    async def hand_over(call: Call) -> Result:
        return await transfer(call, *(to or (ONE,)), **{"ring": 20, **given})

    phone = Driver(hand_over)
    phone.start()
    return phone


def talking(**given: Any) -> Driver:
    phone = transferring(**given)
    assert phone.take(LegAnswered(1))[-1] == Join(1)
    return phone


def dialled(phone: Driver) -> list[str]:
    return [effect.to for effect in phone.effects if isinstance(effect, Dial)]


def played(effects: list[Effect]) -> list[tuple[int, Any]]:
    return [(effect.leg, effect.prompts) for effect in effects if isinstance(effect, Play)]
