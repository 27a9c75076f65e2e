"""Put a message into a mailbox."""

from typing import Annotated

from ..answers import conclude
from ..call import Call
from ..verb import MAILBOX, NO_HEADERS, Doc, Result, TemplateText, verb
from ..work import WorkSeconds, work

JOB = "mailbox"
BoxName = Annotated[TemplateText, MAILBOX, Doc("name of the mailbox, such as an extension")]


@verb("deliver", ("ok", "failed", "timeout"), goes_on="ok", after_call=True)
async def deliver(
    call: Call,
    box: BoxName,
    message: Annotated[TemplateText, Doc("what record gave")] = "{{ recording }}",
    urgent: Annotated[bool, Doc("heard before all others")] = False,
    seconds: Annotated[WorkSeconds, Doc("time for it")] = 2.0,
) -> Result:
    """Put a message that was recorded into a mailbox, for `mailbox` in a later call.

    A mailbox is there as soon as something is put into it.  `failed`: the recording is not there
    any more, or never was, or the mailbox is full.
    """
    file = call.text(message)
    if not file:
        return Result("failed", reason="nothing was recorded")
    order = {
        "action": "deliver",
        "box": call.text(box),
        "file": file,
        "urgent": urgent,
        "caller": call.caller,
    }
    done = await work(call, JOB, order, seconds)
    return conclude(call, "deliver", done, {}, NO_HEADERS)
