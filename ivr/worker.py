"""One process: its phone, its calls, and the loop that joins them.

This is the place where the engine and the edges meet.  One thread does everything; other threads
and signal handlers only set a flag and wake the phone.
"""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from math import inf
from typing import Protocol

from .engine import trace
from .engine.aftermath import LONGEST
from .engine.call import Call
from .engine.call_out import CallOut
from .engine.effects import Effect, Note, Stop, Work
from .engine.events import Event, HungUp, Offered, Tick
from .engine.flow import Flow
from .engine.session import Session
from .engine.signalled import Signalled
from .engine.verbs import reject
from .guard import StateGuard
from .store.journal import Journal
from .tally import Tally
from .work.pool import Pool

TIDY_EVERY = 50  # calls, where there is never a moment without one
LONGEST_TURN = 0.5  # seconds the phone may wait when nothing is due

LEVELS = {
    "failed": logging.ERROR,
    "log_error": logging.ERROR,
    "log_warning": logging.WARNING,
    "log_info": logging.INFO,
}  # of notes that go into the log, too

log = logging.getLogger("ivr.worker")

NOBODY = Flow("nobody", start="unknown_number")


@NOBODY.state()
async def unknown_number(call: Call) -> str:
    """Whoever was dialled is not here."""
    return (await reject(call, 404)).outcome


class Phone(Protocol):
    """A thing that calls arrive on: pjsua2 in production, a script in tests."""

    def wait(self, seconds: float) -> Iterable[tuple[str, Event | Signalled]]:
        """Everything that happened, at most *seconds* from now, as (call id, event)."""

    def perform(self, call_id: str, effect: Effect) -> None:
        """Carry out *effect*.  Never blocks, never raises; an unknown call is left alone."""

    def wake(self) -> None:
        """End a running `wait`; from any thread or signal handler."""

    def dial(self, order: CallOut) -> None:
        """Make a call: `Offered` follows, then `Answered` or `HungUp`, with the id of *order*."""

    def beat(self) -> None:
        """Let sound go on; called again and again while a state computes."""

    def refuse(self) -> None:
        """Take no new calls from now on (503); live ones go on."""

    def stop(self) -> Iterable[tuple[str, Event | Signalled]]:
        """End the calls that are left, and the phone; returns what became of them.

        Each has its `HungUp`, last of all events.
        """


