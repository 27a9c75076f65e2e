"""Send the caller elsewhere before the answer."""

from typing import Annotated

from ..call import Call
from ..effects import Redirect
from ..errors import CallEnded, FlowError
from ..phase import BEFORE, Standing
from ..verb import NO_HEADERS, Contact, Doc, Headers, Range, Result, TemplateText, verb

UNANSWERED = Standing(
    BEFORE, "an answered call cannot be redirected; transfer it instead: transfer"
)


@verb("redirect", (), standing=UNANSWERED)
async def redirect(
    call: Call,
    *to: Annotated[Contact, Doc("SIP or tel URIs, best first, or <sip:a@b>;q=0.7")],
    code: Annotated[
        int, Range(300, 399), Doc("302 moved temporarily, 301 for good, 300 several choices")
    ] = 302,
    reason: Annotated[TemplateText, Doc("reason phrase; empty: the usual one of the code")] = "",
    headers: Annotated[Headers, Doc("further headers, such as Diversion")] = NO_HEADERS,
) -> Result:
    """Ask the caller's phone or switch to call another address (RFC 3261, section 21.3)."""
    call.require(UNANSWERED)
    if not 300 <= code <= 399:
        raise FlowError(f"{code} redirects nothing; expected 300 to 399")
    if not to:
        raise FlowError("redirect needs at least one address")
    call.emit(Redirect(tuple(map(call.text, to)), code, call.text(reason), call.texts(headers)))
    raise CallEnded
