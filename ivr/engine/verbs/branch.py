"""Choose by what is known."""

from typing import Annotated

from ..call import Call
from ..verb import Arguments, Doc, Expression, Outcomes, Result, verb


def _outcomes(arguments: Arguments) -> Outcomes:
    """each case's name, `otherwise`"""
    return (*arguments["cases"], "otherwise")


@verb("branch", _outcomes)
async def branch(
    call: Call, /, **cases: Annotated[Expression, Doc("outcome: condition, such as balance > 0")]
) -> Result:
    """Take the first outcome whose condition is true, or `otherwise`."""
    for outcome, condition in cases.items():
        if call.evaluate(condition):
            call.note("branch", f"{outcome}: {condition}")
            return Result(outcome)
    call.note("branch", "otherwise")
    return Result("otherwise")
