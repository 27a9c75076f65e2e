"""A call of ours is taken by a person: who answers presses a key before the flow begins.

It is the one test that no mailbox passes and that keeps nobody waiting.
"""

from __future__ import annotations

from copy import copy

from .call import Call
from .choices import Choices
from .effects import Prompt
from .errors import CallEnded
from .flow import END, Flow, State
from .scope import Parting
from .sentences import to_accept
from .verbs import ask

STATE = "accept the call"  # no flow file can have such a name
TRIES = 2


def accepted(flow: Flow, key: str, prompt: Prompt | None = None) -> Flow:
    """*flow*, behind the *key* with which the call is taken, and *prompt*, which asks for it.

    Who presses nothing, or another key, is hung up on; the flow never begins.
    """
    choices = Choices({"accepted": [key]})

    async def accept(call: Call) -> str:
        try:
            question = prompt or to_accept(key, call.language)
            result = await ask(call, question, choices=choices, attempts=TRIES, universal=False)
        except CallEnded:
            _refused(call, "hang_up")
            raise
        if result.outcome != "accepted":
            _refused(call, result.outcome)
        return result.outcome

    guarded = copy(flow)  # whatever a flow has, now and later, it has behind the question, too
    vars(guarded).pop("path_names", None)
    guarded.states, guarded.start, guarded.top = {}, STATE, flow.top or flow.start
    on = {"accepted": flow.start, "no_input": END, "no_match": END}
    for state in (State(STATE, accept, on, flow.place), *flow.states.values()):
        guarded.add(state)
    return guarded.check()


def _refused(call: Call, why: str) -> None:
    call.note("not_accepted", why)
    call.parting = Parting(_nothing, call.vars)  # of a flow that never began, nothing is left to do


async def _nothing(call: Call) -> str:
    return "done"
