"""End the call."""

from ..call import Call
from ..errors import CallEnded
from ..verb import Result, verb


@verb("hang_up", ())
async def hang_up(call: Call) -> Result:
    """End the call: BYE after the answer, 480 before it."""
    call.end()
    raise CallEnded
