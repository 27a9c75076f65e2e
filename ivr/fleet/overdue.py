"""Ends a process that does not get on, and tells in which line of whose file it was.

The time is kept by a thread of faulthandler's, which waits for nobody: neither for a state that
swallows all exceptions, nor for code in C that lets no Python have its turn.
"""

from __future__ import annotations

import faulthandler
import os
import re
import sysconfig
from collections.abc import Iterable, Mapping
from pathlib import Path

FRAME = re.compile(r'^  File "(.+)", line (\d+) in ', re.MULTILINE)
LARGEST = 100_000  # bytes that are read of a stack
THREAD = "hread 0x"
TOO_LATE = "Timeout ("  # faulthandler's first words

# Whoever wrote a flow is not to be shown these.
OURS = [
    Path(__file__).resolve().parents[1],
    *(Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "purelib")),
]


class Steps:
    """The process's side: each step may take so many seconds, or the process ends with 1.

    *notes* is a descriptor of the file in which `overdue` finds what it did.
    """

    def __init__(self, notes: int, seconds: float) -> None:
        self._notes = notes
        self._seconds = seconds

    def begin(self, step: str) -> None:
        """The step before is done."""
        os.ftruncate(self._notes, 0)
        os.lseek(self._notes, 0, os.SEEK_SET)
        os.write(self._notes, f"{step}\n".encode("utf-8", "replace"))
        faulthandler.dump_traceback_later(self._seconds, exit=True, file=self._notes)

    def end(self) -> None:
        """All are done; no thread is left behind."""
        faulthandler.cancel_dump_traceback_later()
        os.close(self._notes)


def overdue(notes: int, seconds: float) -> str:
    """Which step a process that is over took too long for, and where; empty: none."""
    step, _, stack = os.pread(notes, LARGEST, 0).decode("utf-8", "replace").partition("\n")
    if not stack.startswith(TOO_LATE):
        return ""
    place = place_in(stack)
    return f"{place}{': ' * bool(place)}{step} did not come to an end within {seconds:g} s"


def place_in(stack: str) -> str:
    """The innermost line of the main thread in what faulthandler wrote, of those that are not ours
    if there are any; empty: it wrote nothing."""
    main = stack.rpartition(THREAD)[2]  # threads are told youngest first
    frames = FRAME.findall(main)
    theirs = (frame for frame in frames if _theirs(frame[0]))
    return ":".join(next(theirs, frames[0] if frames else ()))


def whereabouts(stack: str, calls: Iterable[Mapping[str, str]]) -> str:
    """For the log: the place in *stack*, if it is known, and which *calls* were there."""
    place = place_in(stack)
    live = "".join(f"; {call['id']} in {call['state']} of {call['flow']}" for call in calls)
    return f"{' at ' * bool(place)}{place}{live}"


def _theirs(file: str) -> bool:
    path = Path(file).resolve()
    return not file.startswith("<") and not any(path.is_relative_to(ours) for ours in OURS)
