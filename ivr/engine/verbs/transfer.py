"""Hand the caller to someone."""

import re
from typing import Annotated

from ..call import Call
from ..digits import pattern
from ..effects import Stop, TransferMode
from ..effects import Transfer as TransferEffect
from ..errors import FlowError
from ..events import Joined, Tick, TransferDone
from ..verb import Address, Arguments, DialPattern, Doc, Range, Result, verb
from ..verb import Seconds as SecondsType

GRACE = 5.0  # seconds for the line to report, past the ringing time
LONGEST_CONVERSATION = 3.9 * 3600  # seconds; the session's own limit is a little longer

# One user part and one host: a second @, filled in from what a caller sent, would be another host.
_URI = re.compile(r"(?:sips?|tel):([^@;?<>\s]+)(?:;[^@<>\s]*)?(?:@[^@<>\s]+)?")

Ring = Annotated[SecondsType, Range(1, 600)]


def _check(arguments: Arguments) -> str:
    if "{" in arguments["to"] and not arguments.get("allow"):
        return (
            "an address with {{ … }} in it needs allow: the dial patterns that it may be,"
            " such as 6XX; else a caller could dial anything"
        )
    return ""


@verb(
    "transfer",
    ("answered", "busy", "no_answer", "rejected", "unreachable", "failed"),
    check=_check,
)
async def transfer(
    call: Call,
    to: Annotated[Address, Doc("SIP URI to hand the caller to")],
    ring: Annotated[Ring, Doc("how long the far end may ring")] = 25.0,
    mode: Annotated[
        TransferMode,
        Doc("bridge: we call and join both; refer: the caller's phone calls; or the second first"),
    ] = "bridge",
    allow: Annotated[
        tuple[DialPattern, ...], Doc("patterns that the number in `to` must match one of: 6XX")
    ] = (),
) -> Result:
    """Hand the caller over, and come back if that fails.

    `answered` means that the far end took the call and, when bridged, that the conversation is
    over.  `code` is the SIP status code that decided; `reason` says more, such as no_slot.
    """
    if not call.answered:
        raise FlowError("a call cannot be transferred before it is answered; redirect it instead")
    target = call.text(to)
    if allow and not any(pattern(p).fullmatch(_number(target)) for p in allow):
        call.note("transfer_refused", f"{target}: allowed are {', '.join(allow)}")
        return Result("rejected", reason="not_allowed")
    going = call.new_id()
    call.emit(TransferEffect(going, target, ring, mode))
    tries = 2 if mode == "refer_then_bridge" else 1
    done, late = None, TransferDone(going, "no_answer", 408)
    until = call.now + tries * ring + GRACE
    try:
        while done is None:
            match await call.next_event(until):
                case TransferDone(id=id) as event if id == going:
                    done = event
                case Joined(id=id) if id == going:
                    late = TransferDone(going, "answered", reason="max_time")
                    until = call.now + LONGEST_CONVERSATION
                case Tick():
                    break
    finally:
        if done is None:
            call.emit(Stop(going))
    done = done or late
    call.note("transfer", f"{done.outcome} {done.code or ''} {done.reason}".strip())
    if done.outcome == "answered":
        call.keys.clear()
    return Result(done.outcome, code=done.code, reason=done.reason)


def _number(uri: str) -> str:
    """The user part of *uri*; empty where there may be more to it than a number and a host."""
    found = _URI.fullmatch(uri)
    return found[1] if found else ""
