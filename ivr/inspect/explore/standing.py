"""Where a call stands: the functions that wait in one another, read off the coroutine itself.

So flows in Python are seen through as those in YAML are, and a call that is served pays nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import CodeType, FrameType
from typing import Any

from ...engine.entry import _Asking
from ...engine.session import Session
from ...engine.verb import VERBS


@dataclass(frozen=True, slots=True)
class Doing:
    """A verb that waits for something, with its arguments."""

    verb: str
    arguments: Mapping[str, Any]


def frames(session: Session) -> list[FrameType]:
    """The functions that wait, each for the next one; outermost first."""
    found: list[FrameType] = []
    waiting: Any = session.step
    while waiting is not None:
        frame = getattr(waiting, "cr_frame", None)
        if frame is None:
            break
        found.append(frame)
        waiting = waiting.cr_await
    return found


def doing(session: Session) -> Doing | None:
    """The innermost verb that waits; None: none does."""
    verbs = _verbs(len(VERBS))
    for frame in reversed(frames(session)):
        name = verbs.get(frame.f_code)
        if name:
            return Doing(name, dict(frame.f_locals))
    return None


def failures(session: Session) -> tuple[int, ...]:
    """How often the questions that wait have failed: silence, wrong answers, and speech."""
    found: list[int] = []
    for frame in frames(session):
        if frame.f_code is _Asking.run.__code__:
            asking = frame.f_locals["self"]
            tries = asking.tries
            found += (tries.no_input, tries.no_match, asking.misheard, len(asking.denied))
    return tuple(found)


@cache
def _verbs(count: int) -> dict[CodeType, str]:
    """The verbs by their code; *count* is how many there are, since projects add their own."""
    found = {}
    for name, verb in VERBS.items():
        code = getattr(verb.run, "__code__", None)
        if code is not None:
            found[code] = name
    return found
