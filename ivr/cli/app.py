"""The commands.  Each imports what it needs when it is called: starting must be quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="ivr",
    help="Write a phone menu, test it without a phone, serve it on SIP.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Settings = Annotated[
    Path, typer.Option("--settings", "-s", help="Settings file.", envvar="IVR_SETTINGS")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
DEFAULT = Path("ivr.yaml")


@app.command()
def serve(settings: Settings = DEFAULT) -> None:
    """Answer calls until SIGTERM; a second signal ends at once."""
    from .serve import run

    run(settings)


@app.command()
def check(
    flows: Annotated[
        list[Path] | None, typer.Argument(help="Flow files; default: all routes.")
    ] = None,
    settings: Settings = DEFAULT,
    json: Json = False,
) -> None:
    """Find what is wrong with flows and prompts before a caller does."""
    from .check import run

    raise typer.Exit(run(flows or [], settings, json))


@app.command()
def test(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Scenario files or folders; default: flows.")
    ] = None,
    settings: Settings = DEFAULT,
    json: Json = False,
) -> None:
    """Run the scenarios of flows, in virtual time."""
    from .test import run

    raise typer.Exit(run(files or [settings.parent / "flows"], settings, json))


@app.command()
def call(
    flow: Annotated[Path, typer.Argument(help="Flow file.")],
    at: Annotated[
        str, typer.Option(help="When the call comes, such as '2026-12-25 10:00 Europe/Berlin'.")
    ] = "",
    caller: Annotated[str, typer.Option(help="Who calls.")] = "+15550100",
    dialled: Annotated[str, typer.Option(help="The number that was dialled.")] = "100",
    settings: Settings = DEFAULT,
) -> None:
    """Be the caller, in the terminal."""
    from .call import run

    run(flow, at, caller, dialled, settings)


@app.command()
def prompts(
    settings: Settings = DEFAULT,
    list_missing: Annotated[
        bool, typer.Option("--missing", help="Only list what would have to be rendered.")
    ] = False,
    json: Json = False,
) -> None:
    """Render all prompts, so that no caller waits for one."""
    from .prompts import run

    raise typer.Exit(run(settings, list_missing, json))


@app.command()
def doctor(settings: Settings = DEFAULT, json: Json = False) -> None:
    """Look at everything that serving needs, with a remedy for what is missing."""
    from .doctor import run

    raise typer.Exit(run(settings, json))


@app.command()
def new(folder: Annotated[Path, typer.Argument(help="A folder that does not exist yet.")]) -> None:
    """Make a project of your own: settings, a flow, its prompts and its test."""
    from .new import run

    run(folder)


@app.command()
def config(json: Json = False) -> None:
    """List every setting, its default and its environment variable."""
    from .config import run

    run(json)


@app.command()
def schema() -> None:
    """Print the JSON Schema of flow files, for editors."""
    from ..flowfile import schema
    from .output import as_json

    as_json(schema())
