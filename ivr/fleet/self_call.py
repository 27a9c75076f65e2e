"""The server as its own caller: what a caller would meet, found out before one does.

The call is made over SIP and RTP, by a small caller of its own (`sip/caller.py`) that shares
nothing with the stack that answers.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from ..config import Settings
from ..sip.caller import Address, Caller, caller
from ..web.self_calls import SUCCESS
from .crew import Crew

NAME = "self-call"  # the caller, in records
MINUTE = 60.0  # seconds

log = logging.getLogger("ivr.self_call")


@dataclass(frozen=True, slots=True)
class Plan:
    """Whom to call, which keys to press, and for how many seconds to wait at each step."""

    target: Address
    number: str
    keys: str
    patience: float

    @classmethod
    def of(cls, settings: Settings) -> Plan:
        """As a caller from outside would do it."""
        ours, sip = settings.self_call, settings.sip
        here = "127.0.0.1" if sip.address == "0.0.0.0" else sip.address
        host, _, port = (settings.front.external or f"{here}:{sip.port}").rpartition(":")
        return cls((host, int(port)), settings.self_called, ours.keys, ours.patience)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went: `result` is `SUCCESS`, or names what was wrong, and `fault` tells it.

    `seconds` is the time from the INVITE to the first sound; None: there was none.
    """

    result: str
    seconds: float | None
    fault: str = ""


class _Failed(Exception):
    def __init__(self, result: str, fault: str) -> None:
        super().__init__(fault)
        self.result = result


class SelfCall:
    """Calls again and again, `every` minutes after the last call was over.

    A call that would be in the way of a caller is left out.  `saw` hears of each result.
    """

    def __init__(
        self, settings: Settings, crew: Crew, saw: Callable[[str, float | None], None]
    ) -> None:
        self._plan = Plan.of(settings)
        self._every = settings.self_call.every * MINUTE
        self._crew = crew
        self._saw = saw

    async def run(self) -> None:
        """The first call at once, then for ever."""
        while True:
            if takes_no_place(self._crew):
                outcome = await self_call(self._plan)
                self._saw(outcome.result, outcome.seconds)
                if outcome.fault:
                    log.error("self-call to %s failed: %s", self._plan.number, outcome.fault)
            await asyncio.sleep(self._every)


def takes_no_place(crew: Crew) -> bool:
    """Whether callers still find a free place beside one call more, and new calls are taken.

    Where nobody serves, a self-call is in nobody's way, and is to fail.
    """
    free = [life.free() for life in crew.serving()]
    return not crew.closing and (not free or sum(free) > 1)


async def self_call(plan: Plan, tell: Callable[[str], None] = lambda step: None) -> Outcome:
    """Call once; `tell` hears of each step that went well."""
    now = asyncio.get_running_loop().time
    first_sound: float | None = None
    try:
        async with caller(plan.target, plan.number, NAME) as call:
            try:
                began = now()
                await _answer(call, plan)
                tell(f"answered after {now() - began:.3f} s")
                first_sound = await _sound(call, plan) - began
                tell(f"sound after {first_sound:.3f} s")
                for key in plan.keys:
                    await call.listen(plan.patience)
                    pressed = now()
                    call.press(key)
                    tell(f"other sound {await _sound(call, plan, key) - pressed:.3f} s after {key}")
            except _Failed:
                await call.hang_up(plan.patience)
                raise
            await _goodbye(call, plan)
            tell("hung up")
    except _Failed as failed:
        return Outcome(failed.result, first_sound, str(failed))
    except OSError as error:
        return Outcome("no_answer", None, f"answer: expected 200, found no way there: {error}")
    return Outcome(SUCCESS, first_sound)


async def _answer(call: Caller, plan: Plan) -> None:
    status = await call.call(plan.patience)
    if status >= 300:
        raise _Failed("refused", f"answer: expected 200, got {call.answer.splitlines()[0]}")
    if not status:
        found = "it rang" if call.rang else call.trouble or "nothing came"
        raise _Failed("no_answer", f"answer: expected 200 within {plan.patience:g} s, but {found}")


async def _sound(call: Caller, plan: Plan, key: str = "") -> float:
    """Wait for what is to be heard first, or after `key`.  Returns when it began."""
    began = await call.hear(plan.patience)
    if began is not None:
        return began
    step = f"key {key}: expected other sound than before" if key else "sound: expected sound in RTP"
    packets = call.heard.packets
    if call.gone:
        raise _Failed("hung_up", f"{step}, but the line hung up")
    found = f"none of {packets} packets had any" if packets else "no RTP came"
    result = "no_reaction" if key else "silence" if packets else "no_rtp"
    raise _Failed(result, f"{step} within {plan.patience:g} s, but {found}")


async def _goodbye(call: Caller, plan: Plan) -> None:
    status = await call.hang_up(plan.patience)
    if status != 200 and not call.gone:
        found = f"got {status}" if status else f"nothing came within {plan.patience:g} s"
        raise _Failed("no_goodbye", f"BYE: expected 200, but {found}")
