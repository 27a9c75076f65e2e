"""The verbs that a flow is written in, one file each."""

from .answer import answer
from .ask import ask
from .authenticate import authenticate
from .branch import branch
from .call_flow import call_flow
from .collect import collect
from .confirm import confirm
from .deliver import deliver
from .early import early
from .find_name import find_name
from .hang_up import hang_up
from .http import http
from .log import log
from .mailbox import mailbox
from .mark_message import mark_message
from .notify import notify
from .pause import pause
from .play import play
from .python import python
from .recall import recall
from .record import record
from .record_call import record_call, stop_recording
from .redirect import redirect
from .reject import reject
from .remember import remember
from .ring import ring
from .say import say
from .schedule import schedule
from .screen import screen
from .send_digits import send_digits
from .set import set_variables
from .sql import sql
from .transfer import transfer

__all__ = [
    "answer",
    "ask",
    "authenticate",
    "branch",
    "call_flow",
    "collect",
    "confirm",
    "deliver",
    "early",
    "find_name",
    "hang_up",
    "http",
    "log",
    "mailbox",
    "mark_message",
    "notify",
    "pause",
    "play",
    "python",
    "recall",
    "record",
    "record_call",
    "redirect",
    "reject",
    "remember",
    "ring",
    "say",
    "schedule",
    "screen",
    "send_digits",
    "set_variables",
    "sql",
    "stop_recording",
    "transfer",
]
