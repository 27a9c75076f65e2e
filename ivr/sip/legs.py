"""The other legs of a call, and where the caller's phone was sent: effects in, events out."""

from __future__ import annotations

import weakref

from ..engine.effects import Dial, Drop, Join, Play, Refer, SendDigit
from ..engine.events import ReferDone
from .far_leg import Caller, FarLeg
from .message import one_line
from .referral import Referral
from .speaker import Prompts
from .stack import Stack


class Legs:
    """What belongs to one caller, and goes when he does."""

    def __init__(self, stack: Stack, prompts: Prompts, caller: Caller) -> None:
        self._stack = stack
        self._prompts = prompts
        self._caller: Caller = weakref.proxy(caller)  # see `Speaker`
        self._legs: dict[int, FarLeg] = {}
        self._referral: Referral | None = None

    def perform(self, effect: Dial | Join | Drop | Refer | SendDigit | Play) -> None:
        """Does `effect`; what concerns a leg that is gone is left alone."""
        match effect:
            case Dial(leg):
                self._legs[leg] = FarLeg(self._stack, self._prompts, self._caller, leg, self._gone)
                self._legs[leg].dial(effect)
            case Drop(leg) if leg in self._legs:
                self._legs.pop(leg).drop()
            case Join(leg, early) if leg in self._legs:
                self._legs[leg].join(early)
            case SendDigit(leg=leg) if leg in self._legs:
                self._legs[leg].press(effect)
            case Play(leg=leg) if leg in self._legs:
                self._legs[leg].play(effect)
            case Refer(leg=leg):
                self._refer(effect, self._legs.get(leg))

    def stop(self, id: int) -> None:
        """Ends playback or referral `id`, if it is one of ours."""
        for leg in self._legs.values():
            leg.stop(id)
        if self._referral and self._referral.id == id:
            self._referral = None

    def connect(self) -> None:
        """Joins them again: the caller's audio port was made anew."""
        for leg in self._legs.values():
            leg.connect()

    def referred(self, code: int, final: bool) -> None:
        """What the caller's phone tells of a REFER."""
        if self._referral:
            self._referral.progress(code, final)

    def close(self, by: str) -> None:
        """The caller's leg is over, ended by `by`."""
        for leg in self._legs.values():
            leg.drop()
        self._legs.clear()
        if self._referral:
            self._referral.caller_left(by)

    def _refer(self, effect: Refer, far: FarLeg | None) -> None:
        target = far.leg if far else None  # whom we may call, we have called
        if effect.leg and target is None:
            self._caller.emit(ReferDone(effect.id, 0, "gone"))
            return
        tolls = self._stack.tolls
        reason = "" if target else tolls.refuses(one_line(effect.to), self._caller.id)
        if reason:
            self._caller.emit(ReferDone(effect.id, 0, reason))
            return
        self._referral = Referral(effect, self._was_referred)
        if self._caller.leg:
            self._referral.begin(self._caller.leg, target)

    def _was_referred(self, done: ReferDone) -> None:
        self._referral = None
        self._caller.emit(done)

    def _gone(self, number: int) -> None:
        self._legs.pop(number, None)
