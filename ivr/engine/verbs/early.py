"""Be heard before the answer."""

from typing import Annotated

from ..call import Call
from ..effects import Early
from ..errors import FlowError
from ..events import Tick
from ..phase import Phase
from ..verb import DONE, Arguments, Doc, Result, verb

PATIENCE = 5.0  # seconds for the line to open the sound, which needs nothing of the caller


def _enters(arguments: Arguments) -> Phase:
    return Phase.EARLY_KEYS if arguments.get("take_keys") else Phase.EARLY


@verb("early", enters=_enters)
async def early(
    call: Call,
    take_keys: Annotated[bool, Doc("also take keys before the answer; carriers may bar them")] = (
        False
    ),
) -> Result:
    """Open the sound before the answer (183): for announcements that the caller does not pay for.

    Carriers may cut it after a while, and some never let it through.  A call that is answered is
    left alone.
    """
    if call.answered:
        return DONE
    call.early_keys = call.early_keys or take_keys
    if not call.early:
        call.emit(Early())
        until = call.now + PATIENCE
        while not call.early:
            if isinstance(await call.next_event(until), Tick):
                raise FlowError(f"the sound did not open in {PATIENCE:.0f} s")
    return DONE
