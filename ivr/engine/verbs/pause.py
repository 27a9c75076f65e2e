"""Wait."""

from typing import Annotated

from ..call import Call
from ..verb import DONE, Doc, Result, Seconds, verb


@verb("pause")
async def pause(call: Call, seconds: Annotated[Seconds, Doc("how long")]) -> Result:
    """Wait in silence.  Keys pressed meanwhile stay for the next question."""
    call.silent = True
    try:
        await call.wait_until(call.now + seconds)
    finally:
        call.silent = False
    return DONE
