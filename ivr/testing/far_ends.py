"""Whom the flow of a simulated call calls, or has the caller's phone call."""

from __future__ import annotations

from dataclasses import dataclass

from ..engine.effects import Dial, Refer
from ..engine.events import Event, LegAnswered, LegDigit, LegEnded, ReferDone
from ..engine.far_end import TransferOutcome
from .agenda import Agenda

THINKING = 1.0  # seconds from an answer to the key with which the far end takes the call


@dataclass(slots=True, eq=False)
class FarEnd:
    """One of them: a leg of ours, or what the caller's phone calls."""

    effect: Dial | Refer
    answered: bool = False
    joined: bool = False
    talk: float | None = None  # seconds that it will talk; None: until somebody ends it
    presses: str = ""

    @property
    def to(self) -> str:
        return self.effect.to

    @property
    def id(self) -> int:
        """That of its referral; 0: it is none."""
        return self.effect.id if isinstance(self.effect, Refer) else 0

    @property
    def leg(self) -> int:
        """The number of its leg; 0: it has none."""
        return self.effect.leg if isinstance(self.effect, Dial) else 0


class FarEnds:
    """`there` are those who have not gone, in the order in which they were called."""

    __slots__ = ("_agenda", "there")

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self.there: list[FarEnd] = []

    @property
    def undecided(self) -> list[FarEnd]:
        """Those who have neither taken the call nor refused it."""
        return [each for each in self.there if not each.answered]

    @property
    def joined(self) -> FarEnd | None:
        """The one who talks with the caller."""
        return next((each for each in self.there if each.joined), None)

    def called(self, effect: Dial | Refer) -> None:
        self.there.append(FarEnd(effect))

    def decide(
        self, one: FarEnd, at: float, outcome: TransferOutcome, code: int, talk: float | None,
        presses: str,
    ) -> None:  # fmt: skip
        """What *one* will do, at the moment *at*."""
        if isinstance(one.effect, Refer):
            self._agenda.expect(at, ReferDone(one.effect.id, code))
        elif outcome == "answered":
            one.talk, one.presses = talk, presses
            self._agenda.expect(at, LegAnswered(one.leg))
        else:
            self._agenda.expect(at, LegEnded(one.leg, code))

    def happens(self, event: Event, now: float) -> None:
        """It is due."""
        match event:
            case LegAnswered(leg):
                one = self._of(leg)
                one.answered = True
                if one.presses:
                    self._agenda.expect(now + THINKING, LegDigit(leg, one.presses))
            case LegEnded(leg):
                self._forget(self._of(leg))
            case ReferDone(id):
                self.stop(id)

    def join(self, leg: int, now: float) -> None:
        """The caller and *leg* talk."""
        one = self._of(leg)
        one.joined = True
        if one.talk is not None:
            self._agenda.expect(now + one.talk, LegEnded(leg, 200))

    def drop(self, leg: int) -> None:
        for one in self.there:
            if one.leg == leg:
                return self._forget(one)

    def stop(self, id: int) -> None:
        """The flow waits no longer for what the phone has to say of referral *id*."""
        self._agenda.forget(id)
        self.there = [each for each in self.there if each.id != id]

    def _of(self, leg: int) -> FarEnd:
        return next(each for each in self.there if each.leg == leg)

    def _forget(self, one: FarEnd) -> None:
        self._agenda.forget(one.leg, "leg")
        self.there.remove(one)
