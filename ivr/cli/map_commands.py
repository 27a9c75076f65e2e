"""The commands that look at the map of a flow: `ivr draw`, `ivr diff`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import DEFAULT, Json, Settings

maps = typer.Typer()

Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="File to write: .svg, .png, .mmd (Mermaid) or .dot."),
]


@maps.command()
def draw(
    flow: Annotated[Path, typer.Argument(help="Flow file.")],
    out: Out = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also draw the ways that fail, and those of every state.")
    ] = False,
    calls: Annotated[
        str, typer.Option(help="Lay calls over it, as far back as this: 12h, 7d, or a day.")
    ] = "",
    cov: Annotated[
        Path | None, typer.Option(help="Lay over it what `ivr test --cov-json FILE` has written.")
    ] = None,
    settings: Settings = DEFAULT,
) -> None:
    """Draw a flow; without --out its picture is printed, in Mermaid."""
    from .draw import run

    run(flow, out, everything, calls, cov, settings)


@maps.command()
def diff(
    old: Annotated[
        str, typer.Argument(help="Flow file, or one of git, such as main:flows/menu.yaml.")
    ],
    new: Annotated[str, typer.Argument(help="The same.")],
    out: Out = None,
    json: Json = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print a comment for a pull request.")
    ] = False,
    settings: Settings = DEFAULT,
) -> None:
    """Tell what changes for callers.  Exit code 0: nothing; 1: something; 2: trouble."""
    from .diff import run

    raise typer.Exit(
        run(old, new, "json" if json else "markdown" if markdown else "text", out, settings)
    )
