"""Remember."""

from typing import Annotated

from ..call import Call
from ..names import BUILTIN_NAMES
from ..verb import DONE, Arguments, Doc, Expression, Result, verb


def _check(arguments: Arguments) -> str:
    for name in arguments["values"]:
        if name in BUILTIN_NAMES:
            return f"{name!r} is set by every call; choose another name"
        if not name.isidentifier():
            return f"{name!r} is no name of a variable; expected such as tries or account_no"
    return ""


@verb("set", check=_check, after_call=True)
async def set_variables(
    call: Call, /, **values: Annotated[Expression, Doc("variable: expression, such as tries + 1")]
) -> Result:
    """Set variables of the call, in order.

    Each value is an expression: a text needs quotes of its own, as in ``"'gold'"``.  `language` is
    the one that the call goes on in, such as ``"'de'"``.
    """
    for name, expression in values.items():
        call.vars[name] = call.evaluate(expression)
    return DONE
