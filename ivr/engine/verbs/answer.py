"""Pick up."""

from typing import Annotated

from ..call import Call
from ..effects import Answer
from ..errors import FlowError
from ..events import Tick
from ..phase import Phase
from ..verb import DONE, Doc, Result, Seconds, verb

PATIENCE = 40.0  # seconds: RFC 3261 gives up on a missing ACK after 64 * T1 = 32


@verb("answer", enters=lambda arguments: Phase.ANSWERED)
async def answer(
    call: Call,
    settle: Annotated[Seconds, Doc("silence after the answer, so that no word is lost")] = 0.3,
) -> Result:
    """Accept the call with 200.  From here on the caller pays, hears and can be recorded.

    An answered call is left alone.
    """
    if call.answered:
        return DONE
    call.emit(Answer())
    until = call.now + PATIENCE
    while not call.answered:
        if isinstance(await call.next_event(until), Tick):
            raise FlowError(f"the caller did not acknowledge the answer in {PATIENCE:.0f} s")
    await call.wait_until(call.now + settle)
    return DONE
