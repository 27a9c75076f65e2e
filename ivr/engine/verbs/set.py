"""Remember."""

from typing import Annotated

from ..call import Call
from ..verb import DONE, Doc, Expression, Result, verb


@verb("set")
async def set_variables(
    call: Call, /, **values: Annotated[Expression, Doc("variable: expression, such as tries + 1")]
) -> Result:
    """Set variables of the call, in order.

    Each value is an expression: a text needs quotes of its own, as in ``"'gold'"``.
    """
    for name, expression in values.items():
        call.vars[name] = call.evaluate(expression)
    return DONE
