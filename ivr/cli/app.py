"""The commands.  Each imports what it needs when it is called: starting must be quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from .map_commands import maps
from .options import DEFAULT, Json, Settings
from .prompt_commands import prompts
from .replay_commands import replay, to_test

app = typer.Typer(
    name="ivr",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    add_completion=False,
    pretty_exceptions_enable=False,
)

CallId = Annotated[str, typer.Argument(help="Id of the call, as `ivr calls` lists it.")]

Direction = Literal["in", "out"]

front = typer.Typer(help="The SIP proxy before the workers.", no_args_is_help=True)
app.add_typer(front, name="front")
calls = typer.Typer(help="What became of the calls.", invoke_without_command=True)
app.add_typer(calls, name="calls")
app.add_typer(prompts, name="prompts")
speech = typer.Typer(help="Models that understand callers.", no_args_is_help=True)
app.add_typer(speech, name="speech")
app.add_typer(maps)


def _version(asked: bool) -> None:
    if asked:
        from importlib import metadata

        print(f"ivr {metadata.version('ivr')}")
        raise typer.Exit


@app.callback()
def ivr(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Write a phone menu, test it without a phone, serve it on SIP."""


@app.command()
def serve(
    settings: Settings = DEFAULT,
    calls: Annotated[
        int | None, typer.Option(min=1, help="How many calls at once, as `calls` in the settings.")
    ] = None,
) -> None:
    """Answer calls until SIGTERM; a second signal ends at once.  SIGHUP reads the files anew."""
    from .serve import run

    raise typer.Exit(run(settings, calls))


@app.command()
def check(
    flows: Annotated[
        list[Path] | None, typer.Argument(help="Flow files; default: all routes.")
    ] = None,
    settings: Settings = DEFAULT,
    json: Json = False,
    sarif: Annotated[bool, typer.Option("--sarif", help="Print SARIF, for code hosts.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Fail with warnings, too.")] = False,
) -> None:
    """Find what is wrong with flows and prompts before a caller does."""
    from .check import run

    raise typer.Exit(run(flows or [], settings, json, sarif, strict))


@app.command()
def explain(
    code: Annotated[
        str | None, typer.Argument(help="What stands in brackets; default: list all of them.")
    ] = None,
) -> None:
    """Tell what the code of a fault means, and what to do."""
    from .explain import run

    run(code)


@app.command()
def test(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Scenario files or folders; default: flows.")
    ] = None,
    sip: Annotated[
        str, typer.Option(help="HOST:PORT of a server: tell them by real calls to it.")
    ] = "",
    cov: Annotated[
        bool, typer.Option("--cov", help="Tell what of the flows the scenarios cover.")
    ] = False,
    cov_fail_under: Annotated[
        float | None, typer.Option(min=0, max=100, help="Exit code 1 below so many percent.")
    ] = None,
    cov_html: Annotated[Path | None, typer.Option(help="Write it as a page, too.")] = None,
    cov_json: Annotated[Path | None, typer.Option(help="Write it for `ivr draw`, too.")] = None,
    settings: Settings = DEFAULT,
    json: Json = False,
) -> None:
    """Run the scenarios of flows, in virtual time or by real calls."""
    from .coverage import Wanted
    from .test import run

    wanted = Wanted(cov, cov_fail_under, cov_html, cov_json)
    raise typer.Exit(run(files or [settings.parent / "flows"], settings, sip, json, wanted))


@app.command()
def explore(
    flows: Annotated[
        list[Path] | None, typer.Argument(help="Flow files; default: all routes.")
    ] = None,
    faults: Annotated[
        bool, typer.Option("--faults", help="Phones and services misbehave, too.")
    ] = False,
    steps: Annotated[
        int, typer.Option(min=1, help="States in which a call ends without an answer.")
    ] = 100,
    minutes: Annotated[float, typer.Option(min=1, max=200, help="Minutes in which it does.")] = 30,
    places: Annotated[int, typer.Option(min=1, help="Places to follow at most.")] = 20_000,
    stories: Annotated[
        Path, typer.Option(help="Folder for the stories of what is refuted.")
    ] = Path("explored"),
    settings: Settings = DEFAULT,
    json: Json = False,
) -> None:
    """Walk every path of flows, and prove or refute what must hold.  Exit code 0: it holds."""
    from .explore import run

    limits = (steps, minutes, places)
    raise typer.Exit(run(flows or [], settings, stories, limits, faults, json))


