"""Keep something for later calls."""

from collections.abc import Mapping
from typing import Annotated

from ..answers import conclude
from ..call import Call
from ..errors import FlowError
from ..values import LONGEST_TEXT, has_secret
from ..verb import NO_HEADERS, Arguments, Doc, Kind, Plain, Range, Result, Variable, verb
from ..work import WorkSeconds, work
from .recall import OF_CALLER, Scope

MONTH = 30 * 86400.0
Keep = Annotated[float, Kind("seconds"), Range(1, 3660 * 86400)]
Step = Annotated[int, Range(-1000, 1000)]


def _check(arguments: Arguments) -> str:
    values, add = arguments.get("values", {}), arguments.get("add", {})
    if not values and not add:
        return "expected values to be kept, or numbers to add"
    both = sorted(set(values) & set(add))
    return f"{both[0]} is both set and added to; expected one of the two" if both else ""


@verb("remember", ("ok", "failed", "timeout"), goes_on="ok", check=_check, after_call=True)
async def remember(
    call: Call,
    values: Annotated[Mapping[Variable, Plain], Doc("name: what to keep; no secrets")] = NO_HEADERS,
    add: Annotated[
        Mapping[Variable, Step],
        Doc("name: what to add to the number kept, 0 if there is none; the variable gets the sum"),
    ] = NO_HEADERS,
    scope: Scope = OF_CALLER,
    keep: Annotated[Keep, Doc("how long, from now on")] = MONTH,
    seconds: Annotated[WorkSeconds, Doc("time for it")] = 2.0,
) -> Result:
    """Keep values under a name, for `recall` in this call or a later one.

    Of several calls that `add` at the same moment, each gets a sum of its own.  Where nothing can
    be kept, the variable of a sum is as it is at first: its default, or unset.
    """
    if wrong := _check({"values": values, "add": add}):
        raise FlowError(wrong)
    kept = call.filled(values)
    for name, value in kept.items():
        if has_secret(value):
            raise FlowError(f"{name} is a secret, and is not to be remembered")
        if isinstance(value, list | Mapping) or len(str(value)) > LONGEST_TEXT:
            raise FlowError(f"{name}: expected a text, a number, yes or no")
    order = {"scope": call.text(scope), "values": kept, "seconds": keep, "add": dict(add)}
    done = await work(call, "remember", order, seconds)
    sums = done.value if isinstance(done.value, Mapping) else {}
    return conclude(call, "remember", done, sums, {name: name for name in add})
