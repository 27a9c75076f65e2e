"""Take a message."""

from typing import Annotated

from ..call import Call
from ..effects import Record, Stop, Tone
from ..events import Digit, RecordDone, Tick
from ..phase import RECORDED
from ..speak import speak
from ..verb import Arguments, Doc, KeySet, Result, Seconds, Variable, verb

LONGEST, SHORTEST = 120.0, 1.0  # seconds
GRACE = 5.0  # seconds for the line to close the file


def _check(arguments: Arguments) -> str:
    longest = arguments.get("max_seconds", LONGEST)
    least = arguments.get("min_seconds", SHORTEST)
    if not longest:
        return "max_seconds is 0, so nothing is recorded; expected such as 2 min"
    if least > longest:
        return (
            f"nothing is ever kept of {longest:g} s (max_seconds), as min_seconds is {least:g};"
            " raise the one, or lower the other"
        )
    return ""


@verb(
    "record",
    ("recorded", "too_short", "failed"),
    goes_on="recorded",
    check=_check,
    standing=RECORDED,
)
async def record(
    call: Call,
    name: Annotated[str, Doc("label of the recording, kept in its record")] = "message",
    max_seconds: Annotated[Seconds, Doc("longest recording")] = LONGEST,
    min_seconds: Annotated[Seconds, Doc("what is shorter is not kept")] = SHORTEST,
    silence: Annotated[Seconds, Doc("silence that ends it; 0: none does")] = 4.0,
    stop_keys: Annotated[KeySet, Doc("keys that end it")] = "#",
    beep: Annotated[bool, Doc("a tone before it begins")] = True,
    into: Annotated[Variable, Doc("variable that receives the file's name")] = "recording",
) -> Result:
    """Record the caller until a key, silence, the longest time or the end of the call.

    A recording is kept when the caller hangs up.  `reason` is key, silence, max_time or error.
    """
    call.require(RECORDED)
    if beep:
        await speak(call, (Tone(),), "none")
    call.keys.clear()
    taking = call.new_id()
    call.emit(Record(taking, name, max_seconds, silence, min_seconds))
    reason, until = "", call.now + max_seconds
    try:
        while True:
            match await call.next_event(until):
                case Digit(key) if key in stop_keys and not reason:
                    reason = "key"
                case Tick() if not reason:
                    reason = "max_time"
                case Tick():
                    return Result("failed", reason="error")
                case RecordDone(id=id, reason="hang_up") as done if id == taking:
                    reason = "hang_up"
                    _result(call, done, reason, into)
                    until = call.now + GRACE  # the end of the call is on its way
                    continue
                case RecordDone(id=id) as done if id == taking:
                    reason = reason or done.reason
                    return _result(call, done, reason, into)
                case _:
                    continue
            call.emit(Stop(taking))
            until = call.now + GRACE
    finally:
        if not reason:  # the call is over: the usual way to end a message
            call.emit(Stop(taking))
        call.keys.clear()


def _result(call: Call, done: RecordDone, reason: str, into: str) -> Result:
    if done.reason == "error":
        call.note("record_failed", done.detail)
        return Result("failed", reason="error")
    if not done.file:
        call.note("too_short", reason)
        return Result("too_short", reason=reason)
    call.vars[into] = done.file
    call.note("recorded", f"{done.file} {done.seconds:.1f} s, {reason}")
    return Result("recorded", done.file, reason=reason)
