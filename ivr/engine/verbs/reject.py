"""Refuse the call."""

from typing import Annotated

from ..call import Call
from ..effects import Reject
from ..errors import CallEnded, FlowError
from ..phase import BEFORE, Standing
from ..statuses import Status, read_status, reason_header
from ..verb import NO_HEADERS, Arguments, Doc, Headers, Range, Result, Seconds, TemplateText, verb

RETRY_AFTER = 5.0  # seconds, where a flow only says that it is overloaded
UNANSWERED = Standing(BEFORE, "an answered call cannot be rejected; hang up instead: hang_up")


def _check(arguments: Arguments) -> str:
    given = {name.lower() for name in arguments.get("headers", ())}
    for parameter, header in (("retry_after", "Retry-After"), ("cause", "Reason")):
        if arguments.get(parameter) is not None and header.lower() in given:
            return f"{parameter} makes the header {header}; leave one of the two out"
    return ""


@verb("reject", (), check=_check, standing=UNANSWERED)
async def reject(
    call: Call,
    code: Annotated[Status, Doc("SIP status code, or why")] = "unavailable",
    reason: Annotated[TemplateText, Doc("reason phrase; empty: the usual one of the code")] = "",
    headers: Annotated[Headers, Doc("further headers, such as Warning")] = NO_HEADERS,
    retry_after: Annotated[Seconds | None, Doc("when to try again; overloaded: 5 s")] = None,
    cause: Annotated[int | None, Range(1, 127), Doc("cause of ITU-T Q.850, such as 17")] = None,
) -> Result:
    """Refuse the unanswered call with a final status code (RFC 3261, section 21).

    `busy` is 486, `declined` 603, `unavailable` and `closed` 480, `blocked` 403, `not_found` 404
    and `overloaded` 503, unless the settings have `statuses` of their own.  486 and 480 end there;
    503 makes carriers try elsewhere; 603 stops every fork.
    """
    call.require(UNANSWERED)
    try:
        named = read_status(str(code))
    except ValueError as error:
        raise FlowError(str(error)) from None
    own = call.texts(headers)
    told = any(name.lower() == "retry-after" for name in own)
    if named == "overloaded" and retry_after is None and not told:
        retry_after = RETRY_AFTER
    if retry_after is not None:
        own["Retry-After"] = str(-int(-retry_after // 1))
    if cause is not None:
        own["Reason"] = reason_header(cause)
    status = call.house.statuses[named] if isinstance(named, str) else named
    call.emit(Reject(status, call.text(reason), own))
    raise CallEnded
