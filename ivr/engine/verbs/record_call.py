"""Record the whole call."""

from typing import Annotated

from ..call import Call
from ..effects import RecordCall, Stop, Tone
from ..phase import RECORDED
from ..speak import speak
from ..verb import DONE, Doc, PromptsOrNone, Result, verb


@verb("record_call", standing=RECORDED)
async def record_call(
    call: Call,
    consent: Annotated[PromptsOrNone, Doc("what tells the caller so, heard to the end")],
    name: Annotated[str, Doc("label of the recording, kept in its record")] = "call",
    beep: Annotated[bool, Doc("a tone before it begins")] = False,
) -> Result:
    """Record the call from here on, the caller and what he hears, until it ends.

    The recording is silent while a sensitive step runs.  Should it fail, the call goes on without
    it.  A call that is being recorded is left alone.
    """
    call.require(RECORDED)
    if call.recording:
        return DONE
    await speak(call, consent, "none")
    if beep:
        await speak(call, (Tone(),), "none")
    call.recording = call.new_id()
    call.emit(RecordCall(call.recording, name, call.rendered(consent)))
    return DONE


@verb("stop_recording")
async def stop_recording(call: Call) -> Result:
    """End the recording that `record_call` began; it is kept."""
    if call.recording:
        call.emit(Stop(call.recording))
        call.recording = 0
    return DONE
