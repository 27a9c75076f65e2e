"""Hand the caller to someone."""

import re
from typing import Annotated, Literal

from ..bridge import Bridge, Ringing, Terms
from ..call import Call
from ..digits import pattern
from ..effects import Refer, Stop
from ..errors import FlowError
from ..events import LegEnded, ReferDone, Tick
from ..far_end import OUTCOMES, Ending, outcome_of
from ..phase import ALWAYS, BEFORE, Standing
from ..verb import (
    ACCOUNT,
    Arguments,
    CalledAddress,
    DialPattern,
    Doc,
    KeySet,
    Prompts,
    Range,
    Result,
    TemplateText,
    verb,
)
from ..verb import Seconds as SecondsType

GONE = "gone"  # the far end left while the phone was asked to take our place
BRIDGED = ("caller_id", "account", "music", "whisper", "accept", "warning", "catch")
LONGEST_CONVERSATION = 3.9 * 3600  # seconds; the session's own limit is a little longer

# One user part and one host: a second @, filled in from what a caller sent, would be another host.
_URI = re.compile(r"(?:sips?|tel):([^@;?<>\s]+)(?:;[^@<>\s]*)?(?:@[^@<>\s]+)?")

TransferMode = Literal["bridge", "refer", "refer_then_bridge", "attended"]
Order = Literal["serial", "parallel"]
ANSWERED = Standing(
    ALWAYS - BEFORE,
    "a call cannot be transferred before it is answered; put answer before it, or redirect it",
)
Ring = Annotated[SecondsType, Range(1, 600)]
Longest = Annotated[SecondsType, Range(1, LONGEST_CONVERSATION)]


def _check(arguments: Arguments) -> str:
    to = arguments.get("to", ())
    if any("{" in each for each in to) and not arguments.get("allow"):
        return (
            "an address with {{ … }} in it needs allow: the dial patterns that it may be,"
            " such as 6XX; else a caller could dial anything"
        )
    mode = arguments.get("mode", "bridge")
    if mode == "refer" and len(to) > 1:
        return "a phone is referred to one address; for several, use mode: bridge"
    idle = [name for name in BRIDGED if arguments.get(name)] if mode == "refer" else []
    if idle:
        return f"{idle[0]} is for a call of ours; the phone calls by itself with mode: refer"
    if len(arguments.get("accept", "")) > 1:
        return "accept is one key, such as 1"
    return ""


@verb("transfer", OUTCOMES, check=_check, standing=ANSWERED)
async def transfer(
    call: Call,
    *to: Annotated[CalledAddress, Doc("SIP URIs to hand the caller to, the first choice first")],
    order: Annotated[
        Order, Doc("serial: one after the other; parallel: all ring, the first to answer has it")
    ] = "serial",
    ring: Annotated[Ring, Doc("how long each far end may ring")] = 25.0,
    mode: Annotated[
        TransferMode,
        Doc(
            "bridge: we call and join both; refer: the caller's phone calls; refer_then_bridge: the"
            " second where the first fails; attended: we call, then the phone takes our place"
        ),
    ] = "bridge",
    allow: Annotated[
        tuple[DialPattern, ...], Doc("patterns that the number in `to` must match one of: 6XX")
    ] = (),
    caller_id: Annotated[
        TemplateText, Doc("number shown to the far end; empty: the caller's")
    ] = "",
    account: Annotated[
        str, ACCOUNT, Doc("account of the settings that the far end is called with")
    ] = "",
    ringing: Annotated[
        Ringing,
        Doc("what the caller hears meanwhile: ringback, what the far_end sends, or silence"),
    ] = "ringback",
    music: Annotated[Prompts, Doc("prompts that are repeated in place of the ringback")] = (),
    whisper: Annotated[Prompts, Doc("prompts for who answers, before he is joined")] = (),
    accept: Annotated[
        KeySet, Doc("key with which who answers takes the call: no mailbox presses it")
    ] = "",
    accept_within: Annotated[Ring, Doc("how long he has for that, after the whisper")] = 10.0,
    longest: Annotated[Longest, Doc("how long the two may talk")] = LONGEST_CONVERSATION,
    warning: Annotated[Prompts, Doc("prompts for both before that time is up")] = (),
    warn_before: Annotated[SecondsType, Doc("how long before")] = 30.0,
    catch: Annotated[
        tuple[KeySet, ...], Doc("keys that take the caller back to the flow: *0; all others pass")
    ] = (),
) -> Result:
    """Hand the caller over, and come back if that fails.

    `answered` means that the far end took the call and, when bridged, that the conversation is
    over: the far end left, or `reason` says `max_time`, or `caught` with the keys as `value`.
    `code` is the SIP status code that decided; `reason` says more, such as no_slot, not_allowed or
    not_accepted.  Of several who did not come, what says most is told: busy before no_answer.
    """
    call.require(ANSWERED)
    if not to:
        raise FlowError("transfer needs at least one address")
    targets = tuple(map(call.text, to))
    allowed = call.patterns(allow)
    for target in targets:
        if allow and not any(_matches(_number(target), each) for each in allowed):
            call.note("transfer_refused", f"{target}: allowed are {', '.join(allowed)}")
            return Result("rejected", reason="not_allowed")
    terms = Terms(
        ring, ringing, music, whisper, accept, accept_within, longest, warn_before, warning, catch,
        caller_id, account,
    )  # fmt: skip
    ending = None
    if mode in ("refer", "refer_then_bridge"):
        ending = await _refer(call, targets[0], ring)
    if ending is None or (mode == "refer_then_bridge" and ending.outcome != "answered"):
        ending = await _bridge(call, targets, terms, order == "parallel", mode == "attended")
    call.note("transfer", f"{ending.outcome} {ending.code or ''} {ending.reason}".strip())
    if ending.outcome == "answered":
        call.keys.clear()
    return Result(ending.outcome, ending.keys, code=ending.code, reason=ending.reason)


def _matches(number: str, text: str) -> bool:
    try:
        return pattern(text).fullmatch(number) is not None
    except ValueError as error:
        raise FlowError(str(error)) from None


async def _bridge(
    call: Call, targets: tuple[str, ...], terms: Terms, at_once: bool, attended: bool
) -> Ending:
    bridge = Bridge(call, terms)
    try:
        leg = await bridge.reach(targets, at_once)
        if not leg:
            return bridge.ending
        if attended:
            ending = await _refer(call, targets[0], terms.ring, leg)
            if ending.outcome == "answered" or ending.reason == GONE:
                return ending
        return await bridge.talk(leg)
    finally:
        bridge.close()


async def _refer(call: Call, to: str, patience: float, leg: int = 0) -> Ending:
    """Ask the caller's phone, and give it *patience* seconds to say what came of it."""
    going, done, gone = call.new_id(), None, False
    call.emit(Refer(going, to, leg))
    until = call.now + patience
    try:
        while done is None:
            match await call.next_event(until):
                case ReferDone(id=id) as event if id == going:
                    done = event
                case LegEnded(leg=left) if left == leg:
                    gone = True  # the phone may have taken our place there, and has yet to say so
                case Tick():
                    break
    finally:
        if done is None:
            call.emit(Stop(going))
    ending = Ending("no_answer", 408)
    if done is not None:
        ending = Ending(outcome_of(done.code, done.reason), done.code, done.reason)
    if gone and ending.outcome != "answered":
        return Ending("no_answer", 480, GONE)
    return ending


def _number(uri: str) -> str:
    """The user part of *uri*; empty where there may be more to it than a number and a host."""
    found = _URI.fullmatch(uri)
    return found[1] if found else ""
