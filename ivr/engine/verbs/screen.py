"""Find out who answered."""

from typing import Annotated

from ..call import Call
from ..effects import Screen, Stop
from ..events import Finding, Screened, Tick
from ..phase import ALWAYS, BEFORE, Standing
from ..verb import Doc, Range, Result, verb
from ..verb import Seconds as SecondsType

GRACE = 1.0  # seconds for the line to report, past the time it was given

Wait = Annotated[SecondsType, Range(0.5, 60)]


ANSWERED = Standing(
    ALWAYS - BEFORE, "nobody can be screened before the call is answered; put answer before it"
)


@verb("screen", ("human", "machine", "silence"), goes_on="human", standing=ANSWERED)
async def screen(
    call: Call,
    seconds: Annotated[Wait, Doc("longest wait until it is known who answered")] = 4.0,
    wait_for_beep: Annotated[
        bool, Doc("let a machine finish its greeting, to leave it a message")
    ] = False,
    greeting: Annotated[SecondsType, Doc("how long that may take")] = 40.0,
) -> Result:
    """Find out, in silence, who took a call of ours: a human, or an answering machine.

    A human says a word and waits; he does so for 0.7 s.  Who speaks for 2.4 s without a pause is a
    `machine`, and who cannot be told is a `human`: do not let anything of value depend on this
    verb alone, but have the far end press a key.  `silence`: nobody said anything.  With a
    machine, `reason` is `beep` where its beep was heard.
    """
    call.require(ANSWERED)
    asking = call.new_id()
    call.emit(Screen(asking, seconds))
    found: Finding | None = None
    until = call.now + seconds + GRACE
    try:
        while True:
            match await call.next_event(until):
                case Screened(id=id, found="machine") if id == asking:
                    found = "machine"
                    if not wait_for_beep:
                        break
                    until = call.now + greeting
                case Screened(id=id, found=what) if id == asking:
                    found = what
                    break
                case Tick():
                    break
    finally:
        if found in (None, "machine"):
            call.emit(Stop(asking))
    outcome = "machine" if found == "beep" else found or "human"
    reason = "beep" if found == "beep" else ""
    call.note("screened", f"{outcome} {reason}".strip())
    return Result(outcome, reason=reason)
