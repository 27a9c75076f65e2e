"""Programmable IVR: write a call flow, test it with a simulated call, serve it on SIP."""

from .dialling import Outcome, dial
from .engine.call import Call
from .engine.choices import Choice, Choices
from .engine.effects import File, Signal, Silence, Text, Tone, Url
from .engine.errors import CallEnded, Fault, FlowError, IvrError, LoadError, SettingsError
from .engine.flow import END, Flow
from .engine.limits import DeadAir, MaxDuration
from .engine.schedule import Days, Holidays, Hours, Schedule, Special
from .engine.session import Session
from .engine.validators import Asked, Between
from .engine.values import Secret
from .engine.variables import Variable
from .engine.verb import Doc, Result, verb
from .engine.verbs import (
    answer,
    ask,
    authenticate,
    branch,
    call_flow,
    collect,
    confirm,
    early,
    hang_up,
    pause,
    play,
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
    "Asked",
    "Between",
    "Call",
    "CallEnded",
    "Choice",
    "Choices",
    "Days",
    "DeadAir",
    "Doc",
    "Fault",
    "File",
    "Flow",
    "FlowError",
    "Holidays",
    "Hours",
    "IvrError",
    "LoadError",
    "MaxDuration",
    "Outcome",
    "Result",
    "Schedule",
    "Secret",
    "Session",
    "SettingsError",
    "Signal",
    "Silence",
    "Special",
    "Text",
    "Tone",
    "Url",
    "Variable",
    "answer",
    "ask",
    "authenticate",
    "branch",
    "call_flow",
    "collect",
    "confirm",
    "dial",
    "early",
    "hang_up",
    "load_flow",
    "pause",
    "play",
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
