"""A call of ours is taken by a person: who answers presses a key before the flow begins.

It is the one test that no mailbox passes and that keeps nobody waiting.
"""

from __future__ import annotations

from .call import Call
from .choices import Choices
from .effects import Prompt
from .errors import CallEnded
from .flow import END, Flow, State
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
            call.note("not_accepted", "hang_up")
            raise
        if result.outcome != "accepted":
            call.note("not_accepted", result.outcome)
        return result.outcome

    on = {"accepted": flow.start, "no_input": END, "no_match": END}
    return flow.begun_by(State(STATE, accept, on, flow.place), _nothing).check()


async def _nothing(call: Call) -> str:
    """After a call that was not taken: the flow never began, so it has nothing to do."""
    return "done"
