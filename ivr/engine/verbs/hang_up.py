"""End the call."""

from ..call import Call
from ..effects import HangUp, Reject
from ..errors import CallEnded
from ..verb import Result, verb


@verb("hang_up", ())
async def hang_up(call: Call) -> Result:
    """End the call: BYE after the answer, 480 before it."""
    call.emit(HangUp() if call.answered else Reject(480))
    raise CallEnded
