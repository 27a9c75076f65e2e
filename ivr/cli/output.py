"""Print for people, or for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..engine.errors import Fault

if TYPE_CHECKING:
    from rich.progress import TaskID


def complain(message: str) -> None:
    """Say on standard error what is wrong."""
    print(message, file=sys.stderr)


def complain_of(faults: Collection[Fault]) -> None:
    """Say on standard error what is wrong in files, and once where more is said about it."""
    for fault in faults:
        complain(str(fault))
    if faults:
        complain("`ivr explain CODE` says more of what stands in brackets.")


def as_json(value: Any) -> None:
    """Print *value* as JSON, one document."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def print_columns(rows: Sequence[Sequence[str]]) -> None:
    """Print *rows* as a table; the first may be its head."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print(printable("  ".join(map(str.ljust, row, widths)).rstrip()))


def printable(text: str) -> str:
    """*text* without what a stranger may have sent to command the terminal."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


@contextmanager
def progress(title: str) -> Iterator[Callable[[int, int, str], None]]:
    """A progress bar on standard error: call the result with (done, total, name)."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (
        TextColumn(title),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[name]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(title, total=None, name="")
        yield lambda done, total, name: bar.update(task, completed=done, total=total, name=name)


@contextmanager
def bytes_progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each thing that is done to many bytes: call the result with (title, done, total).

    A total of 0: nobody knows.
    """
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        tasks: dict[str, TaskID] = {}

        def step(title: str, done: int, total: int) -> None:
            if title not in tasks:
                tasks[title] = bar.add_task(title, total=None)
            bar.update(tasks[title], completed=done, total=total or None)

        yield step
