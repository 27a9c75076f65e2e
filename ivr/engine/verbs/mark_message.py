"""Say what becomes of a message in a mailbox."""

from typing import Annotated, Literal

from ..answers import conclude
from ..call import Call
from ..verb import NO_HEADERS, Doc, Result, TemplateText, verb
from ..work import WorkSeconds, work
from .deliver import JOB, BoxName


@verb("mark_message", ("ok", "failed", "timeout"), goes_on="ok")
async def mark_message(
    call: Call,
    box: BoxName,
    message: Annotated[TemplateText, Doc("its id, as mailbox told it")],
    becomes: Annotated[
        Literal["old", "new", "deleted"], Doc("old: it was heard; deleted: its recording is gone")
    ],
    seconds: Annotated[WorkSeconds, Doc("time for it")] = 2.0,
) -> Result:
    """Say what becomes of a message in a mailbox.

    A message that is not there any more is `ok`: somebody else may have deleted it.
    """
    order = {"action": becomes, "box": call.text(box), "id": call.text(message)}
    done = await work(call, JOB, order, seconds)
    return conclude(call, "mark_message", done, {}, NO_HEADERS)
