"""The commands that look at the map of a flow: `ivr draw`, `ivr diff`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import DEFAULT, Settings

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
    settings: Settings = DEFAULT,
) -> None:
    """Draw a flow; without --out its picture is printed, in Mermaid."""
    from .draw import run

    run(flow, out, everything, settings)
