"""Which workers are alive, told by locks that end with their processes.

A supervisor knows its own workers; those of one that was killed it finds here.  The file that is
locked is empty, until one that hangs is asked where it is.
"""

from __future__ import annotations

import faulthandler
import fcntl
import os
import signal
from pathlib import Path

_held: list[int] = []  # descriptors, as long as this process lives


def hold(folder: Path, life: str) -> bool:
    """This process is *life* from now on; False: another one is.  Raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / life, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return False
    _held.append(descriptor)
    return True


def answer_where() -> None:
    """From now on SIGUSR1 has this process write its stack into the file that it holds.

    No Python is run for that, so that one answers that hangs in C; and any of its threads may be
    the one that the kernel interrupts, so that it tells of all.
    """
    faulthandler.register(signal.SIGUSR1, file=_held[-1])


def where(folder: Path, life: str) -> str:
    """What *life* answered; empty: nothing."""
    try:
        return (folder / life).read_text(errors="replace")
    except OSError:
        return ""


def forget(folder: Path, life: str) -> None:
    """*life* is over, and what it left has been dealt with."""
    (folder / life).unlink(missing_ok=True)


def known(folder: Path) -> dict[str, bool]:
    """The lives that have not been forgotten, and whether each is alive."""
    return {file.name: _is_held(file) for file in folder.glob("*")} if folder.is_dir() else {}


def _is_held(file: Path) -> bool:
    try:
        descriptor = os.open(file, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
