"""The commands `ivr prompts`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from .options import DEFAULT, Json, Settings

prompts = typer.Typer(
    help="Render all prompts, so that no caller waits for one.", invoke_without_command=True
)

Rate = Literal["8000", "16000"]
Jobs = Annotated[
    int, typer.Option(min=0, help="How many voices work at once; 0: one for each processor.")
]


@prompts.callback()
def render_prompts(
    context: typer.Context,
    settings: Settings = DEFAULT,
    list_missing: Annotated[
        bool, typer.Option("--missing", help="Only list what would have to be rendered.")
    ] = False,
    json: Json = False,
) -> None:
    """Render all prompts, so that no caller waits for one; as `ivr prompts build`."""
    if context.invoked_subcommand is None:
        from .prompts import build, list_unrendered

        raise typer.Exit(
            list_unrendered(settings, json) if list_missing else build(settings, json=json)
        )


@prompts.command("build")
def build_prompts(
    jobs: Jobs = 0,
    clean: Annotated[
        bool, typer.Option("--clean", help="Remove sounds that no prompt is made from any more.")
    ] = False,
    to: Annotated[
        Path | None, typer.Option(help="Folder that receives all of them, by name.")
    ] = None,
    rate: Annotated[
        Rate, typer.Option(help="Hertz of what goes to this folder; the line plays 8000.")
    ] = "8000",
    settings: Settings = DEFAULT,
    json: Json = False,
) -> None:
    """Render what is missing or has changed.  Exit code 1: something had to be replaced."""
    from .prompts import build

    raise typer.Exit(build(settings, jobs, clean, to, int(rate), json))


@prompts.command("check")
def check_prompts(settings: Settings = DEFAULT, json: Json = False) -> None:
    """List prompts that are missing, unused, too long, too quiet or clipped.

    Exit code 1: there are some, besides those that are unused.
    """
    from .prompts import check

    raise typer.Exit(check(settings, json))


@prompts.command("time")
def time_prompts(
    flow: Annotated[str, typer.Argument(help="Name of a flow of the project, or a flow file.")],
    language: Annotated[
        str, typer.Option(help="Language of the caller; default: that of the flow.")
    ] = "",
    settings: Settings = DEFAULT,
    json: Json = False,
) -> None:
    """Tell how long a caller waits until each option of a menu is spoken."""
    from .prompt_times import run

    raise typer.Exit(run(settings, flow, language, json))


@prompts.command()
def voices(
    language: Annotated[
        str, typer.Option(help="Only voices that speak it, such as de or pt-BR.")
    ] = "",
    settings: Settings = DEFAULT,
    json: Json = False,
) -> None:
    """List the voices of the engines that the settings name."""
    from .voices import run

    raise typer.Exit(run(settings, language, json))
