"""Refuse the call."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from ..call import Call
from ..effects import Reject
from ..errors import CallEnded, FlowError
from ..verb import Doc, Range, Result, TemplateText, verb

NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@verb("reject", ())
async def reject(
    call: Call,
    code: Annotated[int, Range(400, 699), Doc("SIP status code, such as 486 busy")] = 480,
    reason: Annotated[TemplateText, Doc("reason phrase; empty: the usual one of the code")] = "",
    headers: Annotated[Mapping[str, str], Doc("further headers, such as Retry-After")] = NO_HEADERS,
) -> Result:
    """Refuse the unanswered call with a final status code (RFC 3261, section 21).

    486 busy and 480 unavailable end there; 503 makes carriers try elsewhere; 603 stops every fork.
    """
    if call.answered:
        raise FlowError("an answered call cannot be rejected; hang up instead")
    if not 400 <= code <= 699:
        raise FlowError(f"{code} refuses nothing; expected 400 to 699")
    call.emit(Reject(code, call.text(reason), headers))
    raise CallEnded
