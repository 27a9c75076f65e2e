"""A conversation with somebody whom we call: the hunt for him, and the two joined.

Every wait, every key and every choice is made here, in the engine's time; the line only calls,
joins and drops legs.

    Dial -> LegRinging -> LegAnswered -> [whisper -> key that accepts] -> Join -> LegEnded
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from .call import Call
from .digits import Keys, Verdict
from .effects import Dial, Drop, Join, Play, Prompt, SendDigit, Stop, Tone
from .events import Digit, Event, LegAnswered, LegDigit, LegEnded, LegRinging, PlayDone, Tick
from .far_end import Ending, best_of, outcome_of
from .speak import LONGEST_PLAYBACK, SHORTEST_ROUND

# ITU-T E.182: what a caller hears while it rings elsewhere; a tone of no hertz is silence.
RINGBACK: tuple[Prompt, ...] = (Tone(425, 1.0), Tone(0, 4.0))
BETWEEN_KEYS = 1.0  # seconds for the next key of a pattern that is caught

Ringing = Literal["ringback", "far_end", "silence"]


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms somebody is called, and talked to.  Times in seconds.

    `ring`: how long each may ring.  `music` takes the place of the ringback.  Who answers hears
    `whisper`, and is joined when he has pressed `accept` within `accept_within` (empty: at once).
    `warning` is played to both `warn_before` the end of `longest`.  Keys go to the far end, but for
    those that begin one of `catch`, which takes the caller back.
    """

    ring: float = 25.0
    ringing: Ringing = "ringback"
    music: tuple[Prompt, ...] = ()
    whisper: tuple[Prompt, ...] = ()
    accept: str = ""
    accept_within: float = 10.0
    longest: float = 3.9 * 3600
    warn_before: float = 30.0
    warning: tuple[Prompt, ...] = ()
    catch: tuple[str, ...] = ()
    caller_id: str = ""
    account: str = ""


@dataclass(slots=True)
class _Leg:
    number: int
    until: float  # when it has rung, or thought about it, for long enough
    answered: bool = False
    whisper: int = 0  # the playback that it hears


