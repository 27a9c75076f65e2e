"""Remember."""

import re
from typing import Annotated

from ..call import BUILTIN_NAMES, Call
from ..errors import FlowError
from ..verb import DONE, Arguments, Doc, Expression, Result, verb

_LANGUAGE = re.compile(r"[a-z]{2,3}([-_][A-Za-z0-9]{2,8})*")


def _check(arguments: Arguments) -> str:
    for name in arguments["values"]:
        if name in BUILTIN_NAMES and name != "language":
            return f"{name!r} is set by every call; choose another name"
        if not name.isidentifier():
            return f"{name!r} is no name of a variable; expected such as tries or account_no"
    return ""


@verb("set", check=_check)
async def set_variables(
    call: Call, /, **values: Annotated[Expression, Doc("variable: expression, such as tries + 1")]
) -> Result:
    """Set variables of the call, in order.

    Each value is an expression: a text needs quotes of its own, as in ``"'gold'"``.  `language` is
    the one that the call goes on in, such as ``"'de'"``.
    """
    for name, expression in values.items():
        value = call.evaluate(expression)
        if name != "language":
            call.vars[name] = value
        elif isinstance(value, str) and _LANGUAGE.fullmatch(value):
            call.language = value
        else:
            raise FlowError("language: expected such as 'de' or 'de-AT'")
    return DONE
