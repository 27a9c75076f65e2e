"""A call that we make: to whom, with what, and on what terms."""

from __future__ import annotations

from dataclasses import dataclass

from .acceptance import accepted
from .effects import Prompt, Text
from .flow import Flow

ACCEPT = Text("This is an automated call. To take it, press one.")


@dataclass(frozen=True, slots=True)
class CallOut:
    """`to` is a SIP URI, `flow` the name of the flow that begins when somebody answers.

    `caller_id`: the number that he is shown; `account`: the account of the settings that the call
    is made with, where it is to be one; `ring`: seconds that it may ring.  `accept` is the key with
    which the call is taken, after `prompt`; empty: the flow begins with the answer, and may talk to
    a mailbox.
    """

    id: str
    to: str
    flow: str
    caller_id: str = ""
    account: str = ""
    ring: float = 30.0
    accept: str = "1"
    prompt: Prompt = ACCEPT

    def begins_with(self, flow: Flow) -> Flow:
        """*flow* as it is walked through in this call."""
        return accepted(flow, self.prompt, self.accept) if self.accept else flow