@app.command()
def routes(
    number: Annotated[str, typer.Argument(help="The number that is dialled.")],
    caller: Annotated[str, typer.Option(help="Who calls.")] = "",
    settings: Settings = DEFAULT,
    json: Json = False,
) -> None:
    """Tell which flow takes a call, and why."""
    from .routes import run

    raise typer.Exit(run(number, caller, settings, json))


@app.command()
def call(
    flow: Annotated[Path, typer.Argument(help="Flow file.")],
    at: Annotated[
        str, typer.Option(help="When the call comes, such as '2026-12-25 10:00 Europe/Berlin'.")
    ] = "",
    caller: Annotated[str, typer.Option(help="Who calls.")] = "+15550100",
    dialled: Annotated[str, typer.Option(help="The number that was dialled.")] = "100",
    lines: Annotated[
        bool, typer.Option("--lines", help="A line at a time, also on a terminal.")
    ] = False,
    save: Annotated[
        str, typer.Option(metavar="NAME", help="Write the call down as a test of the flow.")
    ] = "",
    settings: Settings = DEFAULT,
) -> None:
    """Be the caller, in the terminal; the clock stands still while you think."""
    from .call import run

    run(flow, at, caller, dialled, settings, lines, save)


@app.command()
def dial(
    to: Annotated[str, typer.Argument(help="Whom to call, such as sip:601@pbx.example.")],
    flow: Annotated[str, typer.Option(help="Name of a flow of the project, or a flow file.")],
    caller_id: Annotated[str, typer.Option(help="The number that is shown.")] = "",
    account: Annotated[str, typer.Option(help="Account of the settings to call with.")] = "",
    ring: Annotated[int, typer.Option(min=1, max=999, help="Seconds that it may ring.")] = 30,
    accept: Annotated[
        str, typer.Option(help="Key with which the call is taken; none: for mailboxes, too.")
    ] = "1",
    prompt: Annotated[str, typer.Option(help="Prompt that asks for this key.")] = "",
    settings: Settings = DEFAULT,
    json: Json = False,
) -> None:
    """Call somebody; the flow begins when he answers.  Exit code 0: he did."""
    from .dial import run

    order = {
        "to": to,
        "caller_id": caller_id,
        "account": account,
        "ring": str(ring),
        "accept": accept,
        "prompt": prompt,
    }
    raise typer.Exit(run(settings, flow, order, json))


@app.command()
def doctor(settings: Settings = DEFAULT, json: Json = False) -> None:
    """Look at everything that serving needs, with a remedy for what is missing."""
    from .doctor import run

    raise typer.Exit(run(settings, json))


@app.command()
def status(settings: Settings = DEFAULT, json: Json = False) -> None:
    """Tell how a server that runs is: its workers, its calls, its accounts at registrars."""
    from .status import run

    raise typer.Exit(run(settings, json))


@app.command()
def self_call(
    number: Annotated[
        str | None, typer.Option(help="Number to call, as `self_call.number` in the settings.")
    ] = None,
    keys: Annotated[
        str | None, typer.Option(help="Keys to press, as `self_call.keys` in the settings.")
    ] = None,
    target: Annotated[
        str | None, typer.Option(help="HOST:PORT of the server; default: that of the settings.")
    ] = None,
    settings: Settings = DEFAULT,
) -> None:
    """Call a server that runs, and hear whether it answers and speaks."""
    from .self_call import run

    raise typer.Exit(run(settings, number, keys, target))


@app.command()
def new(folder: Annotated[Path, typer.Argument(help="A folder that does not exist yet.")]) -> None:
    """Make a project of your own: settings, a flow, its prompts and its test."""
    from .new import run

    run(folder)


