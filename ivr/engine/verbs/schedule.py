"""Open or closed."""

from typing import Annotated
from zoneinfo import ZoneInfo

from ..call import Call
from ..schedule import Days, Hours, decide
from ..verb import Doc, Result, verb


@verb("schedule", ("open", "closed"))
async def schedule(
    call: Call,
    open: Annotated[Hours, Doc("such as Mon-Fri 09:00-17:30, with commas between several")],
    zone: Annotated[ZoneInfo, Doc("time zone, such as Europe/Berlin")],
    closed: Annotated[tuple[Days, ...], Doc("days that are closed whatever the hours say")] = (),
    name: Annotated[str, Doc("by which an operator can open or close it; several may share it")] = (
        ""
    ),
) -> Result:
    """Tell whether it is open at this moment.  The result's `reason` is the rule that decided.

    What an operator says of it beats every rule; the reason is then `override`.  A call keeps to
    what was said when it came.
    """
    match call.overrides.get(name) if name else None:
        case "open" | "closed" as said:
            is_open, rule = said == "open", "override"
        case _:
            is_open, rule = decide(call.time.astimezone(zone), open, closed)
    call.note("schedule", rule)
    return Result("open" if is_open else "closed", reason=rule)
