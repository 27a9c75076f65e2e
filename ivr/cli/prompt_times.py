"""ivr prompts time: how long a caller waits until each option is spoken."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from ..engine.errors import SettingsError
from ..engine.flow import Flow
from ..project import Ground, Project, load_project
from ..prompting.waits import Wait, waits
from .output import as_json, complain, printable

FILES = (".yaml", ".yml", ".py")
PATIENCE = 60.0  # seconds to render a prompt


def run(settings_file: Path, flow: str, language: str, json: bool) -> int:
    """Print the waits of *flow*.  Returns the exit code."""
    project = load_project(settings_file)
    asked = _flow(project, settings_file, flow)
    settings = project.settings
    prompts = project.beside(asked).prompts(limit=PATIENCE)
    try:
        heard = language or asked.language or settings.language
        found = waits(asked, prompts, heard, settings.voice.rate)
    finally:
        prompts.close()
    if json:
        as_json([asdict(each) for each in found])
    elif found:
        _print(found)
    else:
        complain(f"{asked.name} has no menu")
    return 0


def _flow(project: Project, settings_file: Path, flow: str) -> Flow:
    if flow.endswith(FILES):
        ground = Ground.read(settings_file)
        found = ground.load_one(Path(flow))
        ground.equip(found)
        return found
    named = project.routes.named(flow)
    if named is None:
        names = ", ".join(project.routes.names)
        raise SettingsError(f"there is no flow {flow!r}; there are: {names}")
    return named


def _print(found: list[Wait]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("state", "choice", "keys")
    table.add_column("in the menu", justify="right")
    table.add_column("in the call", justify="right")
    previous = ""
    for each in found:
        state = "" if each.state == previous else each.state
        if state and previous:
            table.add_section()
        previous = each.state
        keys = printable(" ".join(each.keys))
        times = (_seconds(time, each.estimated) for time in (each.from_menu, each.from_call))
        table.add_row(printable(state), printable(each.choice), keys, *times)
    Console().print(table)
    if any(each.estimated for each in found):
        print("~ estimated: a text on the way is different in each call")
    if any(each.from_menu is None for each in found):
        print("? no words tell it")


def _seconds(time: float | None, estimated: bool) -> str:
    return "?" if time is None else f"{'~' if estimated else ''}{time:.1f} s"