@dataclass(slots=True)
class Bridge:
    """One conversation of *call*, from the first ring to the last word."""

    call: Call
    terms: Terms
    _legs: dict[int, _Leg] = field(default_factory=dict)
    _endings: list[Ending] = field(default_factory=list)
    _hold: int = 0  # the playback that the caller hears while it rings
    _held_at: float = 0.0
    _warning: int = 0  # the playback that tells him that the time is nearly up
    _early: int = 0  # the leg whose own sound he hears instead

    # -- the hunt ---------------------------------------------------------------------------------

    async def reach(self, targets: Sequence[str], at_once: bool) -> int:
        """The leg of the first of *targets* who takes the call; 0: nobody did, see `ending`.

        They are called one after the other, or *at_once*.
        """
        groups = [tuple(targets)] if at_once else [(target,) for target in targets]
        self._play_ringing()
        for group in groups:
            for target in group:
                self._dial(target)
            while self._legs:
                event = await self.call.next_event(min(leg.until for leg in self._legs.values()))
                leg = self._tried(event)
                if leg:
                    return self._settle_for(leg)
        self._stop_ringing()
        return 0

    @property
    def ending(self) -> Ending:
        """How it ended when nobody took the call."""
        return best_of(self._endings)

    def close(self) -> None:
        """Drop whatever is still there."""
        self._stop_ringing()
        if self._warning:
            self.call.emit(Stop(self._warning))
            self._warning = 0
        for number in list(self._legs):
            self._drop(self._legs[number])

    def _dial(self, target: str) -> None:
        leg = _Leg(self.call.new_leg(), self.call.now + self.terms.ring)
        self._legs[leg.number] = leg
        shown = self.call.text(self.terms.caller_id)
        self.call.emit(Dial(leg.number, target, shown, self.terms.account))

    def _tried(self, event: Event) -> _Leg | None:
        """The leg that has taken the call, with this."""
        leg = self._legs.get(getattr(event, "leg", 0))
        match event:
            case LegRinging(early=True) if leg:
                self._hear(leg)
            case LegAnswered() if leg:
                return self._ask(leg)
            case LegDigit(key=key) if leg and leg.answered and key == self.terms.accept:
                return leg
            case LegEnded(code=code, reason=reason) if leg:
                if leg.answered:
                    code, reason = 480, "not_accepted"
                elif 200 <= code < 300:
                    code = 480  # it answered without sound, or left before there was any
                self._fail(leg, Ending(outcome_of(code, reason), code, reason))
            case PlayDone(id):
                return self._played(id)
            case Tick():
                self._late()
        return None

    def _ask(self, leg: _Leg) -> _Leg | None:
        """Somebody answered: he is told who calls, and asked whether he takes it."""
        if self._early == leg.number:
            self._early = 0  # nothing of his reaches the caller until he has taken the call
            self._play_ringing()
        leg.answered = True
        if not self.terms.whisper:
            return self._await_key(leg)
        leg.whisper = self.call.new_id()
        leg.until = self.call.now + LONGEST_PLAYBACK
        prompts = self.call.rendered(self.terms.whisper)
        self.call.emit(Play(leg.whisper, prompts, self.call.language, leg=leg.number))
        return None

    def _await_key(self, leg: _Leg) -> _Leg | None:
        leg.until = self.call.now + self.terms.accept_within
        return None if self.terms.accept else leg

    def _played(self, id: int) -> _Leg | None:
        if id == self._hold:
            self._hold = 0
            if self.call.now - self._held_at >= SHORTEST_ROUND:  # else it could not be played
                self._play_ringing()
        for leg in self._legs.values():
            if id == leg.whisper:
                leg.whisper = 0
                return self._await_key(leg)
        return None

    def _late(self) -> None:
        for leg in list(self._legs.values()):
            if leg.until <= self.call.now:
                reason = "not_accepted" if leg.answered else ""
                code = 480 if leg.answered else 408
                self._fail(leg, Ending(outcome_of(code, reason), code, reason))
                self.call.emit(Drop(leg.number))

    def _fail(self, leg: _Leg, ending: Ending) -> None:
        del self._legs[leg.number]
        self._endings.append(ending)
        detail = f"{leg.number} {ending.outcome} {ending.code or ''} {ending.reason}"
        self.call.note("leg", detail.strip())
        if leg.number == self._early:
            self._early = 0
            self._play_ringing()

    def _settle_for(self, leg: _Leg) -> int:
        """*leg* has it; the others are told that they need not."""
        self._stop_ringing()
        for other in list(self._legs.values()):
            if other is not leg:
                self._drop(other)
        if leg.whisper:
            self.call.emit(Stop(leg.whisper))
            leg.whisper = 0
        return leg.number

    def _drop(self, leg: _Leg) -> None:
        del self._legs[leg.number]
        self.call.emit(Drop(leg.number))

    # -- what the caller hears meanwhile ----------------------------------------------------------

    def _play_ringing(self) -> None:
        prompts = self.terms.music or (RINGBACK if self.terms.ringing != "silence" else ())
        if prompts and not self._hold and not self._early:
            self._hold, self._held_at = self.call.new_id(), self.call.now
            self.call.emit(Play(self._hold, self.call.rendered(prompts), self.call.language))

    def _stop_ringing(self) -> None:
        if self._hold:
            self.call.emit(Stop(self._hold))
            self._hold = 0

    def _hear(self, leg: _Leg) -> None:
        """The far end has something to say before it answers: an announcement, its own ringing."""
        if self.terms.ringing == "far_end" and not self._early:
            self._stop_ringing()
            self._early = leg.number
            self.call.emit(Join(leg.number, early=True))

    # -- the conversation -------------------------------------------------------------------------

    async def talk(self, number: int) -> Ending:
        """The caller and leg *number* talk until one of them, a key or the clock ends it."""
        call, terms = self.call, self.terms
        call.emit(Join(number))
        call.note("joined", str(number))
        call.keys.clear()
        end = call.now + terms.longest
        warn = end - terms.warn_before if terms.warning else end
        keys = _Keys(terms.catch)
        while True:
            match await call.next_event(min(warn, end, keys.until)):
                case LegEnded(leg=leg, reason=reason) if leg == number:
                    del self._legs[number]
                    call.keys.clear()
                    return Ending("answered", 200, reason)
                case LegDigit(leg=leg, key=key) if leg == number:
                    call.emit(SendDigit(key))
                case PlayDone(id) if id == self._warning:
                    self._warning = 0
                case Digit():
                    caught = self._pressed(number, keys)
                    if caught:
                        return Ending("answered", 200, "caught", caught)
                case Tick() if call.now >= end:
                    return Ending("answered", 200, "max_time")
                case Tick() if call.now >= warn:
                    warn = end
                    self._warn(number)
                case Tick():
                    self._pass(number, keys.give_up())

    def _pressed(self, number: int, keys: _Keys) -> str:
        """The keys that are caught, if these are."""
        caught = ""
        while self.call.keys and not caught:
            passed, caught = keys.press(self.call.keys.popleft(), self.call.now)
            self._pass(number, passed)
        return caught

    def _pass(self, number: int, keys: str) -> None:
        for key in keys:
            self.call.emit(SendDigit(key, leg=number))

    def _warn(self, number: int) -> None:
        prompts = self.call.rendered(self.terms.warning)
        self._warning = self.call.new_id()
        self.call.emit(Play(self._warning, prompts, self.call.language))
        self.call.emit(Play(self.call.new_id(), prompts, self.call.language, leg=number))


class _Keys:
    """Keys on their way to the far end; held back while they may be ones that are caught."""

    __slots__ = ("_held", "_matcher", "until")

    def __init__(self, catch: tuple[str, ...]) -> None:
        self._matcher = Keys(catch)
        self._held = ""
        self.until = float("inf")

    def press(self, key: str, now: float) -> tuple[str, str]:
        """The keys to be passed on, and those that are caught."""
        held = self._held + key
        match self._matcher.verdict(held):
            case Verdict.MAX | Verdict.MATCH:
                return "", held
            case Verdict.PARTIAL:
                self._held, self.until = held, now + BETWEEN_KEYS
                return "", ""
        self.give_up()
        # The first of them begins no pattern; each of the others may.
        passed, caught = held[0], ""
        for rest in held[1:]:
            more, caught = self.press(rest, now)
            passed += more
            if caught:
                break
        return passed, caught

    def give_up(self) -> str:
        """The keys that were held back."""
        held, self._held, self.until = self._held, "", float("inf")
        return held