class Worker:
    """Owns every call of this process.

    `pool` does what calls have done outside; `drain_seconds` is how long calls may go on once it
    drains (None: to their end); `attend` is called after every turn, twice a second or more often.
    """

    def __init__(
        self,
        phone: Phone,
        route: Callable[[Offered], tuple[Flow | None, Offered]],
        journal: Journal,
        *,
        pool: Pool | None = None,
        drain_seconds: float | None = 30.0,
        tally: Tally | None = None,
        attend: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.phone = phone
        self.route = route
        self.journal = journal
        self.pool = pool or Pool({}, phone.wake)
        self.clock = clock
        self.drain_seconds = drain_seconds
        self.tally = tally
        self.attend = attend
        self.overrides: Mapping[str, str] = {}
        """Schedules that are `open` or `closed` for calls to come, whatever their rules say."""
        self.sessions: dict[str, Session] = {}
        self._left: set[str] = set()  # calls that are gone, and whose flow still tidies up
        self._going_out: dict[str, Flow] = {}
        self.guard = StateGuard(phone.beat)
        self._ended = 0
        self._drain_until: float | None = None
        self.draining = False

    def run(self) -> None:
        """Serve until drained: no new calls, and the last one over or out of time."""
        try:
            while not self._drained():
                self.turn()
                self.attend()
        finally:
            self.end()

    def end(self) -> None:
        """End what calls are left, and the phone; what flows do after a call gets its time."""
        for call_id, event in self.phone.stop():
            self._feed(call_id, event)
        until = self.clock() + LONGEST + LONGEST_TURN
        while self._left and self.clock() < until:
            self.pool.wait(LONGEST_TURN)
            self._tend()
        for call_id in list(self._left):
            self._close(call_id)
        self.pool.close()

    def drain(self) -> None:
        """Take no new calls; end when the live ones are over.  Fit for a signal handler."""
        self.draining = True
        self.phone.wake()

    def tell(self, call_id: str, event: Event) -> bool:
        """Let a live call know of something that did not come by phone; False: no such call."""
        known = call_id in self.sessions
        self._feed(call_id, event)
        return known

    def dial(self, order: CallOut, flow: Flow) -> None:
        """Make a call that walks through *flow* once somebody has answered.

        Its journal has begun when this returns.
        """
        self._going_out[order.id] = order.begins_with(flow)
        self.phone.dial(order)
        self._happens(0.0)

    def turn(self) -> None:
        """Wait for something to happen, and let the calls it concerns react."""
        self._happens(self._patience())
        self._tend()

    def _tend(self) -> None:
        """Work that is done, and deadlines that are past."""
        for call_id, done in self.pool.done():
            self._feed(call_id, done)
        now = self.clock()
        for call_id, session in list(self.sessions.items()):
            if session.deadline is not None and session.deadline <= now:
                self._feed(call_id, Tick())

    def _happens(self, seconds: float) -> None:
        for call_id, event in self.phone.wait(seconds):
            self._feed(call_id, event)

    def _patience(self) -> float:
        """Seconds until something is due."""
        deadlines = [s.deadline for s in self.sessions.values() if s.deadline is not None]
        if self._drain_until is not None:
            deadlines.append(self._drain_until)
        deadlines.append(self.pool.due)
        due_in = min(deadlines, default=inf) - self.clock()
        return min(max(due_in, 0.0), LONGEST_TURN)

    def _drained(self) -> bool:
        if not self.draining:
            return False
        if self._drain_until is None:
            self._drain_until = self.clock() + (
                inf if self.drain_seconds is None else self.drain_seconds
            )
            self.phone.refuse()
            log.info("no new calls; %d to finish", len(self.sessions))
        return not self.sessions or self.clock() >= self._drain_until

    def _feed(self, call_id: str, event: Event | Signalled) -> None:
        if isinstance(event, Signalled):
            self.journal.signal(call_id, event)
            return
        now = self.clock()
        if isinstance(event, Offered):
            if self.overrides:
                event = replace(event, overrides=self.overrides)
            event = self._begin(call_id, event, now)
        session = self.sessions.get(call_id)
        if session is None:
            return
        left = call_id in self._left
        seen = trace.of_event(event, session.call)
        with self.guard:
            effects = session.handle(event, now)
        self.journal.write(session.call, seen, effects, now)
        for effect in effects:
            self._perform(call_id, effect)
        if self.tally and not left:
            self.tally.saw(session, event, effects, now, self.clock())
        if isinstance(event, HungUp):
            self._left.add(call_id)
        if call_id in self._left and session.ended:
            self._close(call_id)

    def _close(self, call_id: str) -> None:
        """The call is gone, and its flow has done what it does after it."""
        self._left.discard(call_id)
        del self.sessions[call_id]
        self.pool.forget(call_id)
        self.journal.end(call_id)
        self._tidy()

    def _perform(self, call_id: str, effect: Effect) -> None:
        match effect:
            case Note(kind, detail):
                if level := LEVELS.get(kind):
                    log.log(level, "%s", detail, extra={"call": call_id})
                return
            case Work():
                return self.pool.begin(call_id, effect)
            case Stop(id):
                self.pool.stop(call_id, id)
        self.phone.perform(call_id, effect)

    def _tidy(self) -> None:
        """Collect garbage in this thread, where the SIP stack's objects may be destroyed."""
        self._ended += 1
        if not self.sessions or self._ended % TIDY_EVERY == 0:
            gc.collect()

    def _begin(self, call_id: str, offer: Offered, now: float) -> Offered:
        flow = self._going_out.pop(call_id, None)
        if flow is None:
            flow, offer = self.route(offer)
        flow = flow or NOBODY
        self.sessions[call_id] = Session(flow, call_id)
        self.journal.begin(call_id, offer, now, flow.name, flow.version)
        return offer
