"""Open or closed."""

from difflib import get_close_matches
from typing import Annotated
from zoneinfo import ZoneInfo

from ..call import Call
from ..errors import FlowError
from ..schedule import (
    NO_CLOSURES,
    NO_HOURS,
    NOTHING_SPECIAL,
    OVERRIDE,
    Closures,
    Days,
    Holidays,
    Hours,
    Schedule,
    Special,
)
from ..verb import SCHEDULE, Arguments, Doc, Result, Variable, verb

_RULES = ("open", "zone", "special", "closed", "holidays", "calendar")


def _check(arguments: Arguments) -> str:
    given = [name for name in _RULES if arguments.get(name)]
    if arguments.get("use"):
        return f"the schedule has a name; {given[0]} belongs into ivr.yaml" if given else ""
    if not {"open", "special"} & set(given):
        return "expected a schedule of ivr.yaml, or open: days and times"
    return ""


@verb("schedule", ("open", "closed"), check=_check)
async def schedule(
    call: Call,
    use: Annotated[
        str, SCHEDULE, Doc("a schedule of `ivr.yaml`, by its name; may have {{ … }}")
    ] = "",
    *,
    open: Annotated[Hours, Doc("such as Mon-Fri 09:00-17:30, with commas between several")] = (
        NO_HOURS
    ),
    zone: Annotated[ZoneInfo | None, Doc("such as Europe/Berlin; default: that of the flow")] = (
        None
    ),
    special: Annotated[Special, Doc("days with other hours, such as 12-24: 09:00-12:00")] = (
        NOTHING_SPECIAL
    ),
    closed: Annotated[tuple[Days, ...], Doc("days that are closed whatever the hours say")] = (),
    holidays: Annotated[
        Holidays | None, Doc("the public ones of a country, such as DE, or its part: DE-BY")
    ] = None,
    calendar: Annotated[Closures, Doc("iCalendar file, whose events close")] = NO_CLOSURES,
    name: Annotated[str, Doc("by which an operator can open or close it; several may share it")] = (
        ""
    ),
    into: Annotated[Variable | None, Doc("variable that receives the rule that decided")] = None,
) -> Result:
    """Tell whether it is open at this moment.  The result's `reason` is the rule that decided.

    What an operator says of it beats every rule; the reason is then `override`.  Special hours
    beat closed days, holidays and the calendar, and those beat the hours of the week.  A call keeps
    to what was said when it came.
    """
    use = call.text(use)
    name = name or use
    match call.overrides.get(name) if name else None:
        case "open" | "closed" as said:
            is_open, rule = said == "open", OVERRIDE
        case _:
            own = Schedule(open, zone, special, closed, holidays, calendar)
            rules = _named(call, use) if use else own
            is_open, rule = rules.decide(call.time.astimezone(rules.zone or call.zone))
    call.note("schedule", rule)
    if into:
        call.vars[into] = rule
    return Result("open" if is_open else "closed", reason=rule)


def _named(call: Call, name: str) -> Schedule:
    known = call.house.schedules
    if name not in known:
        close = get_close_matches(name, known, 1)
        hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known) or 'none'}"
        raise FlowError(f"no schedule {name!r} in ivr.yaml; {hint}")
    return known[name]
