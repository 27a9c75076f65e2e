"""How long a call may be silent, and how long it may last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from .call import FOREVER, Call
from .effects import (
    Dial,
    Drop,
    Effect,
    HangUp,
    Join,
    Play,
    Record,
    Redirect,
    Refer,
    Reject,
    Screen,
    Stop,
    Tone,
)
from .errors import FlowError
from .events import Event, LegEnded, PlayDone, RecordDone, ReferDone, Screened
from .handlers import APOLOGY
from .phase import SOUND
from .verb import Doc, Prompts, Range, Seconds

LONGEST_CALL = 4 * 3600.0  # seconds; no caller stays that long, a flow that waits for ever would
COMFORT = Tone(425, 0.2)

Silence = Annotated[Seconds, Range(1, 60)]
Duration = Annotated[Seconds, Range(1, LONGEST_CALL)]


@dataclass(frozen=True, slots=True)
class DeadAir:
    """What a caller hears when a flow waits for something, and he hears nothing."""

    after: Annotated[Silence, Doc("how long it may be silent")] = 4.0
    play: Annotated[Prompts, Doc("said each time; a short tone where there is none")] = ()


@dataclass(frozen=True, slots=True)
class MaxDuration:
    """How long a call may last, and what the caller is told."""

    after: Annotated[Duration, Doc("from the moment that it came")]
    warning: Annotated[Prompts, Doc("said some time before, in between")] = ()
    warn_before: Annotated[Seconds, Doc("how long before")] = 60.0
    play: Annotated[Prompts, Doc("said at the end")] = ()


def wrong_with(limit: MaxDuration) -> str:
    """Why the warning of *limit* cannot come; empty: it can."""
    if limit.warning and limit.warn_before >= limit.after:
        return (
            f"the warning is due {limit.warn_before:g} s before the end (warn_before), and a call"
            f" lasts {limit.after:g} s (after); expected a warn_before of less, such as"
            f" {limit.after / 2:g} s"
        )
    return ""


class CallTime:
    """How long a call may last: its time is `up` at one moment of the owner's clock, and the caller
    is told so before, at `warn`.  `due` is when to look at it next."""

    __slots__ = ("_limit", "due", "up", "warn")

    def __init__(self, limit: MaxDuration | None) -> None:
        self._limit = limit
        self.due = self.up = self.warn = FOREVER

    def begin(self, now: float) -> None:
        """The call has come."""
        limit = self._limit
        self.up = now + (LONGEST_CALL if limit is None else limit.after)
        if limit is not None and limit.warning:
            self.warn = self.up - limit.warn_before
        self.go_on()

    def hold_warning(self) -> None:
        """Somebody else speaks; it waits for its turn."""
        self.due = self.up

    def go_on(self) -> None:
        """Nobody else speaks."""
        self.due = min(self.up, self.warn)

    def warning(self, call: Call) -> Prompts:
        """What the caller is told, once."""
        assert self._limit is not None
        self.warn, self.due = FOREVER, self.up
        return call.rendered_at_large(self._limit.warning)

    def tell(self, call: Call) -> None:
        """Note that it is up.  Raises `FlowError` where the flow does not say how long that is."""
        if self._limit is None:
            raise FlowError(f"the call lasted longer than {LONGEST_CALL / 3600:.0f} hours")
        call.note("max_duration", f"{self._limit.after:g} s")

    def hang_up(self, call: Call) -> None:
        """Say goodbye, where it can be heard."""
        assert self._limit is not None
        prompts = self._goodbye(call) if call.phase in SOUND.phases else ()
        goodbye = call.new_id() if prompts else None
        if goodbye is not None:
            call.emit(Play(goodbye, prompts, call.language))
        call.emit(HangUp(goodbye, "timeout"))

    def _goodbye(self, call: Call) -> Prompts:
        """What is said at the end; what cannot be filled in leaves nobody without a word."""
        assert self._limit is not None
        words = self._limit.play
        return call.rendered_at_large(words) or ((APOLOGY,) if words else ())


_LOUD = frozenset((Play, Record, Refer, Screen, HangUp, Redirect, Reject))
_ENDS = frozenset((PlayDone, RecordDone, ReferDone, Screened, LegEnded))
_NOTED = frozenset((Play, Record, Refer, Screen, Stop, Dial, Join, Drop))


class DeadAirWatch:
    """Knows since when nothing is heard that anybody would want to hear.

    While a caller is asked, recorded, or on his way to a far end, and where a flow pauses, silence
    is what is wanted.
    """

    __slots__ = ("_after", "_comfort", "_doing", "_legs", "_since")

    def __init__(self, after: float) -> None:
        self._after = after
        self._since = FOREVER
        self._comfort = 0
        self._doing: dict[int, type[Effect]] = {}
        self._legs: set[int] = set()

    def told(self, event: Event) -> None:
        if type(event) not in _ENDS:
            return
        match event:
            case PlayDone(id):
                self._done(Play, id)
                self._comfort *= id != self._comfort
            case RecordDone(id):
                self._done(Record, id)
            case ReferDone(id):
                self._done(Refer, id)
            case Screened(id, found) if found != "machine":
                self._done(Screen, id)
            case LegEnded(leg):
                self._legs.discard(leg)

    def saw(self, effects: list[Effect], call: Call, now: float) -> list[Effect]:
        """Take note of what a call asked for; the same, without comfort where it would disturb."""
        if self._comfort:
            effects = list(self._alone(effects, call.over))
        for effect in effects:
            if type(effect) in _NOTED:
                self._note(effect)
        if self._doing or self._legs or call.asking or call.silent or call.over:
            self._since = FOREVER
        elif self._since == FOREVER and call.phase in SOUND.phases:
            self._since = now
        return effects

    def _alone(self, effects: list[Effect], over: bool) -> Iterator[Effect]:
        """*effects*; comfort ends before what is to be heard in its place, and with the call."""
        for effect in effects:
            if type(effect) in _LOUD and getattr(effect, "id", 0) != self._comfort:
                yield from self._hush()
            yield effect
        if over:
            yield from self._hush()

    def _note(self, effect: Effect) -> None:
        match effect:
            case Play(id, leg=0) | Record(id) | Refer(id) | Screen(id):
                self._doing[id] = type(effect)
            case Stop(id):
                self._doing.pop(id, None)
            case Dial(leg) | Join(leg):
                self._legs.add(leg)
            case Drop(leg):
                self._legs.discard(leg)

    def _done(self, kind: type[Effect], id: int) -> None:
        """One of this kind is over; a fact about another one with its number says nothing of it."""
        if self._doing.get(id) is kind:
            del self._doing[id]

    def _hush(self) -> list[Effect]:
        """What ends the comfort that is played now."""
        playing, self._comfort = self._comfort, 0
        self._doing.pop(playing, None)
        return [Stop(playing)] if playing else []

    @property
    def due(self) -> float:
        """When it has been silent for too long."""
        return self._since + self._after

    def comfort(self, call: Call, prompts: Prompts) -> None:
        """Play something."""
        call.note("dead_air", f"{self._after:g} s without a sound")
        self._comfort = call.new_id()
        said = call.rendered_at_large(prompts) or (COMFORT,)
        call.emit(Play(self._comfort, said, call.language))
