"""The call as a flow sees it: two primitives, on which every verb is built."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Generator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import coroutine
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from .budget import Budget
from .choices import NO_CHOICES, Choices
from .effect_check import check_effect
from .effects import (
    Answer,
    Drop,
    Effect,
    HangUp,
    Note,
    Prompt,
    Redirect,
    Reject,
    Stop,
    Unlisten,
    Work,
)
from .errors import FlowError
from .events import Answered, Digit, EarlyMedia, Event, Offered, RecordDone
from .handed import NO_NAMES, Handed
from .house import NO_HOUSE, House
from .house import UTC as UTC_ZONE
from .names import is_language, names_of
from .phase import Phase, Standing
from .scope import Parting, Scope, Tries, new_trail
from .stray import Stray
from .values import Secret, Value
from .variables import Variables
from .wording import Wording

if TYPE_CHECKING:
    from .taking import Taking

TIDYING = (Stop, Drop, Unlisten, Note)
TYPE_AHEAD = 32  # keys kept for later steps; the oldest win
FOREVER = float("inf")
WALL_START = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True, eq=False)
class Call(Wording):
    """One phone call.

    A verb does exactly two things with it: `emit` an effect, and wait for the `next_event`.
    Everything else is data.  `now` is the moment of the event being handled, in seconds on a clock
    that only goes forward, and stands still while an operator's prompt is played; `time` is the
    time of day.
    """

    id: str
    caller: str = ""
    dialled: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, str] = field(default_factory=dict)
    caller_lists: tuple[str, ...] = ()
    """The lists of `ivr.yaml` that the caller is on."""
    direction: str = "in"
    given_language: str = ""
    zone: ZoneInfo = UTC_ZONE
    house: House = NO_HOUSE
    now: float = 0.0
    vars: dict[str, Value] = field(default_factory=Variables)
    flows: tuple[str, ...] = ()
    """The flows that are walked through, each called by the one before it."""
    outer: tuple[Scope, ...] = ()
    """What those that called another one have for themselves."""
    state: str = ""
    """Where the call is, as its journal names it."""
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    """Those of the settings, by name."""
    universal: Choices = NO_CHOICES
    """The choices that every question of the flow offers."""
    folder: str = ""
    """Where the flow's own sound files are; empty: where the program runs."""
    given: Mapping[str, Handed] = field(default_factory=dict)
    """What the flow was given as arguments that are no values, by name."""
    answered: bool = False
    early: bool = False
    """Whether the sound was opened before the answer."""
    early_keys: bool = False
    """Whether keys are asked for before the answer, too."""
    over: bool = False
    """Whether the call has ended, or has been told to."""
    keys: deque[str] = field(default_factory=deque, repr=False)
    """Keys pressed and not yet used by a step: the type-ahead buffer."""
    asking: bool = False
    """Whether a step takes the caller's answer right now."""
    taking: Taking | None = field(default=None, repr=False)
    """The answer that is being taken, and the rules for it."""
    reading: bool = False
    """Whether a step takes keys right now, and may show them."""
    silent: bool = False
    """Whether silence is what the flow wants right now."""
    recording: int = 0
    """The recording of the whole call that runs; 0: there is none."""
    secret_work: set[int] = field(default_factory=set)
    """Work whose result is not to be shown."""
    typed_secrets: list[Secret] = field(default_factory=list, repr=False)
    """What the caller typed at sensitive steps, so that no error can show it by accident."""
    place: str = ""
    """Where in the flow's file the verb that runs stands; empty for Python."""
    budget: Budget = field(default_factory=Budget)
    counts: dict[str, int] = field(default_factory=dict)
    """How often outcomes came, where a handler wants to know."""
    rescues: int = 3
    """How many errors the flow's handlers may yet deal with."""
    tidying: bool = False
    """Whether the call is over and `on_hang_up` runs: work may still be done."""
    partings: list[Parting] = field(default_factory=list)
    """What flows that were called want done after the call that ended in them; inner ones first."""
    trail: deque[str] = field(default_factory=new_trail)
    """The states in which the caller was asked something, in order; the latest is last."""
    _outbox: list[Effect] = field(default_factory=list, repr=False)
    _accepted: bool = False
    _last_id: int = 0
    _last_leg: int = 0
    _offered_at: float = 0.0
    _wall: float = 0.0
    _tries: list[Tries] = field(default_factory=list, repr=False)
    _steps: int = 0
    _stray: Stray = field(default_factory=Stray)

    def emit(self, effect: Effect) -> None:
        """Ask the outside world for something.  Returns at once.

        Raises `FlowError` for what is no effect, or has fields of the wrong types.  When the call
        is `over`, only what tidies up still goes out: stops and notes, in `on_hang_up` also work.
        """
        check_effect(effect)
        if self.over and not isinstance(effect, (*TIDYING, Work) if self.tidying else TIDYING):
            return
        if isinstance(effect, HangUp | Redirect | Reject):
            self.over = True
        elif isinstance(effect, Answer):
            self._accepted = True
        self._outbox.append(effect)

    def end(self, code: int = 480) -> None:
        """End the call, unless it is `over`: BYE after the answer, *code* before it."""
        self.emit(HangUp() if self.answered or self._accepted else Reject(code))

    async def next_event(self, until: float | None = None) -> Event:
        """Wait for the next event, or for a `Tick` once *until* (a time of `now`'s clock) is past.

        A wait without *until* is cut by the session after a time that no caller accepts.
        """
        return await _wait(FOREVER if until is None else until)

    async def wait_until(self, moment: float) -> None:
        """Wait until *moment* (of `now`'s clock), whatever happens meanwhile."""
        while self.now < moment:
            await _wait(moment)

    def note(self, kind: str, detail: str = "") -> None:
        """Write a line into the call's journal."""
        self._outbox.append(Note(str(kind), str(detail)))

    def new_id(self) -> int:
        """A number for an effect that later events or a `Stop` refer to."""
        self._last_id += 1
        return self._last_id

    def new_leg(self) -> int:
        """A number for a leg that is to be dialled."""
        self._last_leg += 1
        return self._last_leg

    @property
    def phase(self) -> Phase:
        """How far the call has come on its way to the answer."""
        if self.answered:
            return Phase.ANSWERED
        if self.early:
            return Phase.EARLY_KEYS if self.early_keys else Phase.EARLY
        return Phase.RINGING

    def require(self, standing: Standing) -> None:
        """Raise `FlowError` unless *standing* allows what is to be done now."""
        if self.phase not in standing.phases:
            raise FlowError(standing.otherwise)

    @property
    def answering(self) -> bool:
        """Whether we answered and the caller has not acknowledged it yet."""
        return self._accepted and not self.answered

    @property
    def time(self) -> datetime:
        """The time of day, UTC: that of the offer, plus what has passed since."""
        return WALL_START + timedelta(seconds=self._wall + self.now - self._offered_at)

    @property
    def language(self) -> str:
        """What it goes on in: the variable `language`, if that is one, or what it was given."""
        chosen = self.vars.get("language")
        return str(chosen) if is_language(chosen) else self.given_language

    def names(self) -> dict[str, Any]:
        """What texts and conditions may refer to."""
        return names_of(self)

    def rendered_at_large(self, prompts: tuple[Prompt, ...]) -> tuple[Prompt, ...]:
        """*prompts* of the flow that took the call, filled in, whichever is walked through now.

        None where that cannot be, for nothing that the caller waits for depends on them.
        """
        inner = self._scope()
        self._restore(self.scopes[0])
        try:
            return self.rendered(prompts)
        except FlowError as error:
            self.note("not_played", self.masked(str(error)))
            return ()
        finally:
            self._restore(inner)

    def tries(self) -> Tries:
        """The counters of the next input step of this state.

        They outlive a state that leads back to itself, so that it cannot ask for ever.
        """
        self._steps += 1
        if self._steps > len(self._tries):
            self._tries.append(Tries())
        return self._tries[self._steps - 1]

    def drop_stray(self, keys: Collection[str], until: float) -> None:
        """Drop the next key if it is one of *keys* and comes before *until*.

        A terminator behind an entry that was already complete must not reach the next step.
        """
        if self.keys:
            if self.keys[0] in keys:
                self.keys.popleft()
        else:
            self._stray.expect(keys, until)

    def drop_rest(self, gap: float) -> None:
        """Drop what is still typed of an entry that was refused, so that it answers nothing else.

        That is each key within *gap* seconds of the one before it, up to a terminator.
        """
        self._stray.expect_rest(gap)

    @property
    def rest_until(self) -> float:
        """The moment from which keys are no longer the rest of an entry that was refused."""
        return self._stray.rest_until

    def keep_secret(self, text: str) -> Secret:
        """*text* as a secret of this call."""
        secret = Secret(text)
        if text:
            self.typed_secrets.append(secret)
        return secret

    def masked(self, words: str) -> str:
        """*words* without any secret of this call."""
        kept = (v for v in self.vars.values() if isinstance(v, Secret))
        known = (*self.typed_secrets, *self.secrets.values(), *kept)
        for text in sorted({s.reveal() for s in known}, key=len, reverse=True):
            words = words.replace(text, str(Secret(text))) if text else words
        return words

    def forget_secrets(self) -> None:
        """Drop every secret variable."""
        self.typed_secrets.clear()
        for name in [name for name, value in self.vars.items() if isinstance(value, Secret)]:
            del self.vars[name]

    # For the session.

    def told(self, event: Event) -> None:
        match event:
            case Offered(caller, dialled, wall):
                self.caller, self.dialled, self._wall = caller, dialled, wall
                self.headers, self.overrides = event.headers, event.overrides
                self.caller_lists, self.direction = event.caller_lists, event.direction
                self.given_language = self.given_language or event.language or self.house.language
                self._offered_at = self.now
            case Answered():
                self.answered = True
            case EarlyMedia():
                self.early = True
            case Digit(key):
                self._pressed(key)
            case RecordDone(id) if id == self.recording:
                self.recording = 0

    def delayed(self, seconds: float) -> None:
        """`now` has stood still for so long; the time of day has not."""
        self._offered_at -= seconds

    def _pressed(self, key: str) -> None:
        if self.now < self.rest_until:
            self.note("dropped", "a key of the entry before, which was wrong")
        if not self._stray.takes(key, self.now) and len(self.keys) < TYPE_AHEAD:
            self.keys.append(key)

    @property
    def back(self) -> str:
        """The state that the universal choice of this name leads to, once it was made."""
        return self.trail[-1] if self.trail else ""

    def asks(self) -> None:
        """The caller is asked something in this state, and may want to come back to it."""
        if not self.trail or self.trail[-1] != self.state:
            self.trail.append(self.state)

    def entered(self, state: str, *, again: bool) -> None:
        """*state* was entered; *again*: from itself."""
        self.state = state
        self._steps = 0
        self.place = ""
        if not again:
            self._tries = []
        self.note("state", state)
        self.budget.visit(state, self.now)

    def rescued(self) -> None:
        """An error was dealt with; what was typed before it counts no more."""
        self.rescues -= 1
        self.keys.clear()
        self.budget.renew()

    def enter_flow(
        self,
        name: str,
        variables: dict[str, Value],
        universal: Choices = NO_CHOICES,
        folder: str = "",
        given: Mapping[str, Handed] = NO_NAMES,
    ) -> Scope:
        """Another flow begins, with variables of its own; what the one before had is kept."""
        self.given_language = self.language
        kept = self._scope()
        self.flows, self.vars, self._tries = (*self.flows, name), variables, []
        self.universal, self.folder, self.trail = universal, folder, new_trail()
        self.given, self.outer = given, (*self.outer, kept)
        return kept

    def leave_flow(self, kept: Scope) -> None:
        """Back to the flow that called this one."""
        self.given_language = self.language
        self.flows, self.outer = self.flows[:-1], self.outer[:-1]
        self._restore(kept)

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """What the flow that took the call has for itself, and each that was called on the way."""
        return (*self.outer, self._scope())

    def _scope(self) -> Scope:
        return Scope(
            self.vars,
            self.state,
            self.place,
            self._tries,
            self._steps,
            self.universal,
            self.folder,
            self.trail,
            self.given,
        )

    def _restore(self, kept: Scope) -> None:
        self.vars, self.state, self.place = kept.vars, kept.state, kept.place
        self._tries, self._steps = kept.tries, kept.steps
        self.universal, self.folder, self.trail = kept.universal, kept.folder, kept.trail
        self.given = kept.given

    def drain(self) -> list[Effect]:
        effects, self._outbox = self._outbox, []
        return effects


@coroutine
def _wait(until: float) -> Generator[float, Event, Event]:
    """The only place where a flow gives control back to its session."""
    return (yield until)
