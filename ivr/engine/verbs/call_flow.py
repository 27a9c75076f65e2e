"""Walk through another flow."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

from .. import mentions, templates
from ..call import Call
from ..called import returned, walk
from ..errors import FlowError
from ..flow import Flow
from ..handed import hand_over
from ..variables import HANDED, Variable, undeclared
from ..verb import Arguments, Doc, Outcomes, Result, verb

NOTHING: Mapping[str, str] = MappingProxyType({})


def _outcomes(arguments: Arguments) -> Outcomes:
    """those that the flow declares; none: the call ends in it"""
    return tuple(arguments["flow"].outcomes)


def _check(arguments: Arguments) -> str:
    flow: Flow = arguments["flow"]
    given = arguments["arguments"]
    missing = [n for n, a in flow.arguments.items() if a.default is None and n not in given]
    if missing:
        words = flow.arguments[missing[0]].description or "an argument without a default"
        return f"{flow.name} needs {missing[0]}: {words}"
    for name, each in given.items():
        if name not in flow.arguments:
            return f"{flow.name}: {undeclared(name, flow.arguments)}"
        wrong = _wrong(flow.arguments[name], each)
        if wrong:
            return f"{name}: {wrong}"
    for name, source in arguments.get("into", NOTHING).items():
        if not name.isidentifier():
            return f"into: {name!r} is no name of a variable"
        if source not in flow.returns:
            returns = ", ".join(flow.returns) or "nothing"
            return f"into: {flow.name} does not return {source!r}; it returns {returns}"
    return ""


def _wrong(argument: Variable, given: Any) -> str:
    """What can be told to be wrong with what is given for *argument*, without running it."""
    if not isinstance(given, str) or argument.type in HANDED:
        return argument.wrong(given)
    try:
        if argument.type == "text":
            templates.check_text(given)
        elif argument.literal(given) is None:
            templates.check_expression(given)
            if not mentions.names_in(given):
                return argument.wrong(templates.evaluate(given, {}))
    except FlowError as error:
        return str(error)
    return ""


@verb("call_flow", _outcomes, goes_on="done", check=_check)
async def call_flow(
    call: Call,
    /,
    flow: Annotated[Flow, Doc("file of the flow, or library/NAME; in Python the flow itself")],
    into: Annotated[
        Mapping[str, str], Doc("variables of this flow, and what they receive of the other's")
    ] = NOTHING,
    **arguments: Annotated[
        Any, Doc("argument of the flow: prompts, pairs, a text, or an expression for other types")
    ],
) -> Result:
    """Walk through another flow, and go on with its outcome.

    It sees no variables of this flow, only what it is given.  What it does not know in the end is
    not received.  Where it leads to `end`, the call ends.
    """
    given = {name: _value(call, flow.arguments.get(name), each) for name, each in arguments.items()}
    outcome, variables = await walk(call, flow, given)
    for name, source in into.items():
        value = returned(call, flow, source, variables)
        if value is not None:
            call.vars[name] = value
    return Result(outcome)


def _value(call: Call, argument: Variable | None, given: Any) -> Any:
    if argument is not None and argument.type in HANDED:
        return hand_over(given, call.names(), call.folder, call.given)
    if not isinstance(given, str) or argument is None:
        return given
    if argument.type == "text":
        return call.text(given)
    literal = argument.literal(given)
    return call.evaluate(given) if literal is None else literal
