"""Look into a mailbox."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from ..answers import conclude
from ..call import Call
from ..verb import NO_HEADERS, Doc, Into, Result, TemplateText, verb
from ..work import WorkSeconds, work
from .deliver import JOB, BoxName


@verb("mailbox", ("found", "none", "failed", "timeout"), goes_on="found")
async def mailbox(
    call: Call,
    box: BoxName,
    of: Annotated[Literal["new", "old", "all"], Doc("which messages to look for")] = "all",
    after: Annotated[
        TemplateText, Doc("the message behind which to look, by its id; empty: the first one")
    ] = "",
    into: Annotated[
        Into,
        Doc(
            "variable: path in `new`, `old` and `urgent`, which are numbers of messages, and in"
            " `message`, which has `id`, `file`, `caller`, `day`, `time`, `urgent` and `heard`"
        ),
    ] = NO_HEADERS,
    zone: Annotated[
        ZoneInfo | None, Doc("of day and time, such as Europe/Berlin; default: that of the flow")
    ] = None,
    seconds: Annotated[WorkSeconds, Doc("time for it")] = 2.0,
) -> Result:
    """Tell how many messages a mailbox has, and find one of them: the first, or the next.

    Urgent ones come first, and older ones before newer ones.  `{recording: "{{ file }}"}` plays
    it.  A mailbox that nobody has put anything into is empty.  Where a path leads to nothing, its
    variable is as it is at first: its default, or unset.
    """
    order = {"action": "look", "box": call.text(box), "of": of, "after": call.text(after)}
    done = await work(call, JOB, order, seconds)
    answer: dict[str, Any] = dict(done.value) if isinstance(done.value, Mapping) else {}
    message = answer.get("message")
    if isinstance(message, Mapping):
        left = datetime.fromtimestamp(float(message["at"]), zone or call.zone)
        answer["message"] = {**message, "day": left.date(), "time": left.time()}
    result = conclude(call, "mailbox", done, answer, into)
    if result.outcome != "ok":
        return result
    return Result("found" if message else "none", str(message["id"]) if message else "")
