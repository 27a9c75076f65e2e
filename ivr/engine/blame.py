"""What went wrong in a flow, and where: words for a journal, without secrets."""

from __future__ import annotations

from typing import Any

from .call import Call
from .errors import FlowError, StateTooSlow
from .state import State


def blame(error: BaseException, call: Call, state: State | None, step: object = None) -> str:
    """``file:line: what is wrong``; *step* is the coroutine of *state* that raised, or waited."""
    return f"{_where(error, call, state, step)}{words(error, call)}"


def words(error: BaseException, call: Call) -> str:
    """What *error* says, the call's secrets masked."""
    if isinstance(error, StateTooSlow):
        return "the state computed for too long without awaiting"
    try:
        said = str(error)
    except Exception:
        said = "without words"
    said = call.masked(said)
    if isinstance(error, RuntimeError) and said == "no running event loop":
        said += "; a flow can only await verbs: pause, and those that have something done outside"
    return said if isinstance(error, FlowError) else f"{type(error).__name__}: {said}"


def _where(error: BaseException, call: Call, state: State | None, step: object) -> str:
    """The line of the flow's own code that *error* came from or that was waiting."""
    if call.place:
        return f"{call.place}: "
    if state is None or not state.place.file:
        return ""
    file, line = state.place.file, state.place.line
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    waiting: Any = step
    while waiting is not None:
        frame = getattr(waiting, "cr_frame", None)
        if frame is not None and frame.f_code.co_filename == file:
            line = frame.f_lineno
        waiting = getattr(waiting, "cr_await", None)
    return f"{file}:{line}: "