@calls.callback()
def list_calls(
    context: typer.Context,
    since: Annotated[
        str, typer.Option(help="How far back: 90m, 12h, 7d, 4w, or a day such as 2026-11-22 (UTC).")
    ] = "",
    caller: Annotated[str, typer.Option(help="Only calls of this caller.")] = "",
    flow: Annotated[str, typer.Option(help="Only calls through this flow.")] = "",
    ended_by: Annotated[
        str, typer.Option(help="Only calls ended by caller, flow, error, worker, ...")
    ] = "",
    direction: Annotated[
        Direction | None, typer.Option(help="Only calls that came, or only calls out.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many at most.")] = 50,
    settings: Settings = DEFAULT,
    json: Json = False,
) -> None:
    """List the newest calls; `ivr calls show ID` tells more of one."""
    if context.invoked_subcommand is None:
        from .calls import list_calls

        list_calls(settings, since, caller, flow, ended_by, direction or "", limit, json)


@calls.command()
def show(call_id: CallId, settings: Settings = DEFAULT, json: Json = False) -> None:
    """Print the record of one call and, on the machine that took it, what happened in it."""
    from .calls import show

    show(settings, call_id, json)


@calls.command()
def why(call_id: CallId, settings: Settings = DEFAULT) -> None:
    """Tell which rule, key or timer decided each step of a call."""
    from .calls import why

    why(settings, call_id)


@calls.command()
def message(
    call_id: CallId,
    file: Annotated[Path, typer.Argument(help="WAV file to write; must not exist yet.")],
    number: Annotated[int, typer.Option(min=1, help="Which message of the call.")] = 1,
    settings: Settings = DEFAULT,
) -> None:
    """Fetch a message that a caller left."""
    from .calls import fetch_message

    fetch_message(settings, call_id, file, number)


calls.command()(to_test)
app.command()(replay)


@app.command()
def trace(call_id: CallId, settings: Settings = DEFAULT, json: Json = False) -> None:
    """Draw the SIP messages of a call, on the machine that took it."""
    from .trace import run

    run(settings, call_id, json)


@app.command()
def erase(
    caller: Annotated[str, typer.Argument(help="The caller, written as in `ivr calls`.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    settings: Settings = DEFAULT,
) -> None:
    """Delete the records, messages and journals of one caller."""
    from .erase import run

    raise typer.Exit(run(settings, caller, yes))


@app.command()
def config(json: Json = False) -> None:
    """List every setting, its default and its environment variable."""
    from .config import run

    run(json)


@front.command("config")
def front_config(
    proxy: Annotated[
        str,
        typer.Option(
            "--for",
            help="kamailio: its kamailio.cfg; dispatcher: its dispatcher.list;"
            " tls: its tls.cfg; opensips, sbc: what it must do, in words.",
        ),
    ] = "kamailio",
    settings: Settings = DEFAULT,
) -> None:
    """Print what a SIP proxy of your own needs that is used as the front."""
    from .front import run

    run(settings, proxy)


@speech.command()
def install_model(
    source: Annotated[
        str, typer.Argument(metavar="URL|FILE", help="A model of vosk, as a zip or tar file.")
    ],
    sha256: Annotated[
        str, typer.Option("--sha256", help="What the archive must have, in hexadecimal.")
    ] = "",
    language: Annotated[
        str, typer.Option(help="Language of the model; default: that in its name.")
    ] = "",
    settings: Settings = DEFAULT,
) -> None:
    """Fetch a model, verify it and put it in the folder `models` of the project."""
    from .speech import install

    install(settings, source, sha256, language)


@speech.command()
def models(settings: Settings = DEFAULT, json: Json = False) -> None:
    """List the models that come with ivr and those of the project.  Exit code 1: one is broken."""
    from .speech import list_models

    raise typer.Exit(list_models(settings, json))


@app.command()
def schema(
    verbs: Annotated[
        list[Path] | None, typer.Argument(help="Python files with verbs of your own.")
    ] = None,
    stories: Annotated[bool, typer.Option("--stories", help="That of stories instead.")] = False,
) -> None:
    """Print the JSON Schema of flow files, or of stories, for editors."""
    from .schema import run

    run(verbs or [], stories=stories)
