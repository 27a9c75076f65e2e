"""The commands about replay.  What they need is imported when they are called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import DEFAULT, Json, Settings


def to_test(
    call_id: Annotated[str, typer.Argument(help="Id of the call, as `ivr calls` lists it.")],
    file: Annotated[
        Path | None, typer.Argument(help="Story to write, such as flows/busy.test.yaml.")
    ] = None,
    on: Annotated[
        Path | None, typer.Option(help="Flow file; default: the flow that took the call.")
    ] = None,
    settings: Settings = DEFAULT,
) -> None:
    """Write a call down as a story that passes; what is secret in it is made up."""
    from .to_test import run

    run(settings, call_id, file, on)


def replay(
    on: Annotated[Path, typer.Option(help="The flow file to put them into.")],
    since: Annotated[
        str, typer.Option(help="How far back: 90m, 12h, 7d, 4w, or a day such as 2026-11-22 (UTC).")
    ] = "7d",
    flow: Annotated[
        list[str] | None,
        typer.Option(help="Calls through this flow; default: the one with the same name."),
    ] = None,
    renamed: Annotated[
        list[str] | None,
        typer.Option(metavar="OLD=NEW", help="A state that has another name now."),
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write a report with examples, too.")] = None,
    processes: Annotated[
        int, typer.Option(min=0, help="How many at once; 0: one for each processor.")
    ] = 0,
    settings: Settings = DEFAULT,
    json: Json = False,
) -> None:
    """Put the calls of the last days into another version of their flow, and tell what changes.

    Exit code 1: some would get somewhere else.
    """
    from .replay import run

    raise typer.Exit(run(settings, on, since, flow or [], renamed or [], html, processes, json))
