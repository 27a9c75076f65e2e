"""Print for people, or for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ..engine.errors import Fault

if TYPE_CHECKING:
    from rich.progress import TaskID
    from rich.text import Text

ERRORS = "docs/errors.md"


def complain(message: str) -> None:
    """Say on standard error what is wrong."""
    print(message, file=sys.stderr)


def complain_of(faults: Collection[Fault]) -> None:
    """Say on standard error what is wrong in files, and once where more is said about it.

    On a terminal in colours, unless NO_COLOR is set.
    """
    if not faults:
        return
    from rich.console import Console

    console = Console(stderr=True, soft_wrap=True, highlight=False)
    for fault in faults:
        console.print(_coloured(fault))
    complain("`ivr explain CODE` says more of what stands in brackets.")


def _coloured(fault: Fault) -> Text:
    from rich.text import Text

    found = Text()
    if fault.code.level == "warning":
        found.append("warning: ", "bold yellow")
    found.append(f"{fault.at}: ", "bold")
    found.append(fault.message, "red" if fault.code.level == "error" else "")
    return found.append(f" [{fault.code}]", "dim")


def fault_as_json(fault: Fault) -> dict[str, Any]:
    """*fault* for scripts, with its level and where more is said of it."""
    return {**asdict(fault), "level": fault.code.level, "url": f"{ERRORS}#{fault.code}"}


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
