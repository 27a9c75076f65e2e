"""Send the caller elsewhere before the answer."""

from typing import Annotated

from ..call import Call
from ..effects import Redirect
from ..errors import CallEnded, FlowError
from ..verb import Address, Doc, Range, Result, TemplateText, verb


@verb("redirect", ())
async def redirect(
    call: Call,
    *to: Annotated[Address, Doc("SIP or tel URIs, best first")],
    code: Annotated[int, Range(300, 399), Doc("302 moved temporarily, 301 for good")] = 302,
    reason: Annotated[TemplateText, Doc("reason phrase; empty: the usual one of the code")] = "",
) -> Result:
    """Ask the caller's phone or switch to call another address (RFC 3261, section 21.3)."""
    if call.answered:
        raise FlowError("an answered call cannot be redirected; transfer it instead")
    if not 300 <= code <= 399:
        raise FlowError(f"{code} redirects nothing; expected 300 to 399")
    if not to:
        raise FlowError("redirect needs at least one address")
    call.emit(Redirect(tuple(map(call.text, to)), code, call.text(reason)))
    raise CallEnded
