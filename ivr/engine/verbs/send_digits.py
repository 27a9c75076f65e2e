"""Press keys for the far end."""

from typing import Annotated

from ..call import Call
from ..digits import KEYS
from ..effects import DigitWay, SendDigit
from ..errors import FlowError
from ..phase import ALWAYS, BEFORE, Standing
from ..verb import DONE, Arguments, Doc, Range, Result, Seconds, TemplateText, verb

PAUSES = {"w": 0.5, "W": 1.0}  # seconds
MOST = 100  # signs
ANSWERED = Standing(
    ALWAYS - BEFORE, "no digits are sent before the call is answered; put answer before it"
)


def _check(arguments: Arguments) -> str:
    digits = arguments["digits"]
    return "" if "{" in digits else _wrong(digits)


def _wrong(digits: str) -> str:
    strange = next((sign for sign in digits if sign not in PAUSES and sign not in KEYS), "")
    if strange:
        return f"{strange!r} cannot be sent; expected some of {KEYS}, w for 0.5 s and W for 1 s"
    return "" if len(digits) <= MOST else f"{len(digits)} digits; expected at most {MOST}"


@verb("send_digits", check=_check, standing=ANSWERED)
async def send_digits(
    call: Call,
    digits: Annotated[TemplateText, Doc("0-9 * # A-D; w waits 0.5 s, W waits 1 s")],
    by: Annotated[DigitWay, Doc("events among the sound (RFC 4733), or SIP INFO")] = "rfc4733",
    duration: Annotated[Seconds, Range(0.04, 1), Doc("how long each one sounds")] = 0.1,
    gap: Annotated[Seconds, Range(0.04, 1), Doc("silence behind each one")] = 0.1,
) -> Result:
    """Press keys for whoever called, such as a machine that asks for an extension."""
    call.require(ANSWERED)
    keys = call.text(digits)
    wrong = _wrong(keys)
    if wrong:
        raise FlowError(wrong)
    for key in keys:
        if key in PAUSES:
            wait = PAUSES[key]
        else:
            call.emit(SendDigit(key, by, duration))
            wait = duration + gap
        await call.wait_until(call.now + wait)
    return DONE
