"""A call whose only state is broken, and what the caller should hear of it."""

from collections.abc import Awaitable, Callable, Generator

from ivr.engine.call import Call
from ivr.engine.effects import HangUp, Play
from ivr.engine.flow import END, Flow
from ivr.engine.handlers import APOLOGY

from .driver import Driver

Step = Callable[[Call], Awaitable[str]]


def line_of(step: Step, offset: int) -> str:
    """``file:line`` of *step*, *offset* lines below its ``def``."""
    code = step.__code__
    return f"{code.co_filename}:{code.co_firstlineno + offset}: "


def flow_of(step: Step, **on: str) -> Flow:
    flow = Flow("broken", start=step.__name__)
    flow.state(**(on or {"done": END}))(step)
    return flow


def broken(step: Step, **on: str) -> Driver:
    """A call whose only state is *step*, offered and answered."""
    phone = Driver(flow=flow_of(step, **on))
    phone.start()
    return phone


def apology(phone: Driver) -> None:
    """The last thing that the caller hears."""
    *_, last, end = phone.effects
    assert last == Play(last.id, (APOLOGY,))  # type: ignore[union-attr]
    assert end == HangUp(after=last.id)
    assert phone.session.ended_by == "error"
    assert phone.session.deadline is None
    assert phone.noted("end") == ["error"]


class Foreign:
    """Something to await that is not ours."""

    def __await__(self) -> Generator[object, None, None]:
        yield self
