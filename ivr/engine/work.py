"""Wait for work that is done outside the engine, without leaving the caller in silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

from .call import FOREVER, Call
from .effects import Stop, Work
from .events import WorkDone
from .phase import SOUND
from .speak import Playback
from .verb import Doc, Prompts, Range, Seconds

GRACE = 1.0  # seconds beyond its limit after which work counts as lost
LONGEST_WORK = 60.0  # seconds
LOST = WorkDone(0, "timeout", reason="nobody answered in time")

WorkSeconds = Annotated[Seconds, Range(0.1, LONGEST_WORK)]


@dataclass(frozen=True, slots=True)
class WhileWaiting:
    """What a caller hears while something is being done for him."""

    play: Annotated[Prompts, Doc("said again and again, until it is done")]
    after: Annotated[Seconds, Doc("how long it may be silent before that")] = 1.5
    give_up: Annotated[Seconds | None, Doc("stop waiting; the outcome is timeout")] = None


async def work(
    call: Call,
    job: str,
    order: Mapping[str, Any],
    seconds: float,
    waiting: WhileWaiting | None = None,
    *,
    secret: bool = False,
) -> WorkDone:
    """Have *job* done and wait for its end; *secret*: what comes of it is not to be shown.

    Its `reason` has no secret of the call in it.  Keys that the caller presses meanwhile are kept
    for the next question.  Before the sound is open nothing is played.
    """
    id, began = call.new_id(), call.now
    if secret:
        call.secret_work.add(id)
    call.emit(Work(id, job, order, seconds))
    lost, silent_until = began + seconds + GRACE, FOREVER
    if waiting is not None and waiting.give_up is not None:
        lost = min(lost, began + waiting.give_up)
    if waiting is not None and call.phase in SOUND.phases:
        silent_until = began + waiting.after
    playback: Playback | None = None
    done = False
    try:
        while not done:
            event = await call.next_event(min(lost, silent_until))
            done = isinstance(event, WorkDone) and event.id == id
            if call.now >= lost:
                break
            late = call.now >= silent_until
            over = playback.done(event) and playback.heard if playback else late
            if waiting is not None and over and not done:
                playback, silent_until = Playback(call, waiting.play), FOREVER
        if not (isinstance(event, WorkDone) and done):
            return LOST
        return replace(event, reason=call.masked(event.reason)) if event.reason else event
    finally:
        if not done:
            call.emit(Stop(id))
        if playback is not None:
            playback.stop()
