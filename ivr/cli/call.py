"""ivr call: be the caller, in the terminal."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from ..config import load_settings
from ..flowfile import load_flow
from ..speech.catalogue import read_catalogue
from ..testing.interactive import be_the_caller
from ..testing.scenario import moment
from ..testing.simulated_call import MONDAY


def run(file: Path, at: str, caller: str, dialled: str, settings_file: Path) -> None:
    texts, names = _prompts(settings_file)
    flow = load_flow(file, names)
    be_the_caller(
        flow,
        input,
        Console(highlight=False),
        texts=texts,
        at=moment(at) if at else MONDAY,
        caller=caller,
        dialled=dialled,
    )


def _prompts(settings_file: Path) -> tuple[dict[str, str], set[str] | None]:
    """What prompts say, and their names (None where no settings say where they are)."""
    if not settings_file.exists():
        return {}, None
    settings = load_settings(settings_file)
    catalogue = read_catalogue(settings.prompts, settings.language)
    return catalogue.texts(), catalogue.names()
