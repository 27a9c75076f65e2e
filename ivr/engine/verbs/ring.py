"""Let it ring."""

from typing import Annotated

from ..call import Call
from ..effects import Ring
from ..errors import FlowError
from ..phase import BEFORE, Standing
from ..verb import DONE, NO_HEADERS, Doc, Headers, Range, Result, TemplateText, verb

UNANSWERED = Standing(BEFORE, "an answered call rings no more; put ring before answer")


@verb("ring", standing=UNANSWERED)
async def ring(
    call: Call,
    code: Annotated[int, Range(180, 182), Doc("180 it rings, 181 is forwarded, 182 waits")] = 180,
    reason: Annotated[TemplateText, Doc("reason phrase; empty: the usual one of the code")] = "",
    headers: Annotated[Headers, Doc("further headers of this response")] = NO_HEADERS,
) -> Result:
    """Tell the caller that it rings (180), is forwarded (181) or waits in a queue (182).

    His phone makes the ringing tone.  This takes no time: a `pause` behind it lets it ring.
    """
    call.require(UNANSWERED)
    if not 180 <= code <= 182:
        raise FlowError(f"{code} is no way to ring; expected 180 to 182, or early for 183")
    call.emit(Ring(code, call.text(reason), call.texts(headers)))
    return DONE
