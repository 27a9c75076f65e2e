"""The verbs that a flow is written in, one file each."""

from .answer import answer
from .ask import ask
from .branch import branch
from .collect import collect
from .hang_up import hang_up
from .pause import pause
from .record import record
from .record_call import record_call, stop_recording
from .redirect import redirect
from .reject import reject
from .say import say
from .schedule import schedule
from .screen import screen
from .set import set_variables
from .transfer import transfer

__all__ = [
    "answer",
    "ask",
    "branch",
    "collect",
    "hang_up",
    "pause",
    "record",
    "record_call",
    "redirect",
    "reject",
    "say",
    "schedule",
    "screen",
    "set_variables",
    "stop_recording",
    "transfer",
]
