"""Ask a database."""

from collections.abc import Mapping
from typing import Annotated

from ..answers import conclude
from ..call import Call
from ..errors import FlowError
from ..verb import DATABASE, NO_HEADERS, Arguments, Doc, Into, Plain, Range, Result, verb
from ..work import WhileWaiting, WorkSeconds, work

Rows = Annotated[int, Range(1, 1000)]


def _check(arguments: Arguments) -> str:
    if "{{" in arguments["query"]:
        return (
            "a query has no {{ … }} in it, or a caller could write a part of it; expected :number"
            " in the query, and parameters: {number: '{{ caller }}'}"
        )
    return ""


@verb("sql", ("ok", "failed", "timeout"), goes_on="ok", check=_check, after_call=True)
async def sql(
    call: Call,
    query: Annotated[str, Doc("one statement; a parameter is :name in it")],
    database: Annotated[
        str, DATABASE, Doc("one of the settings' work.databases; empty: the only one")
    ] = "",
    parameters: Annotated[
        Mapping[str, Plain], Doc("name: value of each; secrets may be among them")
    ] = NO_HEADERS,
    into: Annotated[
        Into, Doc("variable: path in `rows` and `count`, such as rows[0].balance")
    ] = NO_HEADERS,
    most: Annotated[Rows, Doc("rows that are taken; others are left")] = 100,
    seconds: Annotated[WorkSeconds, Doc("time for it")] = 5.0,
    while_waiting: Annotated[WhileWaiting | None, Doc("what the caller hears meanwhile")] = None,
    sensitive: Annotated[bool, Doc("what comes of it is secret: masked wherever it shows")] = False,
) -> Result:
    """Run one statement in a transaction of its own, and take what it finds into variables.

    Nothing found is `ok`, with a `count` of 0.  Where a path leads to nothing, its variable is as
    it is at first: its default, or unset.
    """
    if wrong := _check({"query": query}):
        raise FlowError(wrong)
    order = {
        "database": database,
        "query": query,
        "parameters": call.filled(parameters),
        "most": most,
    }
    done = await work(call, "sql", order, seconds, while_waiting, secret=sensitive)
    rows = done.value if isinstance(done.value, list | tuple) else []
    answer = {"rows": rows, "count": len(rows)}
    return conclude(call, "sql", done, answer, into, sensitive=sensitive)
