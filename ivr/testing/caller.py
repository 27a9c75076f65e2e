"""Whoever calls a flow that is there to be called: a story is told of it alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..engine.call import Call
from ..engine.flow import END, Flow
from ..engine.state import State
from ..engine.verb import VERBS
from ..engine.verbs import answer, call_flow

NAME = "caller"


def is_called(flow: Flow) -> bool:
    """Whether *flow* has something to say to one that calls it, or is told something by it."""
    return bool(flow.outcomes or flow.arguments)


def wrong_with(flow: Flow, arguments: Mapping[str, Any]) -> str:
    """What is wrong with the *arguments* for *flow*; empty: nothing."""
    return VERBS["call_flow"].check({"flow": flow, "arguments": arguments})


def caller_of(flow: Flow, arguments: Mapping[str, Any]) -> Flow:
    """A flow that answers, calls *flow*, and takes all that it returns.

    Raises ValueError for arguments that it does not take.
    """
    if wrong := wrong_with(flow, arguments):
        raise ValueError(wrong)
    caller = Flow(NAME, start=NAME, language=flow.language, place=flow.place)
    into = {name: name for name in flow.returns}

    async def step(call: Call) -> str:
        await answer(call, settle=0)
        return (await call_flow(call, flow, into, **arguments)).outcome

    ends = dict.fromkeys(flow.outcomes, END)
    caller.add(State(NAME, step, ends, flow.place, flows=frozenset({flow})))
    caller.secrets, caller.zone, caller.house = flow.secrets, flow.zone, flow.house
    return caller
