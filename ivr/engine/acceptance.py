"""A call of ours is taken by a person: who answers presses a key before the flow begins.

It is the one test that no mailbox passes and that keeps nobody waiting.
"""

from __future__ import annotations

from .call import Call
from .choices import Choices
from .effects import Prompt
from .errors import CallEnded
from .flow import END, Flow, State
from .verbs import ask

STATE = "accept the call"  # no flow file can have such a name
TRIES = 2


def accepted(flow: Flow, prompt: Prompt, key: str) -> Flow:
    """*flow*, behind *prompt* and the *key* with which the call is taken.

    Who presses nothing, or another key, is hung up on; the flow never begins.
    """
    choices = Choices({"accepted": [key]})

    async def accept(call: Call) -> str:
        try:
            result = await ask(call, prompt, choices=choices, attempts=TRIES, universal=False)
        except CallEnded:
            call.note("not_accepted", "hang_up")
            raise
        if result.outcome != "accepted":
            call.note("not_accepted", result.outcome)
        return result.outcome

    guarded = Flow(flow.name, start=STATE, language=flow.language, place=flow.place)
    guarded.version, guarded.statuses = flow.version, flow.statuses
    guarded.zone, guarded.house = flow.zone, flow.house
    guarded.universal, guarded.operator = flow.universal, flow.operator
    guarded.top = flow.top or flow.start
    on = {"accepted": flow.start, "no_input": END, "no_match": END}
    for state in (State(STATE, accept, on, flow.place), *flow.states.values()):
        guarded.add(state)
    return guarded.check()
