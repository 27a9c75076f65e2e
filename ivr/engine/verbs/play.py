"""Play sound files, tones and silence."""

from typing import Annotated

from ..call import Call
from ..effects import Prompt
from ..phase import SOUND
from ..speak import speak
from ..verb import DONE, Arguments, Count, Doc, Range, Result, Seconds, verb
from .say import SayBargeIn


def _check(arguments: Arguments) -> str:
    if arguments.get("seconds") is not None and "repeat" in arguments:
        return "it is repeated for so many seconds, or so often; leave one of the two out"
    return ""


@verb("play", check=_check, standing=SOUND)
async def play(
    call: Call,
    *prompts: Annotated[
        Prompt, Doc("such as {file: music.wav}, {url: …}, {tone: busy}, {silence: 500 ms}")
    ],
    repeat: Annotated[Count, Doc("how often, without a gap")] = 1,
    seconds: Annotated[
        Annotated[Seconds, Range(0.1)] | None, Doc("again and again for so long; then it stops")
    ] = None,
    barge_in: Annotated[
        SayBargeIn, Doc("what cuts it short; keys are kept for the next question, except with none")
    ] = "any",
) -> Result:
    """Play what is more than words: a file beside the flow, a sound from the web, tones, silence.

    It takes the same prompts as `say`, and all of them can stand wherever prompts do.
    """
    if seconds is None:
        await speak(call, prompts * repeat, barge_in)
    else:
        await speak(call, prompts, barge_in, seconds)
    return DONE
