"""Have a Python function do it."""

from collections.abc import Mapping
from typing import Annotated

from ..answers import conclude
from ..call import Call
from ..errors import FlowError
from ..values import has_secret
from ..verb import NO_HEADERS, Doc, FunctionName, Into, Plain, Result, verb
from ..work import WhileWaiting, WorkSeconds, work


@verb("python", ("ok", "failed", "timeout"), goes_on="ok", after_call=True)
async def python(
    call: Call,
    function: Annotated[
        FunctionName, Doc("module:function, in a file beside the flows or in an installed module")
    ],
    arguments: Annotated[
        Mapping[str, Plain], Doc("what it is given, by name; no secrets")
    ] = NO_HEADERS,
    into: Annotated[
        Into, Doc("variable: path in `value`, which is what it returned, such as value.price")
    ] = NO_HEADERS,
    seconds: Annotated[WorkSeconds, Doc("time for it; the settings may allow less")] = 5.0,
    while_waiting: Annotated[WhileWaiting | None, Doc("what the caller hears meanwhile")] = None,
    sensitive: Annotated[bool, Doc("what comes of it is secret: masked wherever it shows")] = False,
) -> Result:
    """Call a function, `def` or `async def`, beside the calls: it may take its time.

    It returns texts, numbers, dates, lists and pairs, or nothing.  What it raises is `failed`.
    Where a path leads to nothing, its variable is as it is at first: its default, or unset.
    """
    if has_secret(arguments := call.filled(arguments)):
        raise FlowError("a secret is not for a function of yours; http, sql and notify take them")
    order = {"function": function, "arguments": arguments}
    done = await work(call, "python", order, seconds, while_waiting, secret=sensitive)
    return conclude(call, "python", done, {"value": done.value}, into, sensitive=sensitive)
