"""Write a line."""

from typing import Annotated, Literal

from ..call import Call
from ..verb import DONE, Doc, Result, TemplateText, verb

Level = Literal["info", "warning", "error"]


@verb("log", after_call=True)
async def log(
    call: Call,
    text: Annotated[TemplateText, Doc("what it says; no secrets")],
    level: Annotated[Level, Doc("how much it matters")] = "info",
) -> Result:
    """Write a line into the call's journal, and into the log with the call's id."""
    call.note(f"log_{level}", " ".join(call.text(text).split()))
    return DONE
