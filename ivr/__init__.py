"""Programmable IVR: write a call flow, test it with a simulated call, serve it on SIP."""

from .dialling import Outcome, dial
from .engine.call import Call
from .engine.choices import Choices
from .engine.effects import Text, Tone
from .engine.errors import CallEnded, Fault, FlowError, IvrError, LoadError, SettingsError
from .engine.flow import END, Flow
from .engine.limits import DeadAir, MaxDuration
from .engine.schedule import Days, Hours
from .engine.session import Session
from .engine.values import Secret
from .engine.variables import Variable
from .engine.verb import Doc, Result, verb
from .engine.verbs import (
    answer,
    ask,
    branch,
    call_flow,
    collect,
    early,
    hang_up,
    pause,
    record,
    record_call,
    redirect,
    reject,
    ring,
    say,
    schedule,
    screen,
    send_digits,
    set_variables,
    stop_recording,
    transfer,
)
from .flowfile import load_flow

__all__ = [
    "END",
    "Call",
    "CallEnded",
    "Choices",
    "Days",
    "DeadAir",
    "Doc",
    "Fault",
    "Flow",
    "FlowError",
    "Hours",
    "IvrError",
    "LoadError",
    "MaxDuration",
    "Outcome",
    "Result",
    "Secret",
    "Session",
    "SettingsError",
    "Text",
    "Tone",
    "Variable",
    "answer",
    "ask",
    "branch",
    "call_flow",
    "collect",
    "dial",
    "early",
    "hang_up",
    "load_flow",
    "pause",
    "record",
    "record_call",
    "redirect",
    "reject",
    "ring",
    "say",
    "schedule",
    "screen",
    "send_digits",
    "set_variables",
    "stop_recording",
    "transfer",
    "verb",
]
