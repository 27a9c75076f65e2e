"""Speak or play."""

from typing import Annotated, Literal

from ..call import Call
from ..effects import Prompt
from ..phase import SOUND
from ..speak import speak
from ..verb import DONE, Doc, Result, verb

SayBargeIn = Literal["any", "speech", "none"]


@verb("say", standing=SOUND)
async def say(
    call: Call,
    *prompts: Annotated[Prompt, Doc("prompts by name, or {text: words}, played without a gap")],
    barge_in: Annotated[
        SayBargeIn, Doc("what cuts it short; keys are kept for the next question, except with none")
    ] = "any",
) -> Result:
    """Play prompts to their end.

    A key cuts them short and stays for the next question, so that a caller who knows the way can
    type ahead.  With `none` they are heard to the end, and what was typed meanwhile is dropped.
    With `speech` they stop when the caller begins to speak, whatever he says; keys stay for the
    next question and cut nothing short.
    """
    await speak(call, prompts, barge_in)
    return DONE
