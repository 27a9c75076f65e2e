"""Programmable IVR: write a call flow, test it with a simulated call, serve it on SIP."""

from .dialling import Outcome, dial
from .engine.call import Call
from .engine.choices import Choices
from .engine.effects import Text, Tone
from .engine.errors import CallEnded, Fault, FlowError, IvrError, LoadError, SettingsError
from .engine.flow import END, Flow
from .engine.schedule import Days, Holidays, Hours, Schedule, Special
from .engine.session import Session
from .engine.values import Secret
from .engine.variables import Variable
from .engine.verb import Result, verb
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
    "Fault",
    "Flow",
    "FlowError",
    "Holidays",
    "Hours",
    "IvrError",
    "LoadError",
    "Outcome",
    "Result",
    "Schedule",
    "Secret",
    "Session",
    "SettingsError",
    "Special",
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
