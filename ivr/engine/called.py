"""One flow inside another: its states are walked through by a verb of the flow that called it.

Nothing else has to know of it: hang-ups and moves are exceptions that pass through.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import mentions, templates
from .blame import blame
from .call import Call
from .errors import CallEnded, FlowError, StateTooSlow
from .flow import END, Flow, path_name
from .handed import Handed, hand_over
from .handlers import error_handler, farewell_of
from .names import BUILTIN_NAMES, LANGUAGE, names_of
from .scope import Parting
from .values import Value
from .variables import HANDED, Variables, undeclared

DEEPEST = 8  # flows in flows; a call has less than four


class _Place:
    """Where a walk is: the cursor of the called flow's map."""

    def __init__(self) -> None:
        self.state = ""


async def walk(call: Call, flow: Flow, given: Mapping[str, Any]) -> tuple[str, Variables]:
    """Walk through *flow* with the arguments *given*; its outcome, and the variables it leaves.

    Its `end` is that of the call.  Raises `FlowError`, which says where in *flow* it went wrong.
    """
    variables, handed = _arguments(flow, given, call.language)
    if len(call.flows) >= DEEPEST:
        path = " → ".join((*call.flows, flow.name))
        raise FlowError(f"flows called more than {DEEPEST} deep: {path}")
    place, late = _Place(), call.over
    caller = call.enter_flow(flow.name, variables, flow.universal, flow.folder, handed)
    try:
        await _through(call, flow, place)
    except CallEnded:
        farewell = farewell_of(flow, place.state)
        if farewell is not None and not late:
            call.partings.append(Parting(farewell, variables))
        raise
    except (Exception, StateTooSlow) as error:
        known = flow.states.get(place.state)
        raise FlowError(f"{call.state}: {blame(error, call, known)}") from error
    finally:
        call.leave_flow(caller)
    call.note("back", call.state)
    return place.state, variables


async def _through(call: Call, flow: Flow, place: _Place) -> None:
    flow.enter(place)
    before, counted = "", False
    while place.state not in flow.ends:
        again = place.state == before and not counted
        call.entered(path_name(flow, place.state), again=again)
        keys, before = len(call.keys), place.state
        try:
            outcome = await flow.states[before].step(call)
            call.note("outcome", outcome)
            back = call.back.removeprefix(path_name(flow, ""))
            counted = flow.move(place, outcome, call.counts, back)
        except (Exception, StateTooSlow) as error:
            handler = error_handler(flow, before, call)
            if handler in ("", before):
                raise
            call.note("failed", f"{call.state}: {blame(error, call, flow.states[before])}")
            call.rescued()
            flow.enter(place, handler)
        call.budget.spend(call.now, used_keys=len(call.keys) < keys)
    if place.state == END:
        call.end()
        raise CallEnded


def _arguments(
    flow: Flow, given: Mapping[str, Any], language: str
) -> tuple[Variables, dict[str, Handed]]:
    """The variables that *flow* begins with, and what else it was given."""
    variables = flow.fresh()
    handed = {
        name: hand_over(flow.default(name, language))
        for name, each in flow.arguments.items()
        if each.type in HANDED and each.default is not None
    }
    for name, value in given.items():
        if name not in flow.arguments:
            raise FlowError(f"{flow.name}: {undeclared(name, flow.arguments)}")
        if flow.arguments[name].type in HANDED:
            handed[name] = value
        else:
            variables[name] = value
    missing = [name for name in flow.arguments if name not in variables and name not in handed]
    if missing:
        raise FlowError(f"{flow.name} needs the argument {missing[0]}")
    return variables, handed


def returned(call: Call, flow: Flow, name: str, variables: Variables) -> Value | None:
    """What *flow* returns as *name*; None where it is made of what was never set."""
    if name not in flow.returns:
        returns = ", ".join(flow.returns) or "nothing"
        raise FlowError(f"{flow.name} does not return {name!r}; it returns {returns}")
    expression = flow.returns[name]
    builtin = {each: value for each, value in names_of(call).items() if each in BUILTIN_NAMES}
    known = {**builtin, **variables, LANGUAGE: call.given_language}
    if not mentions.names_in(expression) <= known.keys():
        return None
    return templates.evaluate(expression, known)
